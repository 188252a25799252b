"""Findings as JSON in the database, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from citations.types import Evidence
from verifier.errors import StoreError
from verifier.store.tables import storable
from verifier.types import Finding


@cache
def _findings() -> TypeAdapter[Finding]:
    return TypeAdapter(Finding)


@cache
def _evidence() -> TypeAdapter[Evidence]:
    return TypeAdapter(Evidence)


def finding_json(finding: Finding) -> str:
    """The finding in one line; what has its default value is left out."""
    return _line(_findings(), finding)


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
    except (ValueError, ValidationError) as error:
        raise StoreError("a stored finding cannot be read: its row is damaged") from error


def read_evidence(text: str) -> Evidence:
    """A stored piece of evidence; raises ``StoreError`` if the row is damaged."""
    try:
        return _evidence().validate_python(json.loads(text))
    except (ValueError, ValidationError) as error:
        raise StoreError("stored evidence cannot be read: its row is damaged") from error


def _line(adapter: TypeAdapter[Any], value: Any) -> str:
    try:
        text = adapter.dump_json(value, exclude_defaults=True).decode()
    except ValueError:  # an unpaired surrogate cannot be written as UTF-8
        text = ""
    if text and "\\u0000" not in text:
        return text
    return json.dumps(_clean(adapter.dump_python(value, exclude_defaults=True)), separators=(",", ":"), default=str)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
