from __future__ import annotations

from dataclasses import replace

import pytest

from citations.types import (
    Argument,
    CheckedReference,
    Evidence,
    Fields,
    Location,
    Outcome,
    Status,
    Unreadable,
    Verdict,
)
from tests.verifier.samples import WORK, asked, checked, reference
from verifier.findings import finding_of
from verifier.gaps import MAX_HINTS, Circumstances, gaps, hints

AROUND = Circumstances("verifier scan refs.bib")
BROKEN = Unreadable(Location("refs.bib", line=3), "no closing brace")


def unchecked(*reasons: tuple[str, str]):
    ref = reference(1)
    evidence = tuple(
        Evidence(ref.id, Outcome.UNAVAILABLE, asked(registry, body=""), reason=reason) for registry, reason in reasons
    )
    return finding_of(replace(checked(Status.UNCHECKED, ref), evidence=evidence))


def test_nothing_is_missing_where_everything_is_verified():
    assert gaps([finding_of(checked(Status.VERIFIED))], (), AROUND) == ()
    assert hints([finding_of(checked(Status.VERIFIED))], AROUND) == ()


def test_every_kind_of_gap_is_named():
    findings = [finding_of(checked(status)) for status in (Status.UNCHECKED, Status.UNVERIFIABLE)]
    found = [gap.what for gap in gaps(findings, [BROKEN], AROUND, interrupted=True)]
    expected = ["1 reference unchecked", "1 reference unverifiable", "1 entry unreadable", "the rest of the run"]
    assert expected == found


def test_no_network_is_one_sentence():
    findings = [
        unchecked(
            ("crossref", "unreachable: no address for the host"),
            ("arxiv", "breaker-open: not asked again: no address for the host"),
        )
    ] * 20
    (gap,) = gaps(findings, (), AROUND)
    assert gap.what == "20 references unchecked"
    assert gap.why == "no registry could be reached (no address for the host); this machine seems to have no network"


@pytest.mark.parametrize(
    "other",
    [
        Evidence("r", Outcome.MATCH, asked("arxiv"), (WORK,), WORK, 0.9),
        Evidence("r", Outcome.NO_MATCH, asked("arxiv")),
        Evidence("r", Outcome.UNAVAILABLE, asked("arxiv"), reason="rate-limited: HTTP 429"),
    ],
)
def test_a_registry_that_is_down_is_named_where_others_answered(other):
    down = unchecked(("crossref", "unreachable: connection refused"))
    heard = finding_of(replace(checked(Status.VERIFIED, reference(2)), evidence=(other,)))
    (gap,) = gaps([down, heard], (), AROUND)
    assert gap.why == "Crossref: connection refused"


def test_one_registry_that_is_down_says_nothing_about_those_that_were_not_asked():
    down = unchecked(("crossref", "unreachable: connection refused"))
    (gap,) = gaps([down], (), replace(AROUND, registries=("crossref", "arxiv")))
    assert gap.why == "Crossref: connection refused"
    (gap,) = gaps([down], (), replace(AROUND, registries=("crossref",)))
    assert "no network" in gap.why


def unverifiable(number, sentence, *evidence, fields=None):
    ref = reference(number)
    ref = replace(ref, fields=ref.fields if fields is None else fields)
    verdict = Verdict(Status.UNVERIFIABLE, Argument(sentence=sentence))
    return finding_of(CheckedReference(ref, evidence, verdict))


def test_unverifiable_references_are_grouped_by_their_reasons_in_plain_words():
    findings = [
        unverifiable(1, "works before 1950 are registered only in part"),
        unverifiable(2, "works before 1950 are registered only in part"),
        unverifiable(3, "none of Open Library, DBLP can be held to an answer here"),
        unverifiable(4, "no registry could know a source of this kind"),
        unverifiable(5, "nothing that was asked covers it", fields=Fields(year=2001)),
    ]
    (gap,) = gaps(findings, (), AROUND)
    assert gap.what == "5 references unverifiable"
    assert gap.why == (
        "2 because works before 1950 are registered only in part; "
        "1 because what was asked holds such works only in part; Open Library or DBLP could tell; "
        "1 because registries need not hold such a source (web pages, manuals, reports and the like); "
        "1 because no title or identifier is cited to look for"
    )


def test_what_could_not_be_asked_is_not_called_unknowable():
    offline = Evidence("r", Outcome.UNAVAILABLE, asked("crossref", body=""), reason="offline: not asked")
    (gap,) = gaps([unverifiable(1, "no registry could know a source of this kind", offline)], (), AROUND)
    assert gap.why == "Crossref could not be asked (not asked)"


def test_damage_is_told_of_verified_entries_too_with_places_and_a_count_of_the_rest():
    broken = [
        finding_of(checked(Status.VERIFIED, replace(reference(number), mended=("no comma after title",))))
        for number in range(1, 8)
    ]
    (gap,) = gaps(broken, (), AROUND)
    assert gap.what == "7 damaged entries"
    assert "refs.bib:10 (no comma after title), " in gap.why
    assert gap.why.endswith(" and 2 more")


def test_keys_that_several_entries_bear_are_told():
    first, second = (replace(reference(number), key="same") for number in (1, 2))
    (gap,) = gaps([finding_of(checked(Status.VERIFIED, each)) for each in (first, second)], (), AROUND)
    assert (gap.what, gap.why) == (
        "1 key given to several entries",
        "all were checked, but LaTeX prints one: refs.bib: same (lines 10, 20)",
    )


def test_causes_are_grouped_with_the_registries_they_befell():
    findings = [
        unchecked(("crossref", "server-error: HTTP 503"), ("arxiv", "server-error: HTTP 503"), ("dblp", "timeout"))
    ]
    (gap,) = gaps(findings, (), AROUND)
    assert gap.why == "Crossref, arXiv: HTTP 503; DBLP: timeout"


def test_offline_without_an_index_says_so():
    (gap,) = gaps([unchecked(("crossref", "offline"))], (), replace(AROUND, offline=True))
    assert gap.why == "offline, and there is no offline index to ask"


def test_hints_are_at_most_three_and_name_commands():
    findings = [
        unchecked(("crossref", "rate-limited: HTTP 429")),
        finding_of(checked(Status.MISMATCH)),
    ]
    found = hints(findings, AROUND)
    assert len(found) == MAX_HINTS
    assert "`verifier scan refs.bib --resume`" in found[1]
    assert "CROSSREF_MAILTO" in found[2]


def test_who_has_set_the_address_is_not_asked_to():
    found = hints([unchecked(("crossref", "rate-limited: HTTP 429"))], replace(AROUND, has_mailto=True))
    assert not [each for each in found if "CROSSREF_MAILTO" in each]


def test_nobody_is_told_to_read_standard_input_again():
    found = hints([unchecked(("crossref", "timeout"))], replace(AROUND, command="verifier check -"))
    assert not [each for each in found if "--resume" in each]


def test_a_crash_is_never_called_offline():
    verdict = Verdict(Status.UNCHECKED, Argument(sentence="the checker crashed: ValueError: x"))
    crashed = finding_of(CheckedReference(reference(1), (), verdict))
    (gap,) = gaps([crashed], (), replace(AROUND, offline=True))
    assert gap.why == "the checker crashed: ValueError: x"
    (gap,) = gaps([crashed, unchecked(("crossref", "offline"))], (), replace(AROUND, offline=True))
    assert gap.why == "offline, and there is no offline index to ask; the checker crashed: ValueError: x"
