"""Following a question by e-mail, and the letters that authors, followers and responders get."""
