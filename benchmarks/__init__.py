"""Measures, on a seeded corpus, what the README promises. `make bench` runs all of it."""
