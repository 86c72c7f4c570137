"""Answers: a short part, a long part, next steps, files; published by an administrator."""
