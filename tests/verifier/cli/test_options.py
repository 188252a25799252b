"""What sentences tell people to type can be typed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pypdfium2
import pytest
from click.testing import CliRunner

from verifier.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[3]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")
OF_OTHERS = {"--upstream", "--lora-scaled"}
BIB = "@misc{a, title={Cited}}\n@misc{b, title={Not cited}}\n"


def options() -> set[str]:
    def of(command: click.Command) -> Iterator[str]:
        for param in command.params:
            yield from (*param.opts, *param.secondary_opts)
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                yield from of(inner) if inner else ()

    commands = [import_module(f"verifier.cli.{name}").command for name in COMMANDS]
    return {"--help", "--version", *(option for command in commands for option in of(command))}


def sentences(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_option_that_a_sentence_names_exists():
    files = [*(ROOT / "verifier").rglob("*.py"), *(ROOT / "citations").rglob("*.py")]
    ours = [path for path in files if "testing" not in path.parts]
    named = {(option, path.name) for path in ours for text in sentences(path) for option in OPTION.findall(text)}
    known = options() | OF_OTHERS
    assert sorted((option, name) for option, name in named if option not in known) == []
    assert {"--max-bytes", "--max-pages", "--resume"} <= {option for option, _ in named}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("paper.tex", "\\documentclass{article}\\begin{document}\\cite{a}\\bibliography{refs}\\end{document}"),
        ("paper.md", "---\nbibliography: refs.bib\n---\nAs [@a] says.\n"),
    ],
)
@pytest.mark.parametrize(
    ("options", "keys"), [((), ["a"]), (("--only-cited",), ["a"]), (("--all-entries",), ["a", "b"])]
)
def test_of_a_paper_what_it_cites_is_checked_or_on_demand_its_whole_list(tmp_path, name, text, options, keys):
    (tmp_path / name).write_text(text)
    (tmp_path / "refs.bib").write_text(BIB)
    arguments = ["scan", str(tmp_path / name), "--offline", "--no-store", "--format", "csv", *options]
    done = CliRunner().invoke(main, arguments)
    assert [key for key in ("a", "b") if f",{key}," in done.stdout] == keys


def test_a_pdf_of_more_pages_than_are_wanted_is_refused_with_the_way_out(tmp_path):
    pdf = pypdfium2.PdfDocument.new()
    for _ in range(4):
        pdf.new_page(100, 100)
    pdf.save(tmp_path / "long.pdf")
    pdf.close()
    arguments = ["scan", str(tmp_path / "long.pdf"), "--offline", "--no-store"]
    done = CliRunner().invoke(main, [*arguments, "--max-pages", "3"])
    assert (done.exit_code, "has 4 pages, more than the 3 that are read" in done.output) == (2, True)
    assert "--max-pages" in done.output
    assert "more than the" not in CliRunner().invoke(main, [*arguments, "--max-pages", "4"]).output
