from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.types import FieldDiff, FieldName, Fields, Name, Severity, Status
from tests.verifier.samples import TURING, checked, reference
from verifier.fingerprint import fingerprint, subject


@pytest.mark.parametrize(
    "drifted",
    [
        "ON COMPUTABLE NUMBERS, WITH AN APPLICATION TO THE ENTSCHEIDUNGSPROBLEM",
        "On computable numbers - with an application to the Entscheidungsproblem.",
        "On Computable Number: With Applications to the Entscheidungsproblem",
        "On côm­putable numbers, with the application to an Entscheidungsproblem".replace("­", ""),
    ],
)
@pytest.mark.parametrize("status", [Status.MISMATCH, Status.NOT_FOUND])
def test_small_drift_of_wording_is_the_same_finding(drifted, status):
    assert fingerprint(checked(status)) == fingerprint(checked(status, reference(7, drifted, file="other.bib")))


def test_another_fault_is_another_finding():
    assert len(list(Status)) == len({fingerprint(checked(status)) for status in Status})


def test_another_work_is_another_finding():
    other = reference(1, "Computing machinery and intelligence")
    assert fingerprint(checked(Status.NOT_FOUND)) != fingerprint(checked(Status.NOT_FOUND, other))


def test_another_set_of_wrong_fields_is_another_finding():
    one = checked(Status.MISMATCH)
    two = replace(one, verdict=replace(one.verdict, diffs=one.verdict.diffs[:1]))
    assert fingerprint(one) != fingerprint(two)


@pytest.mark.parametrize(
    ("field", "one", "two"),
    [
        (FieldName.DOI, "10.1000/a", "10.1000/b"),
        (FieldName.YEAR, "1999", "2001"),
        (FieldName.VENUE, "Nature", "Science"),
        (FieldName.AUTHORS, "A. Church", "K. Gödel"),
    ],
)
def test_another_wrong_value_is_another_finding_and_its_spelling_is_not(field, one, two):
    def wrong(value):
        found = checked(Status.MISMATCH)
        diff = FieldDiff(field, value, "", Severity.MAJOR)
        return fingerprint(replace(found, verdict=replace(found.verdict, diffs=(diff,))))

    assert wrong(one) != wrong(two)
    assert wrong(one) == wrong(one.upper() + ".")


def test_a_fabrication_with_another_identifier_is_another_finding():
    found = checked(Status.FABRICATED)
    reference = found.reference
    dois = [replace(reference, fields=replace(reference.fields, doi=doi)) for doi in ("10.1000/a", "10.1000/b")]
    one, two = (fingerprint(replace(found, reference=each)) for each in dois)
    assert one != two


def test_a_reference_without_title_is_known_by_its_text():
    assert subject(Fields(), "Turing 1937, Proc. LMS") != subject(Fields(), "Church 1936, Am. J. Math.")


@given(st.text(), st.text())
def test_any_text_has_a_subject(title, raw):
    fields = replace(TURING, title=title, authors=(Name(title, raw),))
    assert isinstance(subject(fields, raw), str)
