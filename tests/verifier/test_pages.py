from __future__ import annotations

import pytest

from citations.errors import CitationsError
from citations.types import ContradictionKind, Outcome, Severity, Status, Why
from probes.errors import ProbesError
from verifier.errors import VerifierError
from verifier.pages import page, pages
from verifier.policy import ExitCode
from verifier.store.levels import StorageLevel
from verifier.types import Decision, Stance


def kinds(base):
    found = {base}
    for kind in base.__subclasses__():
        found |= kinds(kind)
    return found


CODES = [
    *(
        each.value
        for family in (Status, Severity, Outcome, ContradictionKind, Why, Decision, Stance, StorageLevel)
        for each in family
    ),
    *(f"exit-{code.value}" for code in ExitCode),
    *(kind.code for base in (CitationsError, ProbesError, VerifierError) for kind in kinds(base)),
    *("no-references", "shadowed", "extractor-crashed", "unreadable-entry", "crash", "download-failed", "storage"),
    *("sample", "miss-rate", "calibration"),
]


@pytest.mark.parametrize("code", sorted(set(CODES)))
def test_every_code_in_the_output_can_be_explained(code):
    found = page(code)
    assert found is not None
    assert found.summary


def test_no_page_is_about_a_code_that_does_not_exist():
    assert {each.code for each in pages()} <= set(CODES)


def test_no_code_has_two_pages():
    codes = [each.code for each in pages()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("spelling", ["not_found", "not-found", "NOT_FOUND", "[not-found]"])
def test_spelling_does_not_matter(spelling):
    assert page(spelling) == page("not_found")
