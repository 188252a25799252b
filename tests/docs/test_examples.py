"""The examples are programs that a reader starts; here they are started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.models import smollm2

__all__ = ["smollm2"]  # a fixture that pytest finds by its name

ROOT = Path(__file__).resolve().parents[2]

SAID = {
    "own_parts.py": ("verified: Turing, A. M. (1937)", "unchecked: Turing, A. M. (1977)", "no better than chance"),
    "proxy.py": ("whole answer: 200, pass", "last event of a stream: pass", "blocking proxy: 400, block"),
}
"""What each of them must print. Those that need a model or a server are started by tests of their own."""


@pytest.mark.parametrize("name", SAID)
def test_an_example_runs_and_says_what_it_promises(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / name], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert [each for each in SAID[name] if each not in done.stdout] == []


def test_the_example_with_a_local_model_says_how_sure_it_was(smollm2: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            ROOT / "examples" / "local_model.py",
            "--model",
            smollm2,
            "Who wrote On the Origin of Species?",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "risk 0." in done.stdout
    assert "unchecked: " in done.stdout
