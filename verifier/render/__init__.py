"""One module an output format; the table of them stands here."""
