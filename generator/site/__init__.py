"""Planning and building the site. Pages, exports and hand-written HTML have rooms of their own below."""
