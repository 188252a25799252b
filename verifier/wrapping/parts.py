"""Reading responses that may be objects or decoded JSON, and the text in them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from verifier.harmless import paired
from verifier.types import Gap

CUT_AT_LIMIT = Gap(
    "the last line of the answer",
    "the answer was cut at its length limit, and half a citation cannot be judged",
    "allow more tokens",
)
REFUSED = Gap("the answer", "the model refused, so there is nothing to check")
TOOL_CALLS = Gap("the arguments of tool calls", "only text is checked")


def part(thing: Any, name: str) -> Any:
    """A field of an object or a dict; ``None`` if it has none, or gives none. Never raises."""
    try:
        return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
    except Exception:  # noqa: BLE001  an object may do anything when it is asked
        return None


def parts(thing: Any, name: str) -> Sequence[Any]:
    """A field that is a list; empty if there is none."""
    found = part(thing, name)
    return found if isinstance(found, list | tuple) else ()


def text_of(content: Any) -> str:
    r"""The text of a message's content: a string, or blocks of which some are text.

    >>> text_of([{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "input_text", "text": "b"}])
    'a\nb'
    """
    if isinstance(content, str):
        return content
    if not isinstance(content, list | tuple):
        return ""
    found = [each if isinstance(each, str) else part(each, "text") for each in content]
    return "\n".join(each for each in found if isinstance(each, str))


def last_question(messages: Any) -> str:
    """The text of the last message that a user wrote."""
    if not isinstance(messages, list | tuple):
        return ""
    asked = [each for each in messages if part(each, "role") == "user"]
    return text_of(part(asked[-1], "content")) if asked else ""


def whole_lines(text: str) -> str:
    r"""The text without its last line, which may be cut anywhere.

    >>> whole_lines("one\ntwo\nthr")
    'one\ntwo\n'
    """
    return text[: text.rfind("\n") + 1]


def prose(text: str) -> str:
    r"""The text to check of an answer: of structured output its strings, one a line, because JSON escapes characters.

    Names of more than one word are strings too. What is no JSON is checked as it stands, its characters whole.

    >>> prose('{"works": [{"cite": "M\\u00fcller (2001)", "n": 1}]}')
    'Müller (2001)'
    """
    if text.lstrip()[:1] not in {"{", "["}:
        return paired(text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return paired(text)
    return paired("\n".join(_strings(value)))


def _strings(value: Any) -> Iterator[str]:
    """All strings of a JSON value in their order, however deep they stand."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            waiting += reversed(each)
        elif isinstance(each, dict):
            for name, inner in reversed(each.items()):
                waiting += [inner, name] if " " in name else [inner]
