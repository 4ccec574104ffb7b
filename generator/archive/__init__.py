"""The archive, one SQLite file: every object as it was read. All SQL is here."""
