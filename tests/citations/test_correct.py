from __future__ import annotations

from dataclasses import replace

from citations.correct import corrected_entry
from citations.types import (
    Argument,
    CheckedReference,
    FieldDiff,
    FieldName,
    Severity,
    Status,
    Verdict,
)
from tests.citations.fake_registries import reference, work

ENTRY = """@article{gauss19,
  title = {A study of {Things} % and more},
  author = "Byron, Ada and others",
  journal   = nat # { Letters},
  year=2017, volume = {3}, % the volume
  pages={1--9},
  doi = {10.1/wrong},
}"""
WORK = work(
    title="A survey of Things & more",
    authors="Ada Byron; Carl Gauss",
    year=2019,
    venue="Nature Letters",
    volume="4",
    pages="10–19",
    doi="10.1/right",
)


def checked(*fields: FieldName, raw=ENTRY, held=WORK, severity=Severity.MAJOR) -> CheckedReference:
    diffs = tuple(FieldDiff(field, "cited", "registered", severity) for field in fields)
    verdict = Verdict(Status.MISMATCH, Argument(supported_by=("crossref",)), held, diffs)
    return CheckedReference(reference(raw=raw), (), verdict)


def test_only_the_wrong_field_changes_and_everything_else_stays_byte_for_byte():
    assert corrected_entry(checked(FieldName.YEAR)) == ENTRY.replace("year=2017", "year={2019}")


def test_several_fields_are_replaced_whatever_their_delimiters():
    found = corrected_entry(checked(FieldName.TITLE, FieldName.AUTHORS, FieldName.VENUE, FieldName.PAGES))
    assert "title = {A survey of Things \\& more}" in found
    assert "author = {Byron, Ada and Gauss, Carl}" in found
    assert "journal   = {Nature Letters}," in found
    assert "pages={10--19}" in found
    assert "year=2017, volume = {3}, % the volume" in found


def test_a_wrong_identifier_is_replaced_by_the_right_one():
    assert "doi = {10.1/right}," in corrected_entry(checked(FieldName.DOI))


def test_a_wrong_identifier_goes_where_the_right_one_is_not_known():
    held = replace(WORK, fields=replace(WORK.fields, doi=""))
    found = corrected_entry(checked(FieldName.DOI, held=held))
    assert "10.1/wrong" not in found
    assert "pages={1--9}" in found


def test_cosmetic_differences_correct_nothing():
    assert corrected_entry(checked(FieldName.YEAR, severity=Severity.COSMETIC)) == ""


def test_what_is_no_bibtex_is_left_alone():
    assert corrected_entry(checked(FieldName.YEAR, raw="Byron, A. (2017). A study of things.")) == ""


def test_without_a_record_there_is_nothing_to_correct():
    verdict = Verdict(Status.UNCHECKED, Argument())
    assert corrected_entry(CheckedReference(reference(raw=ENTRY), (), verdict)) == ""


def test_an_entry_that_breaks_off_is_corrected_as_far_as_it_goes():
    broken = "@article{a, year = 2017, title = {never closed"
    assert corrected_entry(checked(FieldName.YEAR, FieldName.TITLE, raw=broken)) == broken.replace("2017", "{2019}")
