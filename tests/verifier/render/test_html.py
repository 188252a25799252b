from __future__ import annotations

import io
import re
from dataclasses import replace
from html.parser import HTMLParser

from citations.types import Contradiction, ContradictionKind, Status
from tests.verifier.samples import asked, checked, full_report, no_match, one_of_each, reference, report_of
from verifier.render.html import MAX_VERIFIED_CARDS, HtmlRenderer

VOID = {"meta", "link", "br", "col", "hr", "img", "input"}


class Balanced(HTMLParser):
    """Notes tags that are not closed, and everything that would be loaded from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        values = dict(attrs)
        self.loaded += [value for name in ("src", "srcset", "data", "action") if (value := values.get(name))]
        if tag == "a":
            self.links.append(values.get("href") or "")
        if tag in {"script", "iframe", "object", "embed", "link", "form"}:
            self.loaded.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(report):
    out = io.StringIO()
    HtmlRenderer().render(report, out)
    return out.getvalue()


def parsed(report):
    parser = Balanced()
    parser.feed(page(report))
    return parser


def test_the_page_is_well_formed_and_loads_nothing():
    parser = parsed(full_report())
    assert (parser.open, parser.loaded) == ([], [])


def test_every_finding_has_its_card_and_every_word_its_section():
    text = page(report_of(one_of_each()))
    for status in Status:
        assert f'<section class="{status.value}" id="{status.value}">' in text
        assert f'id="{status.value}-1"' in text


def test_differing_characters_are_marked_on_both_sides():
    text = page(report_of([checked(Status.MISMATCH)]))
    assert re.search(r'data-label="cited">19<mark>7</mark>3</td>|data-label="cited">197<mark>3</mark></td>', text)


def test_evidence_is_one_step_away():
    parser = parsed(report_of([checked(Status.MISMATCH)]))
    assert "https://api.example.org/crossref?q=1" in parser.links
    assert "https://doi.org/10.1112/plms/s2-42.1.230" in parser.links


def test_an_address_that_is_none_is_no_link():
    ref = reference()
    hostile = replace(no_match(ref), asked=replace(asked(), url="javascript:alert(1)"))
    checked_reference = replace(checked(Status.NOT_FOUND, ref), evidence=(hostile,))
    assert not [link for link in parsed(report_of([checked_reference])).links if link.startswith("javascript")]


def test_a_reference_that_was_not_found_stands_beside_the_nearest_record():
    assert "The nearest record, which is another work:" in page(report_of([checked(Status.NOT_FOUND)]))


def test_a_fabricated_reference_stands_beside_what_contradicts_it():
    assert "Contradicted by" in page(report_of([checked(Status.FABRICATED)]))


def test_a_contradiction_within_the_citation_shows_no_work_that_has_nothing_to_do_with_it():
    fabricated = checked(Status.FABRICATED)
    argument = fabricated.verdict.argument
    within = Contradiction(ContradictionKind.PLACEHOLDER, "the author John Doe is a placeholder")
    verdict = replace(fabricated.verdict, argument=replace(argument, contradiction=within))
    nearest = no_match(fabricated.reference)
    text = page(report_of([replace(fabricated, verdict=verdict, evidence=(nearest,))]))
    assert "the author John Doe is a placeholder" in text
    assert "Contradicted by" not in text


def test_the_page_follows_the_readers_light():
    text = page(report_of([]))
    assert "prefers-color-scheme: dark" in text
    assert '<meta name="viewport"' in text


def test_very_many_verified_references_are_lines_and_flagged_ones_stay_cards():
    items = [checked(Status.VERIFIED, reference(n)) for n in range(MAX_VERIFIED_CARDS + 1)]
    parser = Balanced()
    text = page(report_of([*items, checked(Status.NOT_FOUND, reference(999))]))
    parser.feed(text)
    assert text.count("<article") == 1
    assert text.count('<li id="verified-') == MAX_VERIFIED_CARDS + 1
    assert parser.open == []
