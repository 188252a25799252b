from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Fields, Kind, Name
from verifier.cli import main

TURING = Fields(
    title="On computable numbers, with an application to the Entscheidungsproblem",
    authors=(Name("Turing", "Alan M."),),
    year=1937,
    venue="Proceedings of the London Mathematical Society",
    kind=Kind.ARTICLE,
    doi="10.1112/plms/s2-42.1.230",
)
ANSWER = """Two works you should read:

1. Turing, A. M. (1937). On computable numbers, with an application to the Entscheidungsproblem. Proceedings of the London Mathematical Society, 42, 230-265.
2. Quimby, Z. (2019). Recursive enumeration of unwritten theorems by optimistic oracles. Journal of Imaginary Logic, 3, 1-9.
"""


@pytest.fixture(autouse=True)
def server(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with RegistryServer([TURING]) as running:
        for name in REGISTRIES:
            monkeypatch.setenv(f"VERIFIER_{name.upper()}_URL", running.url(name))
        yield running


def run(*args, **options):
    return CliRunner().invoke(main, list(args), **options)


def test_citations_of_an_answer_are_checked_with_their_place():
    done = run("check", "-", "--format", "json", input=ANSWER)
    references = json.loads(done.stdout)["references"]
    assert [each["verdict"] for each in references] == ["verified", "not_found"]
    assert done.exit_code == 1
    for each in references:
        assert ANSWER[each["span"]["start"] : each["span"]["end"]] == each["raw"]


def test_a_text_that_cites_nothing_exits_0_with_a_gap(server):
    done = run("check", "-", input="The sky is blue.")
    assert (done.exit_code, server.log) == (0, ())
    assert "gap: the text's claims: it cites nothing" in done.output


@pytest.mark.parametrize("content", [b"%PDF-1.7 x", b"a\0b"])
def test_what_is_no_prose_is_exit_2(content, tmp_path):
    (tmp_path / "x").write_bytes(content)
    done = run("check", "x")
    assert done.exit_code == 2
    assert "hint: verifier scan x" in done.stderr


def test_a_missing_file_is_exit_2():
    done = run("check", "nosuch.txt")
    assert done.exit_code == 2
    assert "[unreadable-input]" in done.stderr


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_empty_input_is_no_checked_text(tmp_path, text):
    (tmp_path / "answer.txt").write_text(text)
    for arguments, given in ((["-"], text), ([str(tmp_path / "answer.txt")], None)):
        done = CliRunner().invoke(main, ["check", "--offline", *arguments], input=given)
        assert done.exit_code == 2
        assert "is empty: there is nothing to check" in done.stderr
