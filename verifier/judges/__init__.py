"""The second model: reads evidence and says whether it bears a claim out. One module a way to reach a model."""
