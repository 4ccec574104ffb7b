"""Patchwork's REST API as a source: the client, the walks through its lists, the pull that runs them."""
