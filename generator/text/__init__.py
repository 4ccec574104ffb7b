"""Pure functions on mails and diffs. Nothing here reads a file, a database or a clock."""
