"""The identity of a finding across runs, papers and small changes of wording. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from citations.types import CheckedReference, Fields, Severity, Status

_WORDS = re.compile(r"[^\W_]+")
_FILLERS = frozenset(
    {"a", "an", "the", "of", "for", "and", "in", "on", "to", "with", "by", "from", "via", "at", "as", "is", "are"}
    | {"using", "der", "die", "das", "und", "le", "la", "les", "de"}
)


def fingerprint(checked: CheckedReference) -> str:
    """32 hexadecimal digits that stay the same while the same work is cited with the same fault.

    Case, accents, punctuation, word order, filler words, plurals, the file, the key and the line do not matter. The
    fault does: another verdict, or another set of seriously wrong fields, is another finding.
    """
    verdict = checked.verdict
    fault: tuple[str, ...] = (verdict.status.value,)
    if verdict.status in {Status.MISMATCH, Status.RETRACTED}:
        wrong = (diff.field.value for diff in verdict.diffs if diff.severity is Severity.MAJOR)
        fault = (verdict.status.value, *sorted(wrong))
    text = "\n".join((subject(checked.reference.fields, checked.reference.raw), *fault))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def subject(fields: Fields, raw: str) -> str:
    """The cited work in folded, sorted words; from the raw text only where no title could be read."""
    words = _folded(fields.title or raw)
    author = fields.authors[0] if fields.authors else None
    family = _folded(author.literal or author.family) if author else []
    return " ".join(sorted(set(words))) + "|" + " ".join(family)


def _folded(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(each for each in decomposed if not unicodedata.combining(each)).casefold()
    words = [_singular(word) for word in _WORDS.findall(plain)]
    return [word for word in words if word not in _FILLERS] or words


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
