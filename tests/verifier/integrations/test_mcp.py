from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

from citations.types import Kind
from tests.citations.fake_registries import FakeRegistry, work
from tests.verifier.judges.fake_judges import KnowingJudge
from tests.verifier.samples import one_of_each
from verifier.checker import Checker
from verifier.errors import ExtraMissing
from verifier.findings import finding_of
from verifier.integrations.mcp import MAX_CHARACTERS, mcp_server
from verifier.store import open_store
from verifier.store.connect import closing_engine
from verifier.store.scans import ScanKey, add_findings, begin_scan
from verifier.store.tables import flags

pytest.importorskip("mcp", reason="the MCP SDK is not installed (pip install mcp)")

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

VERIFIER = Path(sys.executable).with_name("verifier")
TITLE = "On computable numbers, with an application to the Entscheidungsproblem"
WRONG = f"1. Turing, A. M. (1977). {TITLE}."
CLAIM = "Aspirin was first synthesised in 1897."


def checker(judge=None):
    shelf = FakeRegistry(works=[work(title=TITLE, authors="Alan M. Turing", year=1937, kind=Kind.ARTICLE)])
    return Checker(registries=[shelf], judge=judge)


def call(server, name, **arguments):
    """What a real client gets for one call of a tool."""

    async def calling():
        async with Client(server) as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(calling())


def test_the_tools_are_listed_with_what_they_take_and_that_they_only_read():
    async def listing():
        async with Client(mcp_server(checker())) as client:
            return (await client.list_tools()).tools

    tools = {each.name: each for each in asyncio.run(listing())}
    assert sorted(tools) == ["check_claims", "list_flags", "verify_citations"]
    assert all(each.annotations.read_only_hint for each in tools.values())
    assert all(each.output_schema for each in tools.values())


def test_a_wrong_citation_comes_back_with_what_the_record_says():
    found = call(mcp_server(checker()), "verify_citations", text=WRONG).structured_content
    (entry,) = found["citations"]
    assert entry["verdict"] == "mismatch"
    assert "1937" in entry["why"]
    assert entry["registered"] == f"{TITLE} (1937)"


def test_claims_are_checked_against_the_given_context():
    server = mcp_server(checker(KnowingJudge(borne_out=["Aspirin"])))
    found = call(server, "check_claims", text=CLAIM, context=["Felix Hoffmann synthesised aspirin in 1897."])
    assert [each["stance"] for each in found.structured_content["claims"]] == ["supported"]


def test_what_was_not_checked_is_said():
    found = call(mcp_server(checker()), "check_claims", text=CLAIM).structured_content
    assert [each["stance"] for each in found["claims"]] == ["unchecked"]
    assert found["not_checked"]


@pytest.mark.parametrize(
    ("name", "arguments", "word"),
    [
        ("verify_citations", {"text": "a" * (MAX_CHARACTERS + 1)}, "check a part of it"),
        ("check_claims", {"text": "a", "context": ["b" * MAX_CHARACTERS]}, "check a part of it"),
        ("verify_citations", {}, "text"),
        ("list_flags", {}, "without a database"),
    ],
)
def test_a_tool_that_cannot_do_its_work_says_why(name, arguments, word):
    answer = call(mcp_server(checker()), name, **arguments)
    assert answer.is_error
    assert word in answer.content[0].text


def test_flags_are_listed_page_by_page_and_a_blind_sample_keeps_its_verdict(tmp_path):
    url = f"sqlite:///{tmp_path / 'flags.db'}"
    with closing_engine(open_store(url)) as engine:
        scan = begin_scan(engine, ScanKey("scan", ("refs.bib",), "settings"), "0.1.0")
        add_findings(engine, scan, [finding_of(each) for each in one_of_each()])
        with engine.begin() as connection:
            connection.execute(update(flags).where(flags.c.id == 1).values(blind=True))
    server = mcp_server(checker(), url)
    first = call(server, "list_flags", limit=3).structured_content
    rest = call(server, "list_flags", limit=3, after=first["after"]).structured_content
    entries = [*first["flags"], *rest["flags"]]
    assert sorted(each["id"] for each in entries) == [1, 2, 3, 4]
    assert [each["id"] for each in entries if each["verdict"] == "sample"] == [1]
    assert rest["after"] == ""


def test_hostile_text_comes_back_as_one_harmless_line():
    hostile = WRONG.replace("application", "appli\u202ecation\x1b[2J")
    text = call(mcp_server(checker()), "verify_citations", text=hostile).structured_content["citations"][0]["citation"]
    assert text.isprintable()


def test_an_assistant_starts_the_command_and_asks_it():
    async def asking():
        parameters = StdioServerParameters(command=str(VERIFIER), args=["serve", "mcp", "--offline"])
        async with Client(stdio_client(parameters)) as client:
            return await client.call_tool("verify_citations", {"text": WRONG})

    found = asyncio.run(asking()).structured_content
    assert [each["verdict"] for each in found["citations"]] == ["unchecked"]


def test_the_command_ends_when_its_reader_goes_away():
    done = subprocess.run(
        [VERIFIER, "serve", "mcp", "--offline"], input="", capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_line_that_is_no_message_does_not_end_the_server():
    request = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    done = subprocess.run(
        [VERIFIER, "serve", "mcp", "--offline"],
        input=f"garbage\n{json.dumps(request)}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert '"id":1' in done.stdout.replace(" ", "")


def test_a_framework_that_is_not_installed_is_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    with pytest.raises(ExtraMissing, match="not installed"):
        mcp_server(checker())
