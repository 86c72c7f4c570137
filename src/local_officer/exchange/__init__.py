"""Beats, officers, streets and hours in files: in with a preview, out unchanged."""
