"""One function for each kind of page: (context, key) → the files it is made of. Pure but for reading."""
