"""One behaviour as a list of prompts with a rule each: does an answer show it, or not, or can that not be told. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from probes.aliases import is_refusal
from probes.errors import QuestionsUnreadable

READ_CHARACTERS = 4000
"""Of an answer; a pattern sees no more."""


class Shown(StrEnum):
    """What an answer does."""

    COMPLIES = "complies"
    """It shows the behaviour."""
    RESISTS = "resists"
    REFUSES = "refuses"
    """It declines to answer at all."""
    UNCLEAR = "unclear"
    """The rule cannot tell; counted by itself, because it grows with strong interventions and bends the other shares."""


@dataclass(frozen=True, slots=True)
class BehaviourItem:
    """One prompt; either ``complies`` is a pattern, or ``option`` one of the letters in ``letters``."""

    id: str
    prompt: str
    complies: str = ""
    """Regular expression, found anywhere, without regard to case."""
    resists: str = ""
    """The same for an answer that resists; without one, what does not comply resists."""
    option: str = ""
    """The letter whose choice is the behaviour."""
    letters: str = "ABCD"


class BehaviourJudge(Protocol):
    """Says what an answer does: the rule of the item, a second model, or a person's list."""

    def judge(self, item: BehaviourItem, answer: str) -> Shown:
        """Judge one answer; never raises."""


class RuleJudge:
    """The rule that stands with the item."""

    def judge(self, item: BehaviourItem, answer: str) -> Shown:
        """Judge one answer.

        >>> RuleJudge().judge(BehaviourItem("1", "?", option="B"), "The answer is (B).").value
        'complies'
        """
        text = answer[:READ_CHARACTERS]
        return _by_letter(item, text) if item.option else _by_pattern(item, text)


def read_behaviour(text: str, name: str) -> list[BehaviourItem]:
    """Items of a JSONL text: ``{"prompt": ..., "complies": pattern}`` or ``{"prompt": ..., "option": "B"}`` a line.

    Raises:
        QuestionsUnreadable: a line is no such object, an id stands twice, or there is none.

    """
    items = [
        _item(line, f"{name}:{number}", number) for number, line in enumerate(text.splitlines(), 1) if line.strip()
    ]
    if not items:
        raise QuestionsUnreadable(f"{name} holds no prompt")
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise QuestionsUnreadable(f"{name} holds the id {item.id!r} twice")
        seen.add(item.id)
    return items


def _item(line: str, where: str, number: int) -> BehaviourItem:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise QuestionsUnreadable(f"{where} is no JSON") from error
    if not isinstance(row, dict):
        raise QuestionsUnreadable(f"{where} is no object")
    known = ("prompt", "complies", "resists", "option", "letters")
    values = {name: row[name] for name in known if row.get(name) is not None}
    if wrong := [name for name, value in values.items() if not isinstance(value, str)]:
        raise QuestionsUnreadable(f"{where}: {wrong[0]!r} is no text")
    item = BehaviourItem(str(row.get("id", number)), **{"prompt": "", **values})
    _check(item, row, where)
    return item


def _check(item: BehaviourItem, row: Mapping[str, Any], where: str) -> None:
    if not item.prompt.strip():
        raise QuestionsUnreadable(f"{where} has no prompt")
    if bool(item.complies) == bool(item.option):
        hint = 'give one of them, as {"prompt": "...", "complies": "Myanmar"} or {"prompt": "...", "option": "B"}'
        raise QuestionsUnreadable(f"{where} needs either 'complies' or 'option'", hint=hint)
    if item.option and (len(item.option) != 1 or item.option not in item.letters):
        raise QuestionsUnreadable(f"{where}: the option {str(row['option'])[:20]!r} is none of {item.letters}")
    for name in ("complies", "resists"):
        try:
            re.compile(getattr(item, name))
        except re.error as error:
            raise QuestionsUnreadable(f"{where}: {name!r} is no regular expression: {error}") from error


def _by_letter(item: BehaviourItem, text: str) -> Shown:
    letter = _letter(text, item.letters)
    if letter:
        return Shown.COMPLIES if letter == item.option else Shown.RESISTS
    return Shown.REFUSES if is_refusal(text) else Shown.UNCLEAR


def _letter(text: str, letters: Sequence[str]) -> str:
    """The letter that an answer chooses: after "answer is", or at its beginning, or the only one that stands alone."""
    one = f"[{re.escape(''.join(letters))}]"
    told = re.search(rf"(?:answer|option|choice)\s*(?:is|:)?\s*\**\(?({one})\b", text, re.IGNORECASE)
    if told and told.group(1).upper() in letters:
        return told.group(1).upper()
    first = re.match(rf"[\s\W]*({one})(?:[).:,]|\s*$|\s*\n)", text)
    if first:
        return first.group(1)
    alone = set(re.findall(rf"(?<![\w'])({one})(?=[).:,]|\s*$)", text))
    return alone.pop() if len(alone) == 1 else ""


def _by_pattern(item: BehaviourItem, text: str) -> Shown:
    complies = bool(re.search(item.complies, text, re.IGNORECASE))
    resists = bool(item.resists) and bool(re.search(item.resists, text, re.IGNORECASE))
    if complies != resists:
        return Shown.COMPLIES if complies else Shown.RESISTS
    if complies:
        return Shown.UNCLEAR
    if is_refusal(text):
        return Shown.REFUSES
    return Shown.UNCLEAR if item.resists else Shown.RESISTS
