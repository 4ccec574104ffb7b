"""Where objects come from: files, and servers. A source never renders."""
