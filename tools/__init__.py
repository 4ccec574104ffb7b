"""Programs for work on Stillwork itself, called by the Makefile."""
