"""The border between authors and title, where the labels put it into the middle of a name or of the title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from citations.parse.labels import Label
from citations.parse.words import word_class

_ET_AL = re.compile(r"(?:al|others|u\.a)[.,:;]*$", re.IGNORECASE)
_ACRONYM = re.compile(r"(?:\w*[^\W\d_a-z]\w*[^\W\d_a-z]|\w*\d|[^\W\d_]-[^\W\d_])[\w-]*:$|[^\W\d_]+2[^\W\d_]+:$")
_INITIAL = re.compile(r"(?:[^\W\d_a-zß-ÿ]\.?-?){1,3}[.,]*$")
_DBLP = re.compile(r"(?:19|20)\d\d: ?[\w-]*\d|\babs/|\bCoRR\b|\d ?\(\d+\): ?\w*\d")
_STOP = re.compile(r"[.?!。][”\"»’'）)]*$")
_YEAR = re.compile(r"[(\[]?(?:1[6-9]|20)\d\d[a-z]?[)\]]?[.,]+$")
_JOINING = frozenset(("and", "&", "und", "et", "y"))
_WIDEST = 24


def authors_end(texts: Sequence[str], labels: list[Label]) -> list[Label]:
    """What follows "et al." in the run of authors is the title, if there is none elsewhere."""
    if Label.TITLE in labels:
        return labels
    for at in range(1, len(labels) - 2):
        if labels[at] is Label.AUTHOR and _ET_AL.search(texts[at]):
            stop = at + 1
            while stop < len(labels) and labels[stop] is Label.AUTHOR:
                stop += 1
            if stop - at > 2:
                labels[at + 1 : stop] = [Label.TITLE] * (stop - at - 1)
            return labels
    return labels


def lone_title(texts: Sequence[str], labels: list[Label]) -> bool:
    """A title of one word behind authors with initials, ``A. Roe, B. Doe, Entanglement, Nature``, is labelled as such."""
    if Label.AUTHOR not in labels or Label.VENUE not in labels:
        return False
    end = labels.index(Label.VENUE)
    at = end - 1
    if (
        at < 2
        or labels[at] is not Label.AUTHOR
        or len(texts[at]) < 8
        or texts[at][-1] not in ",."
        or texts[at - 1] in _JOINING
    ):
        return False
    initials = sum(bool(_INITIAL.match(text)) for text in texts[:at])
    chunks = sum(text.endswith((",", ".")) and not (_INITIAL.match(text) and text.endswith(".")) for text in texts[:at])
    alone = texts[at - 1].endswith((",", ".")) and not _INITIAL.match(texts[at - 1]) and initials >= max(1, chunks)
    if alone:
        labels[at] = Label.TITLE
    return alone


def behind_authors(texts: Sequence[str], labels: list[Label], start: int, end: int) -> int:
    """Where the title starts, if the last author was taken for its start: ``Roe, Ann; Doe, Jo: Title``, ``Ann Roe, Jo Doe: Title``."""
    if not start or labels[start - 1] is not Label.AUTHOR:
        return start
    if not any(text.endswith(";") for text in texts[:start]) and not _names_in_dblp(texts, start):
        return start
    for at in range(start, min(start + 4, end - 1)):
        if not texts[at][:1].isupper():
            return start
        if texts[at].endswith(":"):
            labels[start : at + 1] = [Label.AUTHOR] * (at + 1 - start)
            return at + 1
    return start


def _names_in_dblp(texts: Sequence[str], start: int) -> bool:
    """Whether the authors stand as DBLP prints them: given names first, commas between, no "and"; and so does the rest."""
    before = texts[:start]
    if not before[-1].endswith(",") or any(text in _JOINING for text in before) or texts[start].endswith(":"):
        return False
    ends = [at for at, text in enumerate(before) if text.endswith(",")]
    sizes = [end - begin for begin, end in zip([-1, *ends], ends, strict=False)]
    plain = all(size > 1 for size in sizes) and not any(_INITIAL.match(before[at]) for at in ends)
    return plain and bool(_DBLP.search(" ".join(texts[start:])))


def from_acronym(texts: Sequence[str], labels: list[Label], start: int) -> int:
    """Where the title starts, if the name of a system in front of its colon was taken for an author: ``et al. BERT: Pre-training``."""
    at = start - 1
    if at < 1 or labels[at] is not Label.AUTHOR or not texts[at].endswith(":"):
        return start
    after_stop = texts[at - 1].endswith((".", ",")) and bool(_ACRONYM.match(texts[at]))
    if not (_ET_AL.search(texts[at - 1]) or after_stop) or _INITIAL.match(texts[at].rstrip(":")):
        return start
    labels[at] = Label.TITLE
    return at


def names_behind_title(texts: Sequence[str], labels: list[Label], end: int) -> bool:
    """Authors with full names behind a title that stands first, ``Title. Ann Roe, Bob Doe. Venue``, are labelled as such."""
    if labels[0] is not Label.TITLE or not _STOP.search(texts[end - 1]):
        return False
    stop = sentence_end(texts, end)
    run = texts[end:stop]
    chunks = [chunk.split() for chunk in re.split(r", (?:and |& )?| and | & ", " ".join(run).rstrip(".,")) if chunk]
    if len(chunks) < 2 or not all(map(_may_be_name, chunks)):
        return False
    labels[end:stop] = [Label.AUTHOR] * (stop - end)
    return True


def _may_be_name(words: Sequence[str]) -> bool:
    """Whether words are a given and a family name: at most one of them, and not the last, means something elsewhere."""
    kinds = [word_class(word.lower().strip(".,")) for word in words]
    shaped = all(
        "particle" in kind or (word[:1].isupper() and word.strip(".,").replace(".", "").replace("-", "").isalpha())
        for word, kind in zip(words, kinds, strict=True)
    )
    meaning = [kind not in {"", "suffix"} and "particle" not in kind for kind in kinds]
    return shaped and 2 <= len(words) <= 4 and sum(meaning) < 2 and not meaning[-1]


def behind_last_name(texts: Sequence[str], labels: list[Label], start: int, end: int) -> int:
    """Where the title starts, if it was cut inside the list of authors: ``J. Roe et A. | Doe. On``, ``Ann Roe, | Bob Doe, and Jo Poe. On``."""
    if not start or labels[start - 1] is not Label.AUTHOR:
        return start
    behind = (
        _behind_family(texts, start, end) or _behind_names(texts, start, end) or _behind_year(texts, labels, start, end)
    )
    if behind:
        labels[start:behind] = [Label.AUTHOR] * (behind - start)
        if behind == end:
            return start if Label.TITLE not in labels else labels.index(Label.TITLE)
    return behind or start


def _behind_family(texts: Sequence[str], start: int, end: int) -> int:
    """Behind a family name whose initials follow an "and"; 0 if the title does not start with one."""
    at = start - 1
    while at > 0 and _INITIAL.match(texts[at]) and texts[at].endswith("."):
        at -= 1
    named = at < start - 1 and texts[at] in _JOINING and texts[start][:1].isupper() and texts[start][-1] in ".,:;"
    return start + 1 if named and start < end else 0


def _behind_names(texts: Sequence[str], start: int, end: int) -> int:
    """Behind the first sentence of the title, if it is the rest of a list of full names."""
    stop = sentence_end(texts, start)
    run = texts[start:stop]
    if stop > end or not texts[start - 1].endswith(",") or not any(text in _JOINING for text in run):
        return 0
    chunks = [
        chunk.split() for chunk in re.split(r", (?:and |& )?|^and | and | & | et ", " ".join(run).rstrip(".,")) if chunk
    ]
    return stop if all(map(_may_be_name, chunks)) else 0


def _behind_year(texts: Sequence[str], labels: list[Label], start: int, end: int) -> int:
    """Behind a year that closes the authors, if the labels found no date before it: ``Roe, F., van der | 1880. On``."""
    if Label.DATE in labels[:start]:
        return 0
    for at in range(start, min(start + 6, end - 2)):
        if _YEAR.match(texts[at]) and (at == start or not texts[at - 1].endswith(":")):
            return at + 1
        if not (texts[at][:1].isupper() or "particle" in word_class(texts[at].lower()) or len(texts[at]) < 3):
            return 0
    return 0


def behind_body(texts: Sequence[str], labels: list[Label], start: int, end: int) -> int:
    """Where the title starts, if it is printed behind a body as author, as in ``OpenAI. GPT-4 technical report``."""
    for at in range(start, min(start + 3, end - 2)):
        if not texts[at][:1].isupper():
            return start
        if texts[at].endswith(".") and len(texts[at]) > 4:
            labels[start : at + 1] = [Label.AUTHOR] * (at + 1 - start)
            return at + 1
    return start


def sentence_end(texts: Sequence[str], start: int) -> int:
    """Behind the first full stop; ``start`` if there is none near."""
    for at in range(start, min(len(texts), start + _WIDEST)):
        if _STOP.search(texts[at]):
            return at + 1
    return start
