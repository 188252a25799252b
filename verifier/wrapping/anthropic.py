"""The shape of Anthropic's API: messages, whole or as a stream of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verifier.types import Gap
from verifier.wrapping.parts import CUT_AT_LIMIT, REFUSED, TOOL_CALLS, last_question, part, parts, whole_lines
from verifier.wrapping.types import Added, Answer

_WHOLE = {"end_turn", "stop_sequence", "tool_use", "refusal"}
"""Reasons to stop that leave no half line behind."""
_KNOWN = {"text", "thinking", "redacted_thinking"}
_STRANGE = Gap("a part of the answer", "it is of a kind that is not read")
_NOT_READ = "the stream ended before the model said that it was done"


class AnthropicShape:
    """Reads ``messages``."""

    def asked(self, arguments: Sequence[Any], request: Mapping[str, Any]) -> str:  # noqa: ARG002  the shape's signature
        """The last thing the user wrote."""
        return last_question(request.get("messages"))

    def answer(self, response: Any) -> Answer:
        """The text blocks of a message; thinking is no answer."""
        content = part(response, "content")
        if content is None:
            return Answer(broken="the response holds no content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else parts(response, "content")
        pieces = [part(block, "text") for block in blocks if part(block, "type") == "text"]
        text = "".join(piece for piece in pieces if isinstance(piece, str))
        calls = any(map(_is_call, blocks))
        strange = any(map(_is_strange, blocks))
        return _answer(text, part(response, "stop_reason"), calls=calls, strange=strange)

    def reading(self) -> AnthropicReading:
        """A new reading of a stream."""
        return AnthropicReading()


class AnthropicReading:
    """Adds up the events of one message, raw ones or those of the package's ``stream``."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._reason: Any = None
        self._calls = False
        self._strange = False
        self._error = ""
        self.finished = False

    def feed(self, event: Any) -> Sequence[Added]:
        """The text that an event adds."""
        kind = part(event, "type")
        if kind == "content_block_delta":
            delta = part(event, "delta")
            return self._added([delta] if part(delta, "type") == "text_delta" else ())
        if kind == "message_start":
            return self._begun(parts(part(event, "message"), "content"))
        if kind == "content_block_start":
            return self._begun([part(event, "content_block")])
        if kind == "message_delta":
            self._reason = part(part(event, "delta"), "stop_reason") or self._reason
        elif kind == "message_stop":
            self.finished = not self._error
        elif kind == "error":
            self._error, self.finished = "the server sent an error in the stream", False
        return ()

    def _begun(self, blocks: Sequence[Any]) -> Sequence[Added]:
        """Blocks that begin, mostly empty; some servers put the first of their text into them."""
        self._calls = self._calls or any(map(_is_call, blocks))
        self._strange = self._strange or any(map(_is_strange, blocks))
        return self._added([each for each in blocks if part(each, "type") == "text"])

    def _added(self, holders: Sequence[Any]) -> Sequence[Added]:
        found = [text for each in holders if isinstance(text := part(each, "text"), str)]
        self._pieces += found
        return [Added(0, text) for text in found]

    def note(self, event: Any) -> None:
        """Nearly every event is an object that adds text: those are read without detours."""
        try:
            text = event.delta.text if event.type == "content_block_delta" else None
        except AttributeError:
            text = None
        if text.__class__ is str:
            self._pieces.append(text)
        else:
            self.feed(event)

    def answer(self) -> Answer:
        """What has been read so far."""
        if not self.finished:
            return Answer(broken=self._error or _NOT_READ)
        return _answer("".join(self._pieces), self._reason, calls=self._calls, strange=self._strange)


def _is_call(block: Any) -> bool:
    return str(part(block, "type")).endswith(("tool_use", "tool_result"))


def _is_strange(block: Any) -> bool:
    return part(block, "type") not in _KNOWN and not _is_call(block)


def _answer(text: str, reason: Any, *, calls: bool, strange: bool) -> Answer:
    gaps: list[Gap] = [_STRANGE] if strange else []
    if reason == "refusal":
        gaps.append(REFUSED)
    if calls:
        gaps.append(TOOL_CALLS)
    if reason not in _WHOLE:
        gaps.append(CUT_AT_LIMIT)
        text = whole_lines(text)
    return Answer((text,), tuple(gaps))
