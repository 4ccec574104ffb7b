"""Small changes to the code that a test should notice: `python -m tests.mutants`, or `make mutants`."""
