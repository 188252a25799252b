"""What the documents say is what the program does."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from tests.docs.generate import BLOCK, README, ROOT, generated
from verifier.cli import COMMANDS

TEXT = README.read_text(encoding="utf-8")
PYTHON_BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
CONSOLE_COMMANDS = re.findall(r"^\$ (.+?)(?:\s+#.*)?$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("name", [match.group("name") for match in BLOCK.finditer(TEXT)])
def test_a_generated_block_is_what_the_program_prints_now(name: str) -> None:
    def block(text: str) -> str:
        return next(match.group(0) for match in BLOCK.finditer(text) if match.group("name") == name)

    assert block(generated(TEXT)) == block(TEXT), "run: make docs"


@pytest.mark.parametrize("code", PYTHON_BLOCKS, ids=range(len(PYTHON_BLOCKS)))
def test_python_blocks_run(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})


def test_every_command_shown_exists() -> None:
    shown = {command.split()[1] for command in CONSOLE_COMMANDS if command.startswith("verifier ")}
    assert set() == shown - set(COMMANDS)


def test_every_make_target_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set() == set(re.findall(r"`make ([a-z]+)`", TEXT)) - targets


def test_every_file_shown_exists() -> None:
    named = set(re.findall(r"examples/[\w./-]+", TEXT))
    assert [name for name in sorted(named) if not (ROOT / name.rstrip(".")).exists()] == []


def test_every_path_in_the_docs_exists() -> None:
    named = {
        path
        for page in (ROOT / "docs").glob("*.md")
        for path in re.findall(
            r"`((?:citations|probes|verifier|tests|migrations)/[\w./]*)`", page.read_text(encoding="utf-8")
        )
    }
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_version_of_the_package_is_that_of_the_project() -> None:
    import verifier

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == verifier.__version__


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["action.yml", ".pre-commit-hooks.yaml"])
def test_the_hooks_for_other_repositories_call_commands_that_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    assert set(re.findall(r"verifier (\w+)", text)) <= set(COMMANDS)
