"""What became of patches: the commits of a git repository, matched with the mails of the archive."""
