"""Where objects come from: files of JSON, a Patchwork server, local overrides."""
