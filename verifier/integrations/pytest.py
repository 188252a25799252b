"""A helper for tests of programs that answer with a language model: a failed check reads like a failed assertion.

It needs no plug-in, and of pytest nothing but its treatment of ``AssertionError``; other runners do as well.
"""

from __future__ import annotations

from typing import Any

from verifier.checking import check
from verifier.complaint import complaints, left_open
from verifier.types import Report


def assert_supported(text: str, *, allow_unchecked: bool = False, **given: Any) -> Report:
    """Assert that nothing in a text is flagged, and that everything in it that can be checked was checked.

    What was not checked fails too, in words of its own: a test that passes unchecked proves nothing; ``allow_unchecked``
    lets it pass. The rest goes to ``verifier.check``: ``context``, ``references``, ``evidence``, ``judge``,
    ``registries``, ``policy`` (its ``fail_on`` is the mildest verdict that fails). Returns the report.

    >>> assert_supported("Is the sky blue?").claims[0].stance.value
    'not_checkable'
    """
    __tracebackhide__ = True  # pytest then points at the caller's line
    report = check(text, **given)
    if wrong := complaints(report, given.get("policy")):
        raise AssertionError(_listed("flagged in the text", wrong))
    if not allow_unchecked and (unchecked := left_open(report)):
        raise AssertionError(_listed("not checked (allow_unchecked=True lets it pass)", unchecked))
    return report


def _listed(what: str, entries: tuple[str, ...]) -> str:
    return "\n".join([f"{what}: {len(entries)}", *(f"  {each}" for each in entries)])
