"""Reads frozen dataclasses from JSON that a stranger may have written: nothing is guessed, converted or left over.

Only what the types allow is made: numbers are finite, texts and lists bounded, texts printable, names known. No code is ever executed.
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from enum import Enum
from typing import Any

from probes.printable import printable

MAX_TEXT = 10_000
MAX_ITEMS = 100_000


def encode(value: Any) -> Any:
    """A dataclass as what JSON can hold; ``decode`` turns it back."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [encode(each) for each in value]
    return value.value if isinstance(value, Enum) else value


def parse(text: bytes) -> Any:
    """JSON without NaN, infinities or repeated keys.

    Raises:
        ValueError: it is no JSON, or one of these.

    """
    try:
        return json.loads(text.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def decode(kind: Any, value: Any, where: str = "probe") -> Any:
    """The value as an instance of ``kind``: a dataclass, an enum, a tuple of one kind, a number, a text, or ``None`` with one.

    Raises:
        ValueError: anything is missing, unknown, of another type, not finite or too large; the sentence says where.

    """
    origin = typing.get_origin(kind)
    if origin in {types.UnionType, typing.Union}:
        inner = next(each for each in typing.get_args(kind) if each is not types.NoneType)
        return None if value is None else decode(inner, value, where)
    if origin is tuple:
        return _tuple(typing.get_args(kind)[0], value, where)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, value, where)
    if issubclass(kind, Enum):
        known = [each.value for each in kind]
        if value not in known:
            raise ValueError(f"{where} is none of {', '.join(known)}")
        return kind(value)
    return _scalar(kind, value, where)


def _dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is no object")  # noqa: TRY004 - one kind of error for all that is wrong with a file
    hints = typing.get_type_hints(kind)
    required = {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    if unknown := sorted(value.keys() - hints.keys()):
        raise ValueError(f"{where} has a key that is not known: {unknown[0][:40]!r}")
    if missing := sorted(required - value.keys()):
        raise ValueError(f"{where} has no {missing[0]!r}")
    return kind(**{name: decode(hints[name], each, f"{where}.{name}") for name, each in value.items()})


def _tuple(kind: Any, value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{where} is no list")  # noqa: TRY004 - as above
    if len(value) > MAX_ITEMS:
        raise ValueError(f"{where} has {len(value):,} entries and {MAX_ITEMS:,} are allowed")
    return tuple(decode(kind, each, f"{where}[{place}]") for place, each in enumerate(value))


def _scalar(kind: type, value: Any, where: str) -> Any:
    if kind is float and type(value) is int:
        value = float(value) if abs(value) < 2**53 else math.inf
    if type(value) is not kind:
        raise ValueError(f"{where} is not of type {kind.__name__}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} is not finite")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise ValueError(f"{where} has {len(value):,} characters and {MAX_TEXT:,} are allowed")
    if isinstance(value, str) and ("\n" in value or printable(value) != value):
        raise ValueError(f"{where} holds characters that cannot be printed")
    return value


def _refuse(name: str) -> Any:
    raise ValueError(f"it holds {name}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("it says something twice")
    return found
