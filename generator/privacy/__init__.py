"""What the site leaves out: the rules of an archive's owner, and what these make of texts and objects."""
