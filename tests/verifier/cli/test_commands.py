from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import verifier
from verifier.cli import COMMANDS, main
from verifier.cli.options import SortedCommand

ROOT = Path(__file__).resolve().parents[3]
HEAVY = [
    "requests",
    "pydantic",
    "sqlalchemy",
    "alembic",
    "numpy",
    "rich",
    "tantivy",
    "pypdfium2",
    "jinja2",
    "llama_cpp",
    "sklearn",
]


def run(*args, **options):
    return CliRunner().invoke(main, list(args), **options)


def leaves(command, path=()):
    """Every command that takes options, with its words."""
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            yield from leaves(command.get_command(ctx, name), (*path, name))
    else:
        yield path


LEAVES = list(leaves(main))


@pytest.mark.parametrize("args", [[], ["--help"], ["scan", "--help"], ["check", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(args):
    code = (
        "import sys\nfrom verifier.cli import main\n"
        f"try:\n    main({args!r})\nexcept SystemExit:\n    pass\n"
        f"print('loaded', sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "loaded []"


def test_a_bare_command_says_where_to_start():
    done = run()
    assert done.exit_code == 0
    assert "start here" in done.output
    assert done.output.count("\n  verifier ") == 5


def test_the_version_is_the_packages():
    assert run("--version").output == f"factprobe {verifier.__version__}\n"
    assert f'version = "{verifier.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_help_is_short_and_shows_two_examples(words):
    text = run(*words, "--help", env={"COLUMNS": "80"}).output
    assert len(text.splitlines()) < 40
    if len(words) == 1:
        assert text.count(f"  verifier {words[0]}") + text.count("| verifier") >= 2


@pytest.mark.parametrize("words", [words for words in LEAVES if len(words) == 1], ids=" ".join)
def test_options_stand_in_alphabetical_order(words):
    command = main.get_command(click.Context(main), words[0])
    assert command is not None
    names = [
        max(param.opts, key=len).lstrip("-")
        for param in command.get_params(click.Context(command))
        if isinstance(param, click.Option) and param.name != "help"
    ]
    assert isinstance(command, SortedCommand) is False or names == sorted(names)


def test_every_command_has_its_sentence():
    listed = main.list_commands(click.Context(main))
    assert set(listed) <= set(COMMANDS)
    for name in listed:
        assert COMMANDS[name] in run("--help", env={"COLUMNS": "200"}).output


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["scna", "x.bib"], "did you mean `verifier scan`?"),
        (["pyproject.toml"], "verifier scan pyproject.toml"),
        (["zzzzzz"], "`verifier --help` lists all commands"),
    ],
)
def test_an_unknown_command_is_guessed(args, hint, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = run(*args)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: there is no command '{args[0]}'")
    assert done.stderr.endswith(f"\nhint: {hint}\n")


@pytest.mark.parametrize("args", [["scan", "--ofline", "x"], ["scan"], ["scan", "x", "--format", "jsn"]])
def test_wrong_usage_is_exit_2_with_a_hint(args):
    done = run(*args)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert "hint: " in done.stderr


def test_a_crash_is_a_sentence_and_no_traceback(monkeypatch):
    def crash(self, ctx, name):
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(type(main), "get_command", crash)
    done = run("scan", "x")
    assert done.exit_code == 2
    assert "error: verifier scan crashed: RuntimeError: unforeseen [crash]" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in run("scan", "x", "-v").stderr


def test_a_reader_that_goes_away_is_no_error():
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m verifier explain | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["bash", "fish", "powershell", "zsh"])
def test_completion_scripts_name_the_command(shell):
    done = run("completion", shell)
    assert done.exit_code == 0
    assert "_VERIFIER_COMPLETE" in done.output
    assert "verifier" in done.output


@pytest.mark.parametrize(
    ("shell", "words", "word", "expected"),
    [
        ("bash", "verifier sc", "1", ["plain,scan", "plain,schema"]),
        ("powershell", "verifier", "sc", ["scan", "schema"]),
        ("powershell", "verifier\nscan\nC:\\my papers\\a.bib\n--fail-on", "mis", ["mismatch"]),
        ("powershell", "verifier\nscan", "--off", ["--offline\tAsk only index and cache."]),
        ("powershell", "verifier\ncompletion", "p", ["powershell"]),
        ("powershell", "verifier", "", [name for name in sorted(COMMANDS) if find_spec(f"verifier.cli.{name}")]),
    ],
)
def test_completion_completes(shell, words, word, expected):
    env = {**os.environ, "_VERIFIER_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": word}
    done = subprocess.run(
        [sys.executable, "-c", "from verifier.cli import main; main(prog_name='verifier')"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=env,
    )
    assert [line if "--" in line else line.partition("\t")[0] for line in done.stdout.splitlines()] == expected


def test_the_powershell_script_is_whole_and_leaves_no_variable_behind():
    text = run("completion", "powershell").output
    code = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "", text)
    assert [code.count(each) for each in "({["] == [code.count(each) for each in ")}]"]
    assert set(re.findall(r"\$env:(\w+) =", text)) == set(re.findall(r"Env:(\w+)", text.partition("finally")[2]))
    assert "Register-ArgumentCompleter -Native -CommandName verifier" in text
    assert "%" not in text
