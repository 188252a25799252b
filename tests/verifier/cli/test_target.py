"""A report never replaces what the run reads, however the file is named."""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner

from verifier.cli import main
from verifier.cli.target import format_for
from verifier.errors import VerifierError

ENTRY = "@article{own, title={My only copy}, author={Smith, Jane}, journal={Journal of Copies}, year={2001}}\n"
PAPER = "\\documentclass{article}\\begin{document}\\cite{own}\\bibliography{refs}\\end{document}\n"


def run(*arguments):
    return CliRunner().invoke(main, [*arguments, "--offline", "--isolated", "--no-store"])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "refs.bib").write_text(ENTRY)
    (tmp_path / "paper" / "paper.tex").write_text(PAPER)
    (tmp_path / "paper" / "notes.md").write_text("See doi:10.1000/182.\n")
    (tmp_path / "link.bib").symlink_to("paper/refs.bib")
    os.link(tmp_path / "paper" / "refs.bib", tmp_path / "hard.bib")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "target"),
    [
        (["scan", "paper/refs.bib", "--format", "bibtex"], "paper/refs.bib"),
        (["scan", "paper/refs.bib"], "./paper/../paper/refs.bib"),
        (["scan", "paper/refs.bib"], "link.bib"),
        (["scan", "link.bib"], "paper/refs.bib"),
        (["scan", "paper/refs.bib"], "hard.bib"),
        (["scan", "paper"], "paper/paper.tex"),
        (["scan", "paper"], "paper/refs.bib"),
        (["scan", "paper"], "paper/notes.md"),
        (["scan", "paper/paper.tex"], "paper/refs.bib"),
        (["scan", "missing.bib", "paper/refs.bib"], "paper/refs.bib"),
        (["check", "paper/notes.md"], "paper/notes.md"),
        (["ask", "hello", "--model", "paper/refs.bib"], "paper/refs.bib"),
    ],
)
def test_an_input_is_never_written_over(folder, command, target):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = run(*command, "-o", target)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{target} is one of the files that are read" in done.stderr
    assert "only the corrected entries" in done.stderr
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_list_that_is_known_only_when_it_was_read_is_not_written_over_either(folder):
    (folder / "paper" / "paper.md").write_text("---\nbibliography: refs.bib\n---\n\nAs @own says.\n")
    done = run("scan", "paper/paper.md", "--format", "bibtex", "-o", "paper/refs.bib")
    assert (done.exit_code, (folder / "paper" / "refs.bib").read_text()) == (2, ENTRY)
    assert "is one of the files that are read" in done.stderr


def test_an_earlier_report_is_written_over(folder):
    for _ in range(2):
        done = run("scan", "paper/refs.bib", "-o", "paper/corrected.bib")
        assert done.exit_code == 3
    assert "0 of 1 entries corrected" in (folder / "paper" / "corrected.bib").read_text()


def test_an_ending_that_asks_for_no_format_is_refused_before_any_work(folder):
    done = run("scan", "paper/refs.bib", "-o", "report.xyz")
    assert (done.exit_code, (folder / "report.xyz").exists()) == (2, False)
    assert "the ending .xyz asks for no format" in done.stderr
    assert ".html" in done.stderr
    assert run("scan", "paper/refs.bib", "-o", "report.xyz", "--format", "json").exit_code == 3
    assert json.loads((folder / "report.xyz").read_text())["summary"]["references"] == 1


def test_a_device_needs_no_ending():
    assert format_for("/dev/null") == "text"
    with pytest.raises(VerifierError, match="a name without ending"):
        format_for("report")


@pytest.mark.parametrize(
    ("name", "counted"), [("report.md", "1 unchecked"), ("report.txt", "1 unchecked"), ("fixed.bib", "0 of 1 entries")]
)
def test_the_report_of_the_last_run_in_the_scanned_folder_is_renewed_and_not_scanned(folder, name, counted):
    (folder / "paper" / "notes.md").unlink()
    target = folder / "paper" / name
    for _ in range(2):
        done = run("scan", "paper", "-o", str(target))
        assert (done.exit_code, counted in target.read_text()) == (3, True)
