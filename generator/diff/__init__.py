"""Diffs: parsed, counted, compared. Pure functions over text that import only `model` and `mail`."""
