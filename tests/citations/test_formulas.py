"""Formulas in titles, as TeX and as registries print them: ways of writing, never another title."""

from __future__ import annotations

import pytest

from citations.extract import extract
from citations.extract.interface import Document
from citations.markup import plain_text
from citations.types import Severity, Status
from tests.citations.fake_registries import work
from tests.citations.judging import diffs, found, judge

RECORD = {"authors": "Ada Byron; Carl Gauss", "year": 2015, "venue": "Physical Review D", "volume": "91", "pages": "7"}
MATHML = (
    "<mml:math><mml:msubsup><mml:mi>B</mml:mi><mml:mi>s</mml:mi><mml:mn>0</mml:mn></mml:msubsup><mml:mo>→</mml:mo>"
    "<mml:msup><mml:mi>μ</mml:mi><mml:mo>+</mml:mo></mml:msup><mml:msup><mml:mi>μ</mml:mi><mml:mo>-</mml:mo></mml:msup></mml:math>"
)
SAME = [
    (r"Search for $B^0_s \to \mu^+\mu^-$ decays", f"Search for {MATHML} decays"),
    (r"Production of $t\bar{t}$ pairs at $\sqrt{s}=13$ TeV", "Production of t t-bar pairs at sqrt(s) = 13 TeV"),
    (r"Production of $t\bar{t}$ pairs at $\sqrt{s}=13$ TeV", "Production of tt¯ pairs at s=13 TeV"),
    (r"Structure of $^{12}$C from electron scattering", "Structure of C12 from electron scattering"),
    (r"Bounds on $H_0$ from $\Lambda$CDM cosmology", r"Bounds on $$H_0$$ from $$\varLambda $$CDM cosmology"),
    (r"Improved bounds for $k$-SAT", "Improved bounds for kk-SAT"),
    (r"Improved bounds for $k$-SAT", "Improved bounds for $$k$$ k -SAT"),
    (r"Observation of $\Lambda_b^0 \rightarrow J/\psi p K^-$ decays", "Observation of Λb0→J/ψpK− decays"),
]
OTHERS = [
    (r"Structure of $^{12}$C from electron scattering", "Structure of C13 from electron scattering"),
    (r"Improved bounds for $3$-SAT", "Improved bounds for 33-SAT"),
    (r"Search for $B^0_s \to \mu^+\mu^-$ decays", r"Search for $B^0_d \to e^+ e^-$ decays"),
]


def cite(title: str, place: str):
    entry = f"@article{{k, title={{{title}}}, author={{Ada Byron and Carl Gauss}}, year=2015, {place}}}"
    (reference,) = extract(Document("refs.bib", entry.encode()))
    return reference


@pytest.mark.parametrize("place", ["", "journal={Physical Review D}, volume=91, pages={7}"])
@pytest.mark.parametrize(("tex", "registered"), SAME)
def test_one_formula_written_in_two_ways_is_one_title(tex, registered, place):
    given = judge(cite(tex, place), found(work(title=plain_text(registered), **RECORD)))
    assert (given.status, set(diffs(given).values()) - {Severity.COSMETIC}) == (Status.VERIFIED, set())


@pytest.mark.parametrize(("tex", "registered"), OTHERS)
def test_other_formulas_stay_other_titles(tex, registered):
    assert judge(cite(tex, ""), found(work(title=plain_text(registered), **RECORD))).status.accuses


def test_formulas_that_a_record_lost_are_no_other_title_on_the_very_page():
    lost = work(title="Bounds on from cosmology", **RECORD)
    cited = cite(r"Bounds on $H_0$ from $\Lambda$CDM cosmology", "journal={Physical Review D}, volume=91, pages={7}")
    assert judge(cited, found(lost)).status is Status.VERIFIED
