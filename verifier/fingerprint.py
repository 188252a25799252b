"""The identity of a finding across runs, papers and small changes of wording. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from citations.types import CheckedReference, FieldDiff, FieldName, Fields, Severity, Status

_WORDS = re.compile(r"[^\W_]+")
_FILLERS = frozenset(
    {"a", "an", "the", "of", "for", "and", "in", "on", "to", "with", "by", "from", "via", "at", "as", "is", "are"}
    | {"using", "der", "die", "das", "und", "le", "la", "les", "de"}
)


def fingerprint(checked: CheckedReference) -> str:
    """32 hexadecimal digits that stay the same while the same work is cited with the same fault.

    Case, accents, punctuation, word order, filler words, plurals, the file, the key and the line do not matter. The
    fault does: another verdict, another set of seriously wrong fields, or another wrong value is another finding, so that
    who dismisses one wrong DOI has not dismissed the next.
    """
    verdict = checked.verdict
    fault: tuple[str, ...] = (verdict.status.value,)
    if verdict.status in {Status.MISMATCH, Status.RETRACTED}:
        fault += tuple(sorted(_wrong(diff) for diff in verdict.diffs if diff.severity is Severity.MAJOR))
    if verdict.status is Status.FABRICATED:
        cited = checked.reference.fields
        fault += tuple(value for value in (cited.doi, cited.arxiv, cited.pmid) if value)
    text = "\n".join((subject(checked.reference.fields, checked.reference.raw), *fault))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def claim_fingerprint(text: str) -> str:
    """32 hexadecimal digits that stay the same while a claim says the same in nearly the same words, in the same order."""
    return hashlib.sha256(f"claim\n{' '.join(_folded(text))}".encode(errors="replace")).hexdigest()[:32]


def _wrong(diff: FieldDiff) -> str:
    """The field and what is wrong in it; the title is the subject already, and may drift."""
    value = "" if diff.field is FieldName.TITLE else " ".join(sorted(set(_folded(diff.cited))))
    return f"{diff.field.value} {value}".strip()


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
