"""Shows how well a probe does: a table for the terminal, one page for a browser, and the heat map of a text."""
