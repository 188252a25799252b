"""HTML: one self-contained page with every finding's evidence, cited and registered fields side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from citations.types import Status
from verifier.harmless import inline
from verifier.render.cards import TONES, Card, card, readable
from verifier.render.claim_words import claim_lines, claims_line, place, shown_claims
from verifier.render.escaped import escaped
from verifier.render.terminal import verdict_sentence
from verifier.render.words import WORST_FIRST, calibrations, counts_line, is_without_problem, moment, word
from verifier.types import Report

ABOUT = {
    Status.FABRICATED: "Something contradicts the citation: it cannot be true as it stands.",
    Status.RETRACTED: "The work exists and was taken back.",
    Status.NOT_FOUND: "Every registry that should know it answered, and none does. A lead, not proof.",
    Status.MISMATCH: "The work exists, and some fields are cited wrongly.",
    Status.UNCHECKED: "A registry that matters could not be reached. Nothing is said about these.",
    Status.UNVERIFIABLE: "No registry that was asked would have to know these.",
    Status.VERIFIED: "A record agrees with every cited field that matters.",
}
"""What a section of the page says about its verdict."""


MAX_VERIFIED_CARDS = 200
"""More verified references than this are listed in short, or the page of a whole collection could not be opened."""


@dataclass(frozen=True, slots=True)
class Section:
    """All findings of one verdict."""

    status: str
    word: str
    about: str
    number: int
    is_open: bool
    is_long: bool
    """So many verified references that each gets a line instead of a card."""
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """One claim."""

    id: str
    tone: str
    """The verdict whose colour it bears."""
    word: str
    place: str
    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a text: the sums, and those that a person should look at."""

    number: int
    counts: str
    shown: tuple[ClaimCard, ...]


class HtmlRenderer:
    """One page without scripts and without anything from elsewhere."""

    name = "html"
    suffix = ".html"

    def render(self, report: Report, out: TextIO) -> None:
        """Write the page; every text is escaped by the template."""
        problems = is_without_problem(report)
        pieces = (
            escaped(Path(__file__).parent / "templates")
            .get_template("report.html")
            .generate(
                inputs=[inline(each) for each in report.inputs],
                counts=counts_line(report),
                verdict=verdict_sentence(report) if problems else "",
                sections=_sections(report),
                claims=_claims(report),
                gaps=[(inline(gap.what), inline(gap.why), inline(gap.hint)) for gap in report.gaps],
                failed=[
                    (inline(each.file), inline(each.reason), inline(each.hint), each.code) for each in report.failed
                ],
                unreadable=[
                    (inline(str(each.location)), inline(each.reason), readable(each.raw)) for each in report.unreadable
                ],
                hints=[inline(hint) for hint in report.hints],
                tool=f"{report.tool.name} {report.tool.version}",
                finished_at=moment(report.finished_at),
                calibrations=calibrations(report),
                interrupted=report.interrupted,
            )
        )
        out.writelines(pieces)


def _claims(report: Report) -> Claims | None:
    if not report.claims:
        return None
    shown = tuple(
        ClaimCard(
            id=each.claim.id,
            tone=TONES[each.stance],
            word=word(each.stance),
            place=place(each),
            text=inline(each.claim.text, 1200),
            lines=tuple(claim_lines(each)),
        )
        for each in shown_claims(report)
    )
    return Claims(len(report.claims), claims_line(report), shown)


def _sections(report: Report) -> tuple[Section, ...]:
    made = []
    for status in WORST_FIRST:
        findings = [each for each in report.findings if each.status is status]
        if findings:
            cards = tuple(card(finding, number) for number, finding in enumerate(findings, start=1))
            is_open = status is not Status.VERIFIED
            is_long = not is_open and len(cards) > MAX_VERIFIED_CARDS
            made.append(Section(status.value, word(status), ABOUT[status], len(cards), is_open, is_long, cards))
    return tuple(made)
