"""What must hold for every output format."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from citations.types import Status
from tests.verifier.samples import checked, claim_finding, full_report, one_of_each, reference, report_of
from verifier.findings import finding_of
from verifier.fusion import Sort, shipped
from verifier.render import RENDERERS, load_renderer
from verifier.types import Stance

HOSTILE = "\x1b[31m<script>alert(1)</script>\x00\u202e\"'`|](javascript:x)\r\n=cmd()"
COMPLETE = sorted(set(RENDERERS) - {"bibtex"})


def rendered(name, report):
    out = io.StringIO()
    load_renderer(name).render(report, out)
    return out.getvalue()


@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_the_table_names_what_the_renderer_says(name):
    renderer = load_renderer(name)
    assert renderer.name == name
    assert renderer.suffix.startswith(".")


@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_the_same_report_gives_the_same_bytes(name):
    assert rendered(name, full_report()) == rendered(name, full_report())


@pytest.mark.parametrize("name", COMPLETE)
def test_every_verdict_stands_under_its_own_word(name):
    text = rendered(name, report_of(one_of_each())).replace("not found", "not_found")
    for status in Status:
        assert status.value in text


@pytest.mark.parametrize("name", COMPLETE)
def test_unreadable_entries_failed_inputs_and_gaps_are_told(name):
    text = rendered(name, full_report())
    assert "no closing brace" in text
    assert "encrypted" in text
    if name != "junit":  # JUnit has no place for them but the skipped cases
        assert "timeout" in text


@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_an_empty_report_is_a_valid_document(name):
    assert rendered(name, report_of([]))


@pytest.mark.parametrize("name", ["text", "html", "markdown", "csv", "sarif", "junit", "bibtex"])
def test_hostile_text_cannot_steer_a_terminal(name):
    items = [checked(status, reference(1, HOSTILE, file=HOSTILE, raw=HOSTILE)) for status in Status]
    text = rendered(name, report_of(items))
    assert not [each for each in "\x1b\x00\u202e" if each in text]


@pytest.mark.parametrize("name", ["html", "markdown"])
def test_hostile_text_is_never_markup(name):
    items = [checked(status, reference(1, HOSTILE, file=HOSTILE, raw=HOSTILE)) for status in Status]
    text = rendered(name, report_of(items))
    assert "<script" not in text
    assert name == "html" or "](javascript" not in text


def test_surrogates_can_be_written_everywhere():
    items = [checked(Status.NOT_FOUND, reference(1, "bad \udbff", raw="bad \udbff"))]
    for name in RENDERERS:
        rendered(name, report_of(items)).encode("utf-8", "replace")


def test_each_json_sum_is_the_number_of_records():
    lines = [json.loads(line) for line in rendered("jsonl", full_report()).splitlines()]
    kinds = [line["type"] for line in lines]
    summary = lines[-1]
    assert kinds == ["reference"] * 7 + ["unreadable"] * 2 + ["gap"] * 2 + ["summary"]
    assert sum(summary["counts"].values()) == summary["references"] == 7
    assert (summary["unreadable"], summary["failed_inputs"]) == (1, 1)


def test_json_holds_the_same_as_the_lines():
    whole = json.loads(rendered("json", full_report()))
    lines = [json.loads(line) for line in rendered("jsonl", full_report()).splitlines()]
    assert [*whole["references"], *whole["unreadable"], *whole["gaps"], whole["summary"]] == lines


def test_junit_sums_are_the_number_of_cases():
    suite = ET.fromstring(rendered("junit", full_report()))
    cases = suite.findall("testcase")
    found = {tag: len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "skipped", "error")}
    assert len(cases) == int(suite.get("tests") or 0) == 9
    assert found == {"failure": 4, "skipped": 2, "error": 2}


def test_sarif_has_a_result_for_every_reference():
    (run,) = json.loads(rendered("sarif", full_report()))["runs"]
    assert len(run["results"]) == 8
    assert {each["kind"] for each in run["results"]} == {"fail", "open", "pass"}
    assert not run["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "\n=1"])
def test_no_spreadsheet_executes_a_cell(start):
    text = rendered("csv", report_of([checked(Status.NOT_FOUND, reference(1, start, raw=start, file=start))]))
    rows = list(csv.reader(io.StringIO(text)))
    for cell in rows[1]:
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_csv_has_a_row_for_everything():
    rows = list(csv.DictReader(io.StringIO(rendered("csv", full_report()))))
    assert len(rows) == 7 + 2 + 2
    assert {row["verdict"] for row in rows} == {*(status.value for status in Status), "unreadable", "gap"}


@pytest.mark.parametrize("name", COMPLETE)
def test_a_claim_that_is_not_borne_out_stands_in_every_format(name):
    claims = tuple(claim_finding(stance, f"Claim of {stance.value}.", n) for n, stance in enumerate(Stance, start=1))
    text = rendered(name, replace(report_of([]), claims=claims))
    assert "Claim of not_supported." in text.replace("\\_", "_")
    assert "not_supported" in text.replace("not supported", "not_supported")


@pytest.mark.parametrize("name", ["text", "html", "markdown", "csv", "sarif", "junit"])
def test_hostile_claims_are_as_harmless_as_hostile_references(name):
    text = rendered(name, replace(report_of([]), claims=(claim_finding(Stance.NOT_SUPPORTED, HOSTILE),)))
    assert not [each for each in "\x1b\x00\u202e" if each in text]
    assert name not in {"html", "markdown"} or "<script" not in text


def test_claims_are_counted_in_the_summary():
    claims = tuple(claim_finding(stance, number=n) for n, stance in enumerate(Stance, start=1))
    summary = json.loads(rendered("json", replace(report_of([]), claims=claims)))["summary"]
    assert (summary["claims"], sum(summary["claim_counts"].values())) == (5, 5)


def test_a_flagged_claim_keeps_a_report_from_being_without_problem():
    report = replace(report_of(one_of_each()[:1]), claims=(claim_finding(Stance.NOT_SUPPORTED),))
    assert "no problems" not in rendered("text", report)


@pytest.mark.parametrize("name", ["text", "html", "markdown", "json", "jsonl"])
def test_a_report_names_the_calibration_that_was_learnt(name):
    model = replace(shipped(Sort.CITATION), name="learnt-0123456789ab")
    findings = tuple(finding_of(each, model) for each in one_of_each())
    assert "learnt-0123456789ab" in rendered(name, replace(report_of([]), findings=findings))
    assert "learnt" not in rendered(name, report_of(one_of_each()))
