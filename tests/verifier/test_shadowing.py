from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from verifier.shadowing import HOME, OUR_PACKAGES, shadow

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    ["--help"],
    ["scan", "refs.bib"],
    ["check", "-"],
    ["ask", "--model", "m.gguf", "x"],
    ["explain"],
    ["--version"],
)


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The console script with a folder in front of ours, as PYTHONPATH puts it."""
    program = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(ROOT)!r}]; from verifier.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-P", "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, stdin=subprocess.DEVNULL)


def foreign(folder: Path, name: str, content: str = "") -> Path:
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(content)
    return folder / name / "__init__.py"


def test_our_own_packages_shadow_nothing():
    assert [shadow(name) for name in OUR_PACKAGES] == [""] * 3
    assert ROOT == HOME


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda each: each[0])
@pytest.mark.parametrize("content", ["", "raise SystemExit('the wrong one')", "import nothing_of_the_kind"])
def test_every_command_names_the_package_that_stands_in_the_way(tmp_path, arguments, content):
    place = foreign(tmp_path, "citations", content)
    done = start(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: citations is imported from {place}, not from {ROOT} [shadowed]\n\nhint: ")
    assert len(done.stderr.splitlines()) == 3


def test_the_doctor_lists_the_package_that_stands_in_the_way(tmp_path):
    place = foreign(tmp_path, "citations")
    done = start(tmp_path, "doctor")
    assert (done.returncode, done.stderr) == (2, "")
    assert f"broken packages    citations is imported from {place}" in done.stdout


def test_a_foreign_package_that_a_command_does_not_need_hinders_only_those_that_do(tmp_path):
    place = foreign(tmp_path, "probes")
    assert start(tmp_path, "explain", "verified").returncode == 0
    done = start(tmp_path, "ask", "--model", "m.gguf", "x")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: probes is imported from {place}, not from {ROOT} [shadowed]\n")


def test_a_folder_without_code_does_not_stand_in_the_way(tmp_path):
    (tmp_path / "citations").mkdir()
    assert start(tmp_path, "--version").returncode == 0
