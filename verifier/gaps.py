"""What a report did not check, and what would make the next one better. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from citations.types import Outcome, Status, Unreadable, Why
from verifier.registry_names import registry_name
from verifier.types import Finding, Gap

MAX_HINTS = 3
_NO_WAY = ("no address for the host", "no connection", "no route", "connection refused", "unreachable")
"""How the causes begin that mean: this machine reaches nobody."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the hints depend on besides the findings."""

    command: str
    """What the user typed, without options: ``verifier scan refs.bib``."""
    offline: bool = False
    has_index: bool = False
    has_mailto: bool = False

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
        found.append(Gap(f"{_references(len(unchecked))} unchecked", _why_unchecked(unchecked, around)))
    unverifiable = sum(each.status is Status.UNVERIFIABLE for each in findings)
    if unverifiable:
        why = "no registry that was asked holds works of this kind (web pages, manuals, reports and the like)"
        found.append(Gap(f"{_references(unverifiable)} unverifiable", why, "check by hand"))
    if unreadable:
        entries = "entry" if len(unreadable) == 1 else "entries"
        found.append(Gap(f"{len(unreadable)} {entries} unreadable", "each is listed with its place and the reason"))
    if interrupted:
        again = f"{around.command} --resume" if around.is_repeatable else ""
        found.append(Gap("the rest of the run", "it was interrupted", again))
    return tuple(found)


def hints(findings: Sequence[Finding], around: Circumstances) -> tuple[str, ...]:
    """At most three sentences on what would make the next run better, the most useful first."""
    unchecked = [each for each in findings if each.status is Status.UNCHECKED]
    found = []
    if unchecked and not around.has_index:
        found.append("build an offline index, so that most references need no network: `verifier index build SOURCE`")
    if unchecked and not around.offline and around.is_repeatable:
        ones = "one" if len(unchecked) == 1 else "ones"
        found.append(f"finish the {len(unchecked)} unchecked {ones} with `{around.command} --resume`")
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


def _why_unchecked(unchecked: Sequence[Finding], around: Circumstances) -> str:
    """The causes, most frequent first, each with the registries it befell; one sentence if it is the same for all."""
    if around.offline and not around.has_index:
        return "offline, and there is no offline index to ask"
    failed: dict[str, Counter[str]] = {}
    for finding in unchecked:
        for registry, reason in set(_reasons(finding)):
            failed.setdefault(reason, Counter())[registry_name(registry)] += 1
    if not failed:
        sentences = Counter(each.checked.verdict.argument.sentence for each in unchecked)
        return sentences.most_common(1)[0][0] or "no registry that matters answered"
    if all(reason.startswith(_NO_WAY) for reason in failed):
        return f"no registry could be reached ({next(iter(failed))}); this machine seems to have no network"
    causes = sorted(failed.items(), key=lambda each: -each[1].total())
    return "; ".join(f"{', '.join(sorted(names))}: {reason}" for reason, names in causes[:4])


def _reasons(finding: Finding) -> list[tuple[str, str]]:
    """Which registries failed, and why; a registry given up on counts for what made us give up."""
    return [
        (each.asked.registry, cause(each.reason))
        for each in finding.checked.evidence
        if each.outcome is Outcome.UNAVAILABLE
    ]


def cause(reason: str) -> str:
    """The last, most specific part of a reason such as ``breaker-open: not asked again: HTTP 503``."""
    kind, _, detail = reason.partition(": ")
    return (detail.removeprefix("not asked again: ") if kind != detail else kind) or kind or "unavailable"


def _references(number: int) -> str:
    return "1 reference" if number == 1 else f"{number} references"
