from __future__ import annotations

from tests.models import smollm2

__all__ = ["smollm2"]
