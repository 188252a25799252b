from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from probes.artefact import load_probe
from probes.install import ANY_MODEL, SHIPPED, installed_folder, shipped_probes
from probes.testing import Family, write_tiny_model
from tests.models import smollm2
from verifier.cli import main

__all__ = ["smollm2"]


def watch(model, *arguments, **options):
    return CliRunner().invoke(
        main, ["probe", "watch", "--model", str(model), "--max-tokens", "24", *arguments], **options
    )


def test_each_line_is_answered_and_its_doubtful_spans_are_listed(smollm2):
    done = watch(smollm2, input="Who painted the Scream?\nWho wrote Faust?\n")
    assert done.exit_code == 0
    assert len(re.findall(r"^  0\.\d\d  .+  \((?:answer|name|date|number|title)\)$", done.stdout, re.MULTILINE)) >= 1
    assert "SmolLM" in done.stderr.replace("Smollm", "SmolLM")


def test_an_empty_line_or_the_end_of_input_ends_the_chat(smollm2):
    assert watch(smollm2, input="\nWho painted the Scream?\n").stdout == ""
    assert watch(smollm2, input="").exit_code == 0


def test_colour_shows_the_risk_of_words_and_a_pipe_gets_none(smollm2):
    coloured = watch(smollm2, "--color", "always", input="Who painted the Scream?\n", color=True)
    plain = watch(smollm2, input="Who painted the Scream?\n")
    assert "\x1b[" in coloured.stdout
    assert "\x1b[" not in plain.stdout


@pytest.mark.parametrize("command", [["watch", "--model", "nowhere.gguf"], ["install", "nowhere.json"]])
def test_what_is_not_there_is_exit_2_with_one_sentence(command):
    done = CliRunner().invoke(main, ["probe", *command], input="hello\n")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")


def test_an_installed_probe_lies_in_the_users_folder():
    done = CliRunner().invoke(main, ["probe", "install", str(SHIPPED / ANY_MODEL)])
    assert done.exit_code == 0
    (path,) = installed_folder().glob("*.json")
    assert done.stdout.strip() == str(path)
    assert load_probe(path) == load_probe(SHIPPED / ANY_MODEL)


def test_the_probes_that_are_found_by_themselves_are_listed_and_shown_for_a_model(smollm2, tmp_path):
    run = CliRunner()
    listed = run.invoke(main, ["probe", "show"]).stdout.splitlines()
    assert {line.partition(": ")[0] for line in listed} == {str(path) for path in shipped_probes()}
    for path in shipped_probes():
        assert run.invoke(main, ["probe", "show", str(path)]).exit_code == 0
    assert run.invoke(main, ["probe", "show", str(smollm2)]).stdout.startswith("probe ")
    unknown = write_tiny_model(tmp_path / "tiny.gguf", Family.LLAMA)
    none = run.invoke(main, ["probe", "show", str(unknown)])
    assert (none.exit_code, none.stderr.startswith("error: there is no probe for")) == (2, True)


def test_a_damaged_probe_is_listed_as_such(tmp_path):
    run = CliRunner()
    run.invoke(main, ["probe", "install", str(SHIPPED / ANY_MODEL)])
    (path,) = installed_folder().glob("*.json")
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 9'))
    listed = run.invoke(main, ["probe", "show"])
    assert (listed.exit_code, f"{path}: not used: " in listed.stdout) == (0, True)
    assert str(SHIPPED / ANY_MODEL) in listed.stdout


@pytest.mark.parametrize("target", ["{folder}", "{file}/questions.jsonl"])
def test_what_cannot_be_written_is_exit_2_with_one_sentence(tmp_path, target):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    to = target.format(folder=tmp_path / "folder", file=tmp_path / "file")
    done = CliRunner().invoke(main, ["probe", "questions", "--to", to])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {tmp_path}")
    assert " cannot be used: " in done.stderr
