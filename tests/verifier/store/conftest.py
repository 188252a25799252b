from __future__ import annotations

from tests.postgres import postgres, server

__all__ = ["postgres", "server"]
