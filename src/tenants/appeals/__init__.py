"""The appeal (звернення): its states, its private and public sides, its timeline."""
