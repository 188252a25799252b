"""Watching the clients of language models: their answers are checked, and stay what they were."""
