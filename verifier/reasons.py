"""Why something could not be checked, in a reader's words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from citations.types import Outcome
from verifier.registry_names import registry_name
from verifier.types import Finding

NO_WAY = ("no address for the host", "no connection", "no route", "connection refused", "unreachable")
"""How the causes begin that mean: this machine reaches nobody."""
NO_EVIDENCE = "there is no evidence to compare it with"
NO_ABSTRACT = "the cited work has no abstract where it was found, and no other evidence was given"
NO_WORK = "what it cites was not found, and no other evidence was given"
NO_JUDGE = "no judge was given to read the evidence"
_NEEDS = re.compile(r"none of (.+?) can be held to an answer here")
_NO_KIND = "no registry could know a source of this kind"
_NO_KIND_PLAIN = "registries need not hold such a source (web pages, manuals, reports and the like)"
_TOO_NEW = "too new to be held to an entry in the registries"
_TOO_NEW_PLAIN = "too new to be expected in the registries"
_VOLUME = re.compile(r"its identifier is that of .*, which may hold it: .*", re.DOTALL)


def cause(reason: str) -> str:
    """The last, most specific part of a reason such as ``breaker-open: not asked again: HTTP 503``."""
    kind, _, detail = reason.partition(": ")
    return (detail.removeprefix("not asked again: ") if kind != detail else kind) or kind or "unavailable"


def failures(finding: Finding) -> list[tuple[str, str]]:
    """Which registries failed, and why; a registry given up on counts for what made us give up."""
    return [
        (each.asked.registry, cause(each.reason))
        for each in finding.checked.evidence
        if each.outcome is Outcome.UNAVAILABLE
    ]


def was_reached(findings: Sequence[Finding]) -> bool:
    """Whether any registry on the network was heard in this run, were it to refuse."""
    return any(
        each.outcome in {Outcome.MATCH, Outcome.NO_MATCH}
        or (each.outcome is Outcome.UNAVAILABLE and _speaks(cause(each.reason)))
        for finding in findings
        for each in finding.checked.evidence
        if each.asked.registry != "offline" and each.asked.url and not each.asked.from_cache
    )


def _speaks(why: str) -> bool:
    return why.startswith(("HTTP", "rate-limited", "forbidden", "server-error", "bad-body"))


def plainly(sentence: str) -> str:
    """The argument's sentence without our own terms.

    >>> plainly("none of DBLP, Semantic Scholar can be held to an answer here")
    'what was asked holds such works only in part; DBLP or Semantic Scholar could tell'
    """
    sentence = sentence.replace(_NO_KIND, _NO_KIND_PLAIN).replace(_TOO_NEW, _TOO_NEW_PLAIN)
    return _NEEDS.sub(
        lambda found: f"what was asked holds such works only in part; {_either(found[1])} could tell", sentence
    )


def why_unverifiable(finding: Finding) -> str:
    """Why nobody could say anything about the reference, in words that are the same for all of its sort."""
    outcomes = {each.outcome for each in finding.checked.evidence}
    if Outcome.UNAVAILABLE in outcomes and not outcomes & {Outcome.MATCH, Outcome.NO_MATCH}:
        names = dict.fromkeys(registry_name(name) for name, _ in failures(finding))
        return f"{', '.join(names)} could not be asked ({failures(finding)[0][1]})"
    fields = finding.checked.reference.fields
    if not (fields.title or fields.doi or fields.arxiv or fields.pmid or fields.isbn):
        return "no title or identifier is cited to look for"
    sentence = finding.checked.verdict.argument.sentence
    if _VOLUME.fullmatch(sentence):
        return "the identifier names a volume that may hold the work"
    return plainly(sentence) or "nothing that was asked holds such works"


def _either(names: str) -> str:
    first, _, last = names.rpartition(", ")
    return f"{first} or {last}" if first else last
