from __future__ import annotations

from dataclasses import replace

from citations.types import Evidence, Location, Outcome, Status, Unreadable
from tests.verifier.samples import asked, checked, reference
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
