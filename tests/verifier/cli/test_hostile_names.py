"""Names of files, settings and registries that would take over a terminal, given to every command that repeats them."""

from __future__ import annotations

import ast
import logging
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

import verifier
from verifier.cli import main
from verifier.cli.console import Console, ProgressLine, print_error, say
from verifier.config import load_settings
from verifier.errors import VerifierError

CLI = Path(verifier.__file__).parent / "cli"
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
NAMES = [
    pytest.param("a\x1b]0;owned\x07b", id="window title"),
    pytest.param("a\x1b[2J\x1b[1;1Hb", id="cleared screen"),
    pytest.param("a\x9b31mb", id="one-byte escape"),
    pytest.param("a\u202egnp.b", id="turned direction"),
    pytest.param("a\u200b\u2066b", id="hidden and isolated"),
    pytest.param("a\nno problems: all 9 references verified", id="forged line"),
    pytest.param("a\rno problems: all 9 references verified", id="overwritten line"),
    pytest.param("a\udcffb", id="no text"),
]
TOGETHER = [
    pytest.param("a\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u200b\u2066\udcffb", id="all escapes"),
    pytest.param("a\nno problems: all 9 references verified\n", id="forged line"),
]
COMMANDS = [
    ("scan", "{}.bib"),
    ("scan", "there.bib", "--offline", "--no-store", "-o", "{}"),
    ("scan", "there.bib", "--offline", "--index", "{}"),
    ("scan", "there.bib", "--offline", "--registries", "{}"),
    ("scan", "there.bib", "--format", "{}"),
    ("scan", "--{}"),
    ("{}",),
    ("check", "{}.txt"),
    ("explain", "{}"),
    ("config", "show", "{}"),
    ("config", "{}"),
    ("completion", "{}"),
    ("doctor", "--db", "{}"),
    ("index", "info", "{}"),
    ("index", "build", "{}.bib"),
    ("index", "get", "{}"),
    ("db", "flags", "--db", "{}"),
    ("db", "flags", "--db", "sqlite:///{}/nowhere.db"),
    ("evidence", "replay", "{}.zip"),
    ("schema", "{}"),
]


def hidden(text: str, keep: str = "\n\t") -> list[str]:
    return [each for each in text if unicodedata.category(each) in HIDDEN and each not in keep]


@pytest.fixture
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("DATA", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    (tmp_path / "there.bib").write_text("@article{a, title={A title of some length}, year=2000}\n")


@pytest.mark.usefixtures("_in_a_folder")
@pytest.mark.parametrize("name", TOGETHER)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_repeats_what_takes_over_a_terminal(command, name):
    result = CliRunner().invoke(main, [each.format(name) for each in command])
    assert hidden(result.output) == []
    assert "no problems: all 9 references verified" not in result.output.splitlines()
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("_in_a_folder")
@pytest.mark.parametrize("name", [each for each in NAMES if "\udcff" not in str(each.values[0])])
def test_a_scanned_file_with_such_a_name_harms_no_report(name, tmp_path):
    (tmp_path / f"{name}.bib").write_text("@article{\x1b[2J, title={A \x1b]0;t\x07 title of some length}, year=2000}\n")
    result = CliRunner().invoke(main, ["scan", f"{name}.bib", "--offline", "--no-store", "-vv"])
    assert hidden(result.output) == []
    assert "no problems: all 9 references verified" not in result.output.splitlines()


@pytest.mark.usefixtures("_in_a_folder")
@pytest.mark.parametrize("name", [each for each in NAMES if "\udcff" not in str(each.values[0])])
def test_settings_are_shown_harmlessly_wherever_they_come_from(name, monkeypatch):
    monkeypatch.setenv("VERIFIER_INDEX", name)
    monkeypatch.setenv("VERIFIER_CROSSREF_URL", f"http://{name}")
    result = CliRunner().invoke(main, ["config", "show"])
    assert hidden(result.output) == []
    assert "no problems: all 9 references verified" not in result.output.splitlines()
    assert load_settings().index == name


@pytest.mark.parametrize("name", [str(each.values[0]) for each in NAMES])
def test_everything_the_console_says_is_harmless(name, capsys):
    error = VerifierError(f"{name} is missing", hint=f"name {name}")
    error.__cause__ = OSError(f"lost {name}")
    print_error(error, verbose=True)
    console = Console(verbose=1)
    for speak in (console.note, console.warn, console.detail, say):
        speak(f"{name} was read")
    printed = capsys.readouterr()
    assert hidden(printed.out + printed.err) == []


@pytest.mark.parametrize("name", [str(each.values[0]) for each in NAMES])
def test_the_progress_line_is_harmless(name):
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    line = ProgressLine(Console(), stream)
    line._started_at -= 10
    line.show(name)
    assert hidden(stream.getvalue().removeprefix("\r\x1b[K"), keep="") == []


def test_what_is_logged_is_one_harmless_line_a_record(monkeypatch, capsys):
    from verifier.cli.console import log_to_terminal

    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    log_to_terminal(logging.INFO)
    logging.getLogger("citations.registries").info("asked %s", "a\x1b[2J\nno problems")
    for handler in root.handlers:
        handler.close()
    assert capsys.readouterr().err == "asked a [2J no problems\n"


def test_only_the_console_writes_to_the_terminal():
    wild = []
    for path in CLI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if path.name != "console.py" and name in {
                "click.echo",
                "click.secho",
                "print",
                "traceback.print_exception",
            }:
                wild.append(f"{path.relative_to(CLI)}:{node.lineno}")
    assert wild == []
