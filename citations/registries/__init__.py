"""One module a registry; the table of them stands here."""
