"""What keeps a verdict from accusing although the registries would: damaged words, no title, works nobody registers."""

from __future__ import annotations

import re
from dataclasses import replace

from citations.match.damage import damaged
from citations.match.printed import printed
from citations.match.title import words
from citations.titles import title_key
from citations.types import Reference, Status, Verdict
from citations.venues import venue_key

_NEWSPAPERS = frozenset(
    """
    new york times|guardian|washington post|wall street journal|financial times|economist|times|sunday times|observer
    |independent|daily telegraph|telegraph|los angeles times|usa today|le monde|le figaro|der spiegel|spiegel|die zeit
    |frankfurter allgemeine zeitung|faz|suddeutsche zeitung|neue zurcher zeitung|nzz|el pais|la repubblica|asahi shimbun
    |bbc|bbc news|cnn|reuters|associated press|bloomberg|forbes|wired|atlantic|new yorker|time magazine|newsweek|politico
    |vox|huffington post|techcrunch|verge|ars technica
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
_NOT_YET = re.compile(
    r"(?i)\b(?:submitted (?:to|for)|submitted(?=\W*$)|in preparation|in press|in revision|under review|forthcoming|to appear"
    r"|to be published|accepted for publication|unpublished|im druck|im erscheinen|à paraître|en prensa|в печати)\b"
)
_BROADCAST = re.compile(
    r"(?i)\bpodcast\b|\[(?:audio|video|film|tv)\b|\b(?:radio|tv) broadcast\b|\bradio \d\b|\byoutube\b"
)
_TEACHING = re.compile(r"(?i)\b(?:lecture|course|class) notes?\b(?!\s+(?:in|on)\b)|\bvorlesungss[ck]ript\b|\bhandout\b")
_SERIES = re.compile(
    r"(?i)\b(?:working|discussion|occasional|staff|policy research) papers?(?: series)?\b(?=\W*(?:no\b|nr\b|n[°º]|#|\d|w\d|series))"
    r"|\b(?:NBER|IZA|CEPR|CESifo)\b(?=.{0,40}\bpapers?\b)|\bpapers?\b.{0,40}\b(?:NBER|IZA|CEPR|CESifo)\b"
)
_LOCAL = re.compile(
    r"(?i)\b(?:vestnik|вестник|uchenye zapiski|ученые записки|trudy|труды|newsletter|medlemsblad|mitteilungsblatt"
    r"|rundbrief|circular|geol(?:ogical|ogy|\.)? surv(?:ey|\.)?)(?!\w)"
)
_WORDS_OF_A_TITLE = 3


def restrained(given: Verdict, reference: Reference) -> Verdict:
    """The verdict, or ``unverifiable`` with the reason where the reference itself forbids the accusation.

    A retraction is a statement of the registry and always stands.
    """
    why = ""
    if given.status in {Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED}:
        harm = damaged(_words_of(reference))
        why = f"the text is damaged: {harm}" if harm else ""
    if given.status is Status.NOT_FOUND and not why:
        why = unregistered(reference) or _no_title(reference)
    if not why:
        return given
    argument = replace(given.argument, sentence=why, contradiction=None)
    return Verdict(Status.UNVERIFIABLE, argument, given.work)


def unregistered(reference: Reference) -> str:
    """Why no registry could be held to the work, by what the reference says of itself; empty where one could."""
    cited = reference.fields
    around = reference.raw.replace(cited.title, " ") if cited.title else reference.raw
    if cited.venue and venue_key(cited.venue).removeprefix("the ") in _NEWSPAPERS:
        return "newspapers and magazines are not registered"
    if _SERIES.search(reference.raw):
        return "series of working papers are registered only in part"
    for pattern, why in (
        (_NOT_YET, "cited as not published yet"),
        (_BROADCAST, "broadcasts are not registered"),
        (_TEACHING, "lecture notes are not registered"),
    ):
        if pattern.search(around):
            return why
    if cited.venue and (_LOCAL.search(cited.venue) or _other_script(cited.venue)):
        return "local periodicals and those in other scripts are registered only in part"
    return ""


def _words_of(reference: Reference) -> str:
    text = printed(reference)
    if text is not None:
        return text.text
    cited = reference.fields
    return " ".join((*map(str, cited.authors), cited.title, cited.venue))


def _no_title(reference: Reference) -> str:
    """Printed styles without titles leave nothing to search for; what a parser takes for one is a venue mostly."""
    title = reference.fields.title
    if title and printed(reference) is None:
        return ""
    told = len(words(title)) >= _WORDS_OF_A_TITLE and title_key(title) != title_key(reference.fields.venue)
    return "" if told else "no title to search for"


def _other_script(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    return sum(ord(sign) >= 0x370 for sign in letters) * 2 > len(letters)
