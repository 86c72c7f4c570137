"""The processes that `make run` starts on one machine. Nothing here is deployed."""
