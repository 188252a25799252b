"""Probes: watch a local GGUF model from inside llama.cpp while it writes."""
