"""HTML that is written by hand, for speed or for safety, rather than by a template."""
