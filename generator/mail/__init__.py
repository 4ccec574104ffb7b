"""Mails: headers, bodies, threads, mboxes. Pure functions that import only `model`."""
