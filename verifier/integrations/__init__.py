"""Adapters to other people's frameworks: one small module each, which imports its framework when it is used."""
