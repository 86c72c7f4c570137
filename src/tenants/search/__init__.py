"""Finding published questions by words: Ukrainian lemmas, similar questions, a likely category."""
