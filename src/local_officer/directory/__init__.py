"""What everybody sees: the directory, the pages of officers and beats, feeds and the API."""
