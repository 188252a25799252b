"""The identity of a finding across runs, papers and small changes of wording. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from rapidfuzz.distance import Levenshtein

from citations.types import CheckedReference, FieldDiff, FieldName, Fields, Severity, Status
from verifier.types import ClaimFinding

FEWEST_WORDS = 6
"""A title of fewer telling words must be the same to be the same work."""
_SAME_EVERYWHERE = frozenset({FieldName.YEAR, FieldName.DOI, FieldName.ARXIV, FieldName.PMID, FieldName.ISBN})
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
    text = "\n".join((subject(checked.reference.fields, checked.reference.raw), *_fault(checked)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _fault(checked: CheckedReference) -> tuple[str, ...]:
    """The verdict and what is wrong."""
    verdict = checked.verdict
    fault: tuple[str, ...] = (verdict.status.value,)
    if verdict.status in {Status.MISMATCH, Status.RETRACTED}:
        fault += tuple(sorted(_wrong(diff) for diff in verdict.diffs if diff.severity is Severity.MAJOR))
    if verdict.status is Status.FABRICATED:
        cited = checked.reference.fields
        fault += tuple(value for value in (cited.doi, cited.arxiv, cited.pmid) if value)
    return fault


def claim_fingerprint(text: str) -> str:
    """32 hexadecimal digits that stay the same while a claim says the same in nearly the same words, in the same order."""
    return hashlib.sha256(f"claim\n{' '.join(_folded(text))}".encode(errors="replace")).hexdigest()[:32]


def claim_fact(finding: ClaimFinding) -> str:
    """32 hexadecimal digits of what a decision about a claim is about: its stance, and what the judges read.

    Who dismissed a claim that one document does not bear out has not dismissed it for another document.
    """
    read = sorted({_words(passage.text) for said in finding.judgements for passage in said.passages})
    return short_digest("\n".join([finding.fingerprint, finding.stance.value, *read]))


def fact(checked: CheckedReference) -> str:
    """32 hexadecimal digits of what a decision is about: it stands as long as nothing else is said against the citation.

    Of the registries' side only what all of them give in the same form is part of it: years and identifiers, a retraction,
    the kind of a contradiction. Names and venues are spelt in many ways, and who asks another registry has found nothing
    new. Of the citation's side every value that differs is, and of a work that was not found all that tells it from others:
    what a reviewer did not see, nobody has dismissed.
    """
    verdict = checked.verdict
    seen = [
        f"{diff.field.value} {_words(diff.cited)}" for diff in verdict.diffs if diff.severity is not Severity.COSMETIC
    ]
    if verdict.status in {Status.NOT_FOUND, Status.FABRICATED}:
        seen += _telling(checked.reference.fields)
    told = [
        f"{diff.field.value} {diff.registered.casefold()}"
        for diff in verdict.diffs
        if diff.severity is Severity.MAJOR and diff.field in _SAME_EVERYWHERE
    ]
    notice, contradiction = verdict.retraction, verdict.argument.contradiction
    parts = [verdict.status.value, *sorted(told), *sorted(seen), notice.kind.value if notice else ""]
    return short_digest("\n".join([*parts, contradiction.kind.value if contradiction else ""]))


def _telling(cited: Fields) -> list[str]:
    """What tells a cited work from others of a like title."""
    families = sorted(_words(each.literal or each.family) for each in cited.authors)
    identifiers = [each for each in (cited.doi, cited.arxiv, cited.pmid, cited.isbn) if each]
    return [str(cited.year or ""), *families, *identifiers]


def _words(text: str) -> str:
    return " ".join(sorted(set(_folded(text))))


def likenesses(checked: CheckedReference) -> tuple[str, ...]:
    """Digests of parts of the subject's words with the fault: slightly different wordings share at least one.

    A word that is spelt another way changes at most two of the four parts. Short titles have none: one word makes
    another work of them.
    """
    joined, _, family = subject(checked.reference.fields, checked.reference.raw).rpartition("|")
    words = joined.split()
    if len(words) < FEWEST_WORDS:
        return ()
    parts: list[list[str]] = [[] for _ in range(4)]
    for word in words:
        parts[int(short_digest(word)[:4], 16) % 4].append(word)
    fault = "\n".join(_fault(checked))
    return tuple(
        short_digest(f"{number}|{' '.join(part)}|{family}|{fault}") for number, part in enumerate(parts) if part
    )


def is_same_wording(one: str, other: str) -> bool:
    """Whether two subjects are the same words of the same author, but for the spelling of one long word.

    >>> is_same_wording("computable entscheidungsproblem number|turing", "computable entscheidungsproblm number|turing")
    True
    """
    words, _, family = one.rpartition("|")
    others, _, other_family = other.rpartition("|")
    left, right = set(words.split()) - set(others.split()), set(others.split()) - set(words.split())
    if family != other_family or len(left) != len(right) or len(left) > 1:
        return False
    return all(_is_respelt(mine, theirs) for mine, theirs in zip(left, right, strict=True))


def _is_respelt(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    if shorter < 5 or any(each.isdigit() for each in one + other):
        return False
    return Levenshtein.distance(one, other) <= max(1, shorter // 6)


def short_digest(text: str) -> str:
    """32 hexadecimal digits by which a text is looked up."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _wrong(diff: FieldDiff) -> str:
    """The field and what is wrong in it; the title is the subject already, and may drift."""
    value = "" if diff.field is FieldName.TITLE else _words(diff.cited)
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
