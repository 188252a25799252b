"""The middleware: signals to findings, kept and reported."""
