from tests.models import engine, smollm2

__all__ = ["engine", "smollm2"]
