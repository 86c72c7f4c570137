"""Signing in: by a link in an e-mail, and the step between the first factor and the second."""
