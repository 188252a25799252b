from __future__ import annotations

import io
from dataclasses import replace

import click
import pytest

from citations.types import Asked, Evidence, Identifier, Location, Outcome, Scheme, Status, Unreadable
from tests.verifier.samples import NOW, checked, full_report, no_match, one_of_each, reference, report_of
from verifier.render.terminal import TextRenderer
from verifier.types import Gap


def text(report, **options):
    out = io.StringIO()
    TextRenderer(**options).render(report, out)
    return out.getvalue()


def test_a_mismatch_reads_like_this():
    assert text(report_of([checked(Status.MISMATCH)])) == (
        "refs.bib:10: [r1] mismatch  year 1973 -> 1937 (digits swapped); authors: initials\n"
        "    cited: On computable numbers, with an application to the Entscheidungsproblem\n"
        "    Crossref (search): match https://doi.org/10.1112/plms/s2-42.1.230 (0.99) | asked 2026-11-25 12:01 UTC\n"
        "    because: Crossref holds it\n"
        "1 mismatch in 12 s\n"
    )


def test_the_worst_stands_first():
    lines = [
        line for line in text(report_of(one_of_each()), show_verified=True).splitlines() if line.startswith("refs.bib:")
    ]
    words = [line.split()[2] for line in lines]
    assert words == ["fabricated", "retracted", "not_found", "mismatch", "unchecked", "unverifiable", "verified"]


@pytest.mark.parametrize(
    ("items", "unreadable", "sentence"),
    [
        ([Status.VERIFIED], [], "no problems: 1 reference verified"),
        ([Status.VERIFIED, Status.VERIFIED], [], "no problems: all 2 references verified"),
        ([Status.VERIFIED, Status.UNCHECKED], [], "no problems among 1 checked; 1 not checked"),
        ([Status.VERIFIED, Status.UNVERIFIABLE], [], "no problems among 1 checked; 1 not checked"),
        ([Status.UNCHECKED], [], "nothing could be verified"),
        ([], [Unreadable(Location("x"), "broken")], "nothing could be verified"),
        ([Status.UNVERIFIABLE], [Unreadable(Location("x"), "broken")], "nothing could be verified"),
        ([Status.VERIFIED], [Unreadable(Location("x"), "broken")], "no problems among 1 checked; 1 not checked"),
    ],
)
def test_no_clean_bill_covers_what_was_not_checked(items, unreadable, sentence):
    made = report_of([checked(status, reference(n)) for n, status in enumerate(items)], unreadable=unreadable)
    assert sentence in text(made).splitlines()


def test_no_clean_bill_while_any_gap_is_open():
    made = report_of([checked(Status.VERIFIED)], gaps=[Gap("the text's claims", "it cites nothing")])
    assert "no problems among 1 checked; the gaps below are open" in text(made).splitlines()


@pytest.mark.parametrize("status", [Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED, Status.RETRACTED])
def test_no_clean_bill_beside_an_accusation(status):
    assert "no problems" not in text(report_of([checked(status), checked(Status.VERIFIED, reference(2))]))


def test_the_last_lines_are_counts_gaps_and_hints():
    lines = text(full_report()).splitlines()
    assert lines[-1].startswith("hint: ")
    assert [line.split(":")[0] for line in lines[-3:]] == ["gap", "gap", "hint"]
    assert lines[-4].endswith("1 unreadable, 1 input failed in 12 s")


def test_what_several_registries_said_alike_stands_once():
    assert "    Crossref, doi.org (search): no match: no title is close | asked" in text(
        report_of([checked(Status.NOT_FOUND)])
    )


def test_colour_adds_nothing_but_colour():
    plain, coloured = text(full_report()), text(full_report(), colour=True)
    assert "\x1b[" in coloured
    assert click.unstyle(coloured) == plain


def test_evidence_says_whether_it_was_looked_up_or_searched():
    ref = reference()
    by_doi = replace(no_match(ref), identifier=Identifier(Scheme.DOI, "10.1/x"), reason="another title")
    never = Evidence(ref.id, Outcome.NOT_COVERED, Asked("dblp", "", NOW), reason="DBLP cannot be asked")
    both = replace(checked(Status.NOT_FOUND, ref), evidence=(by_doi, no_match(ref), never))
    printed = text(report_of([both]))
    assert "    Crossref (by DOI): no match: another title | asked" in printed
    assert "    Crossref (search): no match: no title is close | asked" in printed
    assert "    DBLP: not covered: DBLP cannot be asked\n" in printed


@pytest.mark.parametrize("status", [Status.VERIFIED, Status.UNCHECKED, Status.MISMATCH])
def test_damage_is_told_under_every_verdict(status):
    damaged = checked(status, replace(reference(), mended=("no comma after title",)))
    out = io.StringIO()
    TextRenderer(show_verified=True).render(report_of([damaged]), out)
    assert "    damaged: no comma after title\n" in out.getvalue()
