"""Findings and tokens as the database keeps them, and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from citations.types import Evidence
from verifier.errors import StoreError
from verifier.store.stored import FlagKind, StoredToken
from verifier.store.tables import storable
from verifier.types import ClaimFinding, Finding, Flagged, Gap

MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of one packed text, answer or trace."""


@cache
def _findings() -> TypeAdapter[Finding]:
    return TypeAdapter(Finding)


@cache
def _claims() -> TypeAdapter[ClaimFinding]:
    return TypeAdapter(ClaimFinding)


@cache
def _evidence() -> TypeAdapter[Evidence]:
    return TypeAdapter(Evidence)


def finding_json(finding: Finding) -> str:
    """The finding in one line; what has its default value is left out."""
    return _line(_findings(), finding)


def flagged_json(flagged: Flagged) -> str:
    """What is flagged in one line, a reference or a claim."""
    return _line(_claims(), flagged) if isinstance(flagged, ClaimFinding) else finding_json(flagged)


def bare_finding_json(finding: Finding) -> str:
    """The finding without its evidence, which has a table of its own."""
    return finding_json(replace(finding, checked=replace(finding.checked, evidence=())))


def evidence_json(evidence: Evidence, *, whole: bool) -> str:
    """One piece of evidence; without ``whole`` only the accepted candidate is kept."""
    if not whole:
        evidence = replace(evidence, candidates=() if evidence.best is None else (evidence.best,))
    return _line(_evidence(), evidence)


def read_finding(text: str) -> Finding:
    """A stored finding; raises ``StoreError`` if the row is damaged."""
    try:
        return _findings().validate_python(json.loads(text))
    except (ValueError, ValidationError, RecursionError) as error:
        raise StoreError("a stored finding cannot be read: its row is damaged") from error


def read_flagged(kind: FlagKind, text: str) -> Flagged:
    """What is flagged; raises ``StoreError`` if the row is damaged."""
    if kind is FlagKind.REFERENCE:
        return read_finding(text)
    try:
        return _claims().validate_python(json.loads(text))
    except (ValueError, ValidationError, RecursionError) as error:
        raise StoreError("a stored claim cannot be read: its row is damaged") from error


@dataclass(frozen=True, slots=True)
class Packed:
    """Bytes as the database keeps them."""

    size: int
    """Before compression."""
    compressed: bytes


def packed(plain: bytes) -> Packed:
    """The bytes compressed."""
    return Packed(len(plain), zlib.compress(plain))


def unpacked(kept: Packed) -> bytes:
    """The bytes again; raises ``StoreError`` if the row is damaged, or would unpack to more than it says or anybody needs."""
    try:
        reader = zlib.decompressobj()
        plain = reader.decompress(kept.compressed, MAX_UNPACKED)
    except zlib.error as error:
        raise StoreError("something packed in the database cannot be read: its row is damaged") from error
    if len(plain) != kept.size or not reader.eof:
        raise StoreError("something packed in the database is not what was packed: its row is damaged")
    return plain


def packed_tokens(tokens: Sequence[StoredToken]) -> Packed:
    """The tokens as compressed JSON."""
    return packed(json.dumps([astuple(each) for each in tokens], separators=(",", ":")).encode())


def unpacked_tokens(kept: Packed) -> tuple[StoredToken, ...]:
    """The tokens again; raises ``StoreError`` if the row is damaged."""
    try:
        return tuple(StoredToken(*each) for each in json.loads(unpacked(kept)))
    except (ValueError, TypeError, RecursionError) as error:
        raise StoreError("the stored tokens of a flag cannot be read: their row is damaged") from error


def read_evidence(text: str) -> Evidence:
    """A stored piece of evidence; raises ``StoreError`` if the row is damaged."""
    try:
        return _evidence().validate_python(json.loads(text))
    except (ValueError, ValidationError, RecursionError) as error:
        raise StoreError("stored evidence cannot be read: its row is damaged") from error


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """What a scan left open, as it was noted in the end."""

    gaps: tuple[Gap, ...] = ()
    untold: int = 0
    """Gaps of which the words were not kept."""
    failed: tuple[str, ...] = ()
    """Inputs of which nothing could be read."""


def read_summary(text: str) -> ScanSummary:
    """The summary of a scan; raises ``StoreError`` if the row is damaged."""
    try:
        found = json.loads(text)
        told, failed = found.get("gaps") or 0, found.get("failed") or ()
        if isinstance(told, int):
            return _summaries().validate_python({"untold": told, "failed": failed})
        return _summaries().validate_python({"gaps": told, "failed": failed})
    except (ValueError, AttributeError, ValidationError, RecursionError) as error:
        raise StoreError("the stored summary of a scan cannot be read: its row is damaged") from error


@cache
def _summaries() -> TypeAdapter[ScanSummary]:
    return TypeAdapter(ScanSummary)


def _line(adapter: TypeAdapter[Any], value: Any) -> str:
    try:
        text = adapter.dump_json(value, exclude_defaults=True).decode()
    except ValueError:  # an unpaired surrogate cannot be written as UTF-8
        text = ""
    if text and "\\u0000" not in text:
        return text
    plain = _clean(adapter.dump_python(value, exclude_defaults=True))
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=str)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
