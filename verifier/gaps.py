"""What a report did not check, and what would make the next one better. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from citations.types import Status, Unreadable, Why
from verifier.reasons import (
    NO_ABSTRACT,
    NO_EVIDENCE,
    NO_JUDGE,
    NO_WAY,
    NO_WORK,
    failures,
    was_reached,
    why_unverifiable,
)
from verifier.registry_names import registry_name
from verifier.types import ClaimFinding, Finding, Gap, Stance

if TYPE_CHECKING:
    from verifier.fusion import Model
    from verifier.learning_file import InForce

MAX_HINTS = 3
MAX_PLACES = 5
"""So many entries or reasons are named in one gap; the others are counted."""
_GIVE_EVIDENCE = "give evidence with --context FILE or --evidence DIR, which --judge MODEL|URL reads"
_GIVE_JUDGE = "give a second model that reads it: --judge MODEL|URL"
_CLAIM_HINTS = {
    NO_EVIDENCE: _GIVE_EVIDENCE,
    NO_ABSTRACT: _GIVE_EVIDENCE,
    NO_WORK: _GIVE_EVIDENCE,
    NO_JUDGE: _GIVE_JUDGE,
}
"""What would let an unchecked claim be checked, by the reason; a judge that failed says itself what it lacks."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the hints depend on besides the findings."""

    command: str
    """What the user typed, without options: ``verifier scan refs.bib``."""
    offline: bool = False
    has_index: bool = False
    has_mailto: bool = False
    registries: tuple[str, ...] = ()
    """Who is asked over the network."""
    calibration: InForce | None = None
    """What risks are made with; ``None`` for the calibration of the program."""

    @property
    def citation_model(self) -> Model | None:
        """What makes the risks of citations."""
        return self.calibration.citation if self.calibration else None

    @property
    def claim_model(self) -> Model | None:
        """What makes the risks of claims."""
        return self.calibration.claim if self.calibration else None

    @property
    def is_repeatable(self) -> bool:
        """Whether typing the command again reads the same input: not from standard input, not from a model."""
        return not self.command.endswith(" -") and not self.command.startswith("verifier ask")


def gaps(
    findings: Sequence[Finding], unreadable: Sequence[Unreadable], around: Circumstances, *, interrupted: bool = False
) -> tuple[Gap, ...]:
    """Everything that was not checked, grouped by cause; empty only if there is nothing of the kind."""
    found = []
    unchecked = [each for each in findings if each.status is Status.UNCHECKED]
    if unchecked:
        found.append(Gap(f"{_references(len(unchecked))} unchecked", _why_unchecked(unchecked, findings, around)))
    unverifiable = [each for each in findings if each.status is Status.UNVERIFIABLE]
    if unverifiable:
        found.append(
            Gap(f"{_references(len(unverifiable))} unverifiable", _why_unverifiable(unverifiable), "check by hand")
        )
    if unreadable:
        entries = "entry" if len(unreadable) == 1 else "entries"
        found.append(Gap(f"{len(unreadable)} {entries} unreadable", "each is listed with its place and the reason"))
    found += [*_damaged(findings), *_ambiguous(findings)]
    if around.calibration is not None and around.calibration.problem:
        found.append(Gap("what was learnt from reviews", around.calibration.problem, "verifier doctor"))
    if interrupted:
        again = f"{around.command} --resume" if around.is_repeatable else ""
        found.append(Gap("the rest of the run", "it was interrupted", again))
    return tuple(found)


def claim_gaps(claims: Sequence[ClaimFinding]) -> tuple[Gap, ...]:
    """Claims that nobody checked or could tell of, grouped by cause; what asserts nothing is no gap."""
    found = []
    for stance, word in ((Stance.UNCHECKED, "unchecked"), (Stance.UNDECIDED, "undecided")):
        reasons = Counter(each.because for each in claims if each.stance is stance)
        for reason, number in reasons.most_common(MAX_PLACES):
            claim = "1 claim" if number == 1 else f"{number} claims"
            hint = "check by hand" if stance is Stance.UNDECIDED else _CLAIM_HINTS.get(reason, "")
            found.append(Gap(f"{claim} {word}", reason, hint))
        if len(reasons) > MAX_PLACES:
            left = sum(number for _, number in reasons.most_common()[MAX_PLACES:])
            found.append(Gap(f"{left} more claims {word}", "for other reasons, which stand with each of them"))
    return tuple(found)


def hints(findings: Sequence[Finding], around: Circumstances) -> tuple[str, ...]:
    """At most three sentences on what would make the next run better, the most useful first."""
    unchecked = [each for each in findings if each.status is Status.UNCHECKED]
    found = []
    if unchecked and not around.has_index:
        found.append("build an offline index, so that most references need no network: `verifier index build SOURCE`")
    if unchecked and not around.offline and around.is_repeatable:
        which = "unchecked reference" if len(unchecked) == 1 else f"{len(unchecked)} unchecked references"
        found.append(f"finish the {which} with `{around.command} --resume`")
    if unchecked and around.offline and around.has_index and around.is_repeatable:
        found.append(f"ask the registries about the rest: `{around.command} --resume` without --offline")
    limited = any(
        each.asked.registry == "crossref" and each.reason.startswith(Why.RATE_LIMITED.value)
        for finding in unchecked
        for each in finding.checked.evidence
    )
    if limited and not around.has_mailto:
        found.append("set CROSSREF_MAILTO to your address to use Crossref's faster pool")
    corrigible = any(
        each.status is Status.MISMATCH and each.checked.reference.location.file.endswith(".bib") for each in findings
    )
    if corrigible:
        found.append(f"see the corrected entries with `{around.command} --format bibtex`")
    return tuple(found[:MAX_HINTS])


def _why_unchecked(unchecked: Sequence[Finding], findings: Sequence[Finding], around: Circumstances) -> str:
    """The causes, most frequent first, each with the registries it befell; one sentence if it is the same for all."""
    failed: dict[str, Counter[str]] = {}
    for finding in unchecked:
        for registry, reason in set(failures(finding)):
            failed.setdefault(reason, Counter())[registry_name(registry)] += 1
    never_asked = Counter(each.checked.verdict.argument.sentence for each in unchecked if not failures(each))
    sentences = [sentence or "no registry that matters answered" for sentence, _ in never_asked.most_common(2)]
    if failed:
        sentences.insert(0, _why_failed(failed, findings, around))
    return "; ".join(sentences)


def _why_failed(failed: Mapping[str, Counter[str]], findings: Sequence[Finding], around: Circumstances) -> str:
    if around.offline and not around.has_index:
        return "offline, and there is no offline index to ask"
    names = {name for counted in failed.values() for name in counted}
    nobody = all(reason.startswith(NO_WAY) for reason in failed) and not was_reached(findings)
    if nobody and (len(names) > 1 or len(around.registries) == 1):
        return f"no registry could be reached ({next(iter(failed))}); this machine seems to have no network"
    causes = sorted(failed.items(), key=lambda each: -each[1].total())
    return "; ".join(f"{', '.join(sorted(names))}: {reason}" for reason, names in causes[:4])


def _why_unverifiable(unverifiable: Sequence[Finding]) -> str:
    """The reasons, most frequent first, each with how many references it befell."""
    reasons = Counter(why_unverifiable(each) for each in unverifiable)
    if len(reasons) == 1:
        return next(iter(reasons))
    return _listed([f"{number} because {reason}" for reason, number in reasons.most_common()], "; ")


def _damaged(findings: Sequence[Finding]) -> Iterator[Gap]:
    """Entries that were read although something in them is broken, so that a part may be lost; also verified ones."""
    places = [
        f"{each.checked.reference.location} ({each.checked.reference.mended[0]})"
        for each in findings
        if each.checked.reference.mended
    ]
    if places:
        entries = "1 damaged entry" if len(places) == 1 else f"{len(places)} damaged entries"
        yield Gap(entries, f"read with repairs, so that parts may be lost: {_listed(places)}", "-v shows all")


def _ambiguous(findings: Sequence[Finding]) -> Iterator[Gap]:
    """Keys that several entries of one BibTeX file bear: all are checked, and the text means one."""
    lines: dict[tuple[str, str], list[str]] = {}
    for reference in {each.checked.reference.id: each.checked.reference for each in findings}.values():
        if reference.source == "bibtex" and reference.key:
            lines.setdefault((reference.location.file, reference.key), []).append(str(reference.location.line))
    several = [f"{file}: {key} (lines {', '.join(at)})" for (file, key), at in lines.items() if len(at) > 1]
    if several:
        keys = "1 key" if len(several) == 1 else f"{len(several)} keys"
        yield Gap(f"{keys} given to several entries", f"all were checked, but LaTeX prints one: {_listed(several)}")


def _listed(items: Sequence[str], between: str = ", ") -> str:
    more = f" and {len(items) - MAX_PLACES} more" if len(items) > MAX_PLACES else ""
    return between.join(items[:MAX_PLACES]) + more


def _references(number: int) -> str:
    return "1 reference" if number == 1 else f"{number} references"
