"""One module an input format; the table of them stands here."""
