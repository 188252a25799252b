"""What the calls of the library take: one sentence for what they cannot use, before anything is opened or asked. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

from citations.registries import names
from citations.types import Reference
from verifier.config import Settings
from verifier.errors import WrongArgument
from verifier.policy import OnError, Policy
from verifier.types import Passage


@dataclass(frozen=True, slots=True)
class _Rule:
    fits: Callable[[Any], bool]
    words: str
    """What the argument must be."""


def check_arguments(call: str, **given: Any) -> None:
    """Raise ``WrongArgument`` for the first that the call cannot use; every name must have its rule here.

    >>> check_arguments("verifier.check", context=5)
    Traceback (most recent call last):
    verifier.errors.WrongArgument: verifier.check: context must be a text or several texts, not int
    """
    for name, value in given.items():
        rule = _RULES[name]
        if not rule.fits(value):
            raise WrongArgument(f"{call}: {name} must be {rule.words}, not {_shown(name, value)}")
    registries = given.get("registries")
    if isinstance(registries, Sequence):
        for each in registries:
            _known(call, each)


def several(given: Any) -> Any:
    """What was given as several things as a tuple, so that it can be looked at twice; anything else as it is."""
    return tuple(given) if _is_several(given) else given


def _is_several(given: Any) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, str | bytes | bytearray | Mapping)


def _several_of(given: Any, *kinds: type) -> bool:
    return _is_several(given) and all(isinstance(each, kinds) for each in given)


def _shown(name: str, value: Any) -> str:
    """A word from a short list as it was given; of everything else its type, because it may hold a text or a key."""
    if name in _CHOICES and isinstance(value, str):
        return repr(value[:40])
    if _is_several(value):
        strange = sorted({type(each).__name__ for each in value})
        return f"{type(value).__name__} of {', '.join(strange)}" if strange else f"an empty {type(value).__name__}"
    return type(value).__name__ if isinstance(value, str) or not isinstance(value, int | float) else repr(value)


def _known(call: str, name: Any) -> None:
    known = [*names(), "offline"]
    if isinstance(name, str) and name.replace("-", "_") not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
        raise WrongArgument(f"{call}: there is no registry named {name[:40]!r}", hint=hint)


def _is_number(value: Any, *, whole: bool) -> bool:
    kinds = int if whole else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and not isnan(value) and value >= 0


def _maybe(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


def _has(*methods: str) -> Callable[[Any], bool]:
    return lambda value: not isinstance(value, type) and all(callable(getattr(value, each, None)) for each in methods)


def _is_evidence(value: Any) -> bool:
    return value is None or isinstance(value, Path | str) or _several_of(value, Passage, str)


def _is_registries(value: Any) -> bool:
    is_registry = _has("look_up")
    return (
        value is None
        or isinstance(value, bool)
        or (_is_several(value) and all(isinstance(each, str) or is_registry(each) for each in value))
    )


_CHOICES = {
    "mode": ("after", "holdback", "buffer"),
    "on_error": tuple(each.value for each in OnError),
    "on_fail": ("raise", "annotate", "redact", "retry", "log"),
}
"""Arguments that are words from a short list."""


def _one_of(name: str, *, or_none: bool = False) -> _Rule:
    words = _CHOICES[name]
    listed = f"{', '.join(words[:-1])} or {words[-1]}"
    return _Rule(lambda value: (or_none and value is None) or (isinstance(value, str) and value in words), listed)


_SECONDS = _Rule(_maybe(lambda value: _is_number(value, whole=False)), "a number of seconds, 0 or more, or None")
_TEXT = _Rule(lambda value: isinstance(value, str), "a text")
_RULES: Mapping[str, _Rule] = {
    "asked": _TEXT,
    "ask_afresh": _Rule(lambda value: _is_number(value, whole=True), "a number, 0 or more"),
    "budget_s": _SECONDS,
    "checker": _Rule(_maybe(_has("check", "prepare")), "a verifier.Checker or None"),
    "context": _Rule(
        lambda value: value is None or isinstance(value, str) or _several_of(value, str), "a text or several texts"
    ),
    "engine": _Rule(_maybe(_has("read")), "a model that reads, such as probes.ProbedLlama, or None"),
    "evidence": _Rule(_is_evidence, "the path of a folder, a text, or several passages"),
    "generator": _TEXT,
    "judge": _Rule(
        _maybe(lambda value: isinstance(value, str | Path) or _has("support", "same_work", "answer")(value)),
        "the path of a .gguf file, an address, or a judge",
    ),
    "judge_calls": _Rule(_maybe(lambda value: _is_number(value, whole=True)), "a number, 0 or more, or None"),
    "mode": _one_of("mode"),
    "on_error": _one_of("on_error", or_none=True),
    "on_fail": _one_of("on_fail"),
    "on_report": _Rule(_maybe(callable), "a function of one argument, the report, or None"),
    "policy": _Rule(_maybe(lambda value: isinstance(value, Policy)), "a verifier.Policy or None"),
    "references": _Rule(
        lambda value: value is None or isinstance(value, str) or _several_of(value, Reference),
        "a reference list as one text, or several References",
    ),
    "registries": _Rule(_is_registries, "True, None, or several names or registries"),
    "retriever": _Rule(_maybe(callable), "a function from a claim to passages, or None"),
    "retries": _Rule(lambda value: _is_number(value, whole=True), "a number, 0 or more"),
    "settings": _Rule(_maybe(lambda value: isinstance(value, Settings)), "settings of verifier.load_settings, or None"),
    "timeout": _SECONDS,
}
