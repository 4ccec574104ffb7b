"""Patchwork's REST API: a client, and the sync that brings the archive up to date with a server."""
