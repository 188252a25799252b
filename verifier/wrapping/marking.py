"""What is done to a text in which something is wrong: a note behind it, or the wrong parts taken out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.complaint import complaints, fails_claim
from verifier.policy import Policy, fails
from verifier.types import Report, Span
from verifier.wrapping.parts import prose
from verifier.wrapping.refusal import Outcome

NAME = "[factprobe]"


def note(text: str, outcome: Outcome, policy: Policy) -> str:
    """The note that goes behind a text: what is wrong in it, or that it was not checked; empty if there is nothing to say."""
    gap = "\n\n"[len(text[-2:]) - len(text[-2:].rstrip("\n")) :]
    wrong = complaints(outcome.report, policy)
    if wrong:
        head = "1 thing above is wrong:" if len(wrong) == 1 else f"{len(wrong)} things above are wrong:"
        return gap + "\n".join([f"{NAME} {head}", *(f"- {each}" for each in wrong)])
    return f"{gap}{NAME} not checked: {outcome.failed}" if outcome.failed else ""


def is_markable(text: str) -> bool:
    """Whether places in the report are places in the text; in structured output they are not."""
    return prose(text) == text


def without_faults(text: str, report: Report, policy: Policy) -> str:
    """The text with every fault replaced by what stood there, and with the marks that point to it taken out too.

    Works on text that ``is_markable``.
    """
    found = sorted(_places(text, report, policy), key=lambda each: (each[0].start, -each[0].end))
    pieces, behind = list[str](), 0
    for span, word in found:
        if span.start >= behind:
            pieces += [text[behind : span.start], word]
            behind = span.end
    return "".join([*pieces, text[behind:]])


def _places(text: str, report: Report, policy: Policy) -> Iterator[tuple[Span, str]]:
    for finding in report.findings:
        place = finding.checked.reference.location
        if not fails(finding, policy.fail_on) or place is None or place.start is None or place.end is None:
            continue
        word = f"[removed: {finding.status.value.replace('_', ' ')} citation]"
        yield Span(place.start, place.end), word
        for mark in _marks(finding.checked.reference.key):
            yield from ((each, word) for each in _all(text, mark))
    for claim in report.claims:
        if fails_claim(claim, policy.fail_on):
            yield claim.claim.span, "[removed: not supported]"


def _marks(key: str) -> Sequence[str]:
    """What points to an entry of that key from elsewhere in the text."""
    return (f"[{key}]", f"({key})", f"[^{key}]") if key else ()


def _all(text: str, mark: str) -> Iterator[Span]:
    start = text.find(mark)
    while start >= 0:
        yield Span(start, start + len(mark))
        start = text.find(mark, start + len(mark))
