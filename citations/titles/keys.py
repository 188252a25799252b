"""The plain form of a title, and the keys that are equal for equal titles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from citations.markup import plain_text, to_ascii
from citations.titles.labels import CACHE_SIZE, strip_labels

MAX_CHARS = 1000

_WORD = re.compile(r"[a-z0-9]+")
_POSSESSIVE = re.compile(r"(?<=[A-Za-z])['’ʼ`´](?=[A-Za-z])")
_APOSTROPHES = frozenset("'’ʼ`´")
_NUMBER_COMMA = re.compile(r"(?<=\d),(?=\d{3}\b)")
_SUBTITLE = re.compile(r"\s*[?!.]?\s*(?::|\||\s/\s|\s[-–—]\s|—|–(?=\s))\s*|[?!]\s+|\.\s+(?=[A-ZÀ-Þ])")
_MAY_HAVE_SUBTITLE = re.compile(r"[:|?!—]|\s[-–/]\s|–\s|\.\s")
"""A quick look before the slow one: most titles have none."""
_FLATTENED = re.compile(
    r"\bvar(?=(?:epsilon|theta|pi|rho|sigma|phi)(?![a-z]))|\b(?:wide)?tilde[ _]?(?=[a-z]\b)|\bel(?=l_?\d|l_[a-z]\b)"
)
"""What records keep of TeX macros whose backslash was lost: ``varepsilon``, ``tildeO``, ``ell_1``."""
_SIGNS = (("&", " and "), ("++", "plusplus"), ("c#", "csharp"))
_GENERIC_WORDS = (
    "introduction editorial preface foreword afterword epilogue prologue conclusion conclusions discussion "
    "abstract abstracts bookreview bookreviews reviews lettertotheeditor letterstotheeditor letters "
    "correspondence obituary errata erratum correction corrigendum index frontmatter backmatter tableofcontents "
    "contents acknowledgements acknowledgments bibliography references appendix appendices glossary announcements "
    "news reply response comment commentary guesteditorial editorsnote authorsreply authorsresponse inthisissue "
    "aboutthisissue introductiontothespecialissue guesteditorsintroduction summary "
    "overview untitled notitle titlepage coverpage masthead calendar inmemoriam personalcommunication treasurersmessage chairsmessage presidentsmessage messagefromthechair "
    "letterfromtheeditor editorialnotes paneldiscussion guesteditorsforeword errataandcorrigenda"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())


@dataclass(frozen=True, slots=True)
class FoldedTitle:
    """What comparing needs of one title, computed once."""

    words: tuple[str, ...]
    key: str


def plain(text: str) -> str:
    r"""The title as a reader sees it: no markup, ligatures spelt out, blanks collapsed, case and accents kept.

    >>> plain(r"On {L}i<sub>2</sub> &amp; $\alpha$")
    'On Li2 & α'
    """
    return plain_text(text)


def title_key(text: str) -> str:
    r"""Letters and digits of the title, folded: equal for all honest spellings, empty if nothing is left.

    Blanks and hyphens are dropped, so that damage at line ends does not matter.

    >>> title_key("Chain of-Thought: {\'E}tude.") == title_key("Chain-of-thought — Etude")
    True
    """
    return fold(text).key


def title_keys(text: str) -> tuple[str, ...]:
    """The key, then the keys without label ("Extended Abstract:", "16.", "IV.—") and without subtitle; no empty one.

    A main title that says too little on its own gives no key.
    """
    stripped = strip_labels(text)
    main = main_title(stripped)
    keys = [title_key(text), title_key(stripped)]
    if main and not is_generic(main):
        keys.append(title_key(main))
    return tuple(dict.fromkeys(key for key in keys if key))


def main_title(text: str) -> str:
    """The part before the subtitle, empty if there is no subtitle."""
    return next(main_titles(text), "")


def main_titles(text: str) -> Iterator[str]:
    """The title cut at each place where a subtitle may begin, shortest first."""
    if not _MAY_HAVE_SUBTITLE.search(text, 2):
        return
    for found in _SUBTITLE.finditer(text, 2):
        if text[found.end() :].strip(" ."):
            yield text[: found.start()].strip()


def is_generic(title: str) -> bool:
    """Whether the title is too short or too common to name one work on its own.

    >>> [is_generic(title) for title in ("Editorial", "Deep learning", "Attention is all you need")]
    [True, True, False]
    """
    folded = fold(title)
    if folded.key in _GENERIC or len(folded.key) < 14:
        return True
    return len(folded.words) < 3 and len(folded.key) < 24


@lru_cache(maxsize=CACHE_SIZE)
def fold(text: str) -> FoldedTitle:
    """The folded words of a title; the same object for the same text."""
    text = plain(text[:MAX_CHARS])
    if not text.isascii():
        text = to_ascii(text)
    if not _APOSTROPHES.isdisjoint(text):
        text = _POSSESSIVE.sub("", text)
    if "," in text:
        text = _NUMBER_COMMA.sub("", text)
    text = text.lower()
    if "var" in text or "tilde" in text or "ell" in text:
        text = _FLATTENED.sub("", text)
    if not text.isalnum():
        for sign, spelt in _SIGNS:
            text = text.replace(sign, spelt)
    words = tuple(_WORD.findall(text))
    return FoldedTitle(words=words, key="".join(words))
