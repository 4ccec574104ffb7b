"""Mails: headers, bodies, threads, mboxes. Pure functions that import nothing of ours but the model."""
