"""The oldest versions of ``openai`` and ``anthropic`` that are supported, as ``pyproject.toml`` names them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SHAPES = "anthropic or responses or good_answer or whole_answer or coroutines or streams or raw or is_what_it_was"
"""The tests that depend on what the packages are made of."""
NEEDED = ("anyio", "certifi", "distro", "h11", "httpcore", "httpx", "idna", "jiter<1", "sniffio", "tqdm")
"""What the old versions need and the new ones may not bring."""


def floors() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [
        each.replace(">=", "==")
        for each in project["project"]["optional-dependencies"]["dev"]
        if re.match(r"(openai|anthropic)>=", each)
    ]


def test_clients_of_the_oldest_supported_versions_are_watched_and_held(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path)]
    got = subprocess.run([*pip, *floors(), *NEEDED], capture_output=True, text=True, check=False)
    if got.returncode:
        assert os.environ.get("VERIFIER_REQUIRE") != "all", got.stderr
        pytest.skip("the oldest supported versions cannot be installed here")
    tests = [str(ROOT / "tests/verifier/wrapping" / name) for name in ("test_wrap.py", "test_modes.py", "test_ways.py")]
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", SHAPES, *tests]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run(pytest_, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout[-4000:]
    versions = "import anthropic, openai; print(f'openai=={openai.__version__} anthropic=={anthropic.__version__}')"
    shown = subprocess.run(
        [sys.executable, "-c", versions], capture_output=True, text=True, check=True, env=environment
    ).stdout.split()
    assert sorted(floors()) == sorted(each.removesuffix(".0") for each in shown)
