"""Servers: the review page and the proxy, two listeners that share nothing but the rules of ``access``."""
