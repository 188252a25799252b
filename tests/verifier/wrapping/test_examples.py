"""The examples of wrapping do what they say, against servers on loopback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "wrapping.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_the_blocks_of_the_page_run(code: str) -> None:
    exec(compile(code, "wrapping.md", "exec"), {"__name__": "wrapping"})


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "wrap",
            [
                "Name a paper by Turing. ['verified']",
                "Please invent a paper. ['fabricated']",
                "the answer was held back: 1 thing in it is wrong",
            ],
        ),
        (
            "decorator",
            [
                "[factprobe] 1 thing above is wrong:",
                "1. [removed: fabricated citation]",
                "raise, a stream: left: 'Here is a paper that'; the rest of the answer was held back: 1 thing in it is wrong",
            ],
        ),
        (
            "streaming",
            [
                "  whole; found ['fabricated']",
                "  withheld: the rest of the answer was held back: 1 thing in it is wrong; found ['fabricated']",
                "  blocked: the answer was held back: 1 thing in it is wrong; found ['fabricated']",
            ],
        ),
    ],
)
def test_an_example_does_what_it_says(name: str, lines: list[str]) -> None:
    command = [sys.executable, str(ROOT / "examples" / f"{name}.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert [each for each in lines if each not in done.stdout.splitlines()] == []
