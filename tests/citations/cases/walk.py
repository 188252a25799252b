"""What the checkers share: walk over what was judged, and say why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from citations.types import CheckedReference, Reference
from tests.citations.cases.run_case import Ran

Checker = Callable[[Ran, Any], str]


def over_checked(ran: Ran, problem: Callable[[CheckedReference], str]) -> str:
    if not ran.checked:
        return "" if isinstance(ran.case.input, dict) else "nothing was judged"
    found = ((one.reference.key or one.reference.fields.title[:30], problem(one)) for one in ran.checked)
    return "; ".join(f"[{name}] {text}" for name, text in found if text)


def over_references(ran: Ran, problem: Callable[[Reference], str]) -> str:
    return "; ".join(text for one in ran.references if (text := problem(one)))


def why(each: CheckedReference) -> str:
    diffs = "; ".join(
        f"{d.field} {d.severity} {d.note} ({d.cited[:40]} / {d.registered[:40]})" for d in each.verdict.diffs
    )
    return f"{each.verdict.argument.sentence} [{diffs}]"
