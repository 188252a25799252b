"""The offline index: build it from dumps, keep it fresh, search it."""
