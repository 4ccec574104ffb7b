"""The command line: what commands and options there are, and how they report. What they do is elsewhere."""
