"""Diffs: parsed, counted, compared. Pure functions over text that import nothing of ours but the model."""
