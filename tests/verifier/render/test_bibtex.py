from __future__ import annotations

import io
from dataclasses import replace

from citations.types import FieldDiff, FieldName, Severity, Status
from tests.verifier.samples import checked, one_of_each, reference, report_of
from verifier.render.bibtex import BibtexRenderer


def text(report):
    out = io.StringIO()
    BibtexRenderer().render(report, out)
    return out.getvalue()


def test_a_wrong_field_is_corrected_and_its_neighbours_stay():
    ref = reference(year=1973)
    wrong = FieldDiff(FieldName.YEAR, "1973", "1937", Severity.MAJOR, "digits swapped")
    item = checked(Status.MISMATCH, ref)
    made = text(report_of([replace(item, verdict=replace(item.verdict, diffs=(wrong,)))]))
    assert made.startswith("% refs.bib:10: year 1973 -> 1937 (digits swapped)\n@article{r1,")
    assert "1973" not in made.split("\n", 1)[1]
    assert "author = {Turing, Alan M.}" in made


def test_how_many_entries_were_corrected_is_said():
    assert text(report_of(one_of_each())).splitlines()[-1].startswith("% 1 of 7 entries corrected")
