"""The site: what exists (plan), how it looks (pages, theme) and how it gets to disk (build, output)."""
