"""The shape of OpenAI's API: chat completions, completions and responses; many other servers speak it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verifier.generation import Generation, read_generation
from verifier.types import Gap
from verifier.wrapping.parts import CUT_AT_LIMIT, REFUSED, TOOL_CALLS, last_question, part, parts, text_of, whole_lines
from verifier.wrapping.types import Added, Answer

WRITER = "the local model, writing"
"""How signals call the model that was watched."""
_NOT_READ = "the stream ended before the model said that it was done"
_WHOLE = {"stop", "tool_calls", "function_call", "content_filter"}
"""Reasons to end that leave no half line behind."""
_ENDED = {"response.completed", "response.incomplete"}
_DELTA = "response.output_text.delta"
_PARTS = {"response.content_part.added", "response.content_part.done"}


class OpenAIShape:
    """Reads ``chat.completions``, ``completions`` and ``responses``."""

    def asked(self, arguments: Sequence[Any], request: Mapping[str, Any]) -> str:
        """The last thing the user wrote, or the prompt."""
        for name in ("messages", "input"):
            given = request.get(name)
            if given is not None:
                return given if isinstance(given, str) else last_question(given)
        prompt = request.get("prompt", arguments[0] if arguments else "")
        return prompt if isinstance(prompt, str) else last_question(prompt)

    def answer(self, response: Any) -> Answer:
        """The text of every choice, or of the output's messages."""
        if part(response, "output") is not None:
            return _output(response)
        choices = parts(response, "choices")
        return _joined([_choice(each) for each in choices]) if choices else Answer(broken=_without_choices(response))

    def reading(self) -> OpenAIReading:
        """A new reading of a stream."""
        return OpenAIReading()


class OpenAIReading:
    """Adds up the chunks of a completion, or the events of a response."""

    def __init__(self) -> None:
        self._pieces: dict[Any, list[str]] = {}
        self._ends: dict[int, str] = {}
        self._tokens: dict[int, list[Any]] = {}
        self._refused = False
        self._calls = False
        self._error = ""
        self._response: Any = None

    @property
    def finished(self) -> bool:
        """Whether every choice seen has its reason to finish, or the response its last event."""
        if self._response is not None:
            return True
        return not self._error and bool(self._ends) and set(self._ends) >= set(self._pieces)

    def feed(self, event: Any) -> Sequence[Added]:
        """The text that a chunk or an event adds."""
        choices = part(
            event, "choices"
        )  # first, because most events have them, and looking for what is missing is slow
        if choices:
            return [added for each in choices if (added := self._chunk(each)) is not None]
        kind = part(event, "type")
        if isinstance(kind, str):
            return self._event(kind, event)
        if part(event, "error"):
            self._error = "the server sent an error in the stream"
        return ()

    def note(self, event: Any) -> None:
        """Nearly every event is an object with one choice that adds text and nothing else: those are read without detours."""
        try:
            (choice,) = event.choices
            text = choice.delta.content
            if text.__class__ is str and text and choice.finish_reason is None:
                self._pieces[choice.index].append(text)
                return
        except (AttributeError, KeyError, TypeError, ValueError):
            pass
        self.feed(event)

    def answer(self) -> Answer:
        """What has been read so far."""
        if self._response is not None:
            return _output(self._response, ["".join(pieces) for pieces in self._pieces.values()])
        if self._error or not self.finished:
            return Answer(broken=self._error or _NOT_READ)
        texts = {index: "".join(pieces) for index, pieces in sorted(self._pieces.items())}
        ends = [self._ends[index] for index in sorted(self._ends)]
        gaps = _gaps(refused=self._refused, calls=self._calls, ends=ends)
        found = [text if self._ends[index] in _WHOLE else whole_lines(text) for index, text in texts.items()]
        seen = [_seen(self._tokens.get(index, ()), text) for index, text in texts.items()]
        return Answer(tuple(found), gaps, tuple(seen) if any(seen) else ())

    def _chunk(self, choice: Any) -> Added | None:
        index = part(choice, "index") or 0
        delta = part(choice, "delta")
        if delta is None:  # some servers stream whole messages
            delta = part(choice, "message")
        text = text_of(part(choice, "text") if delta is None else part(delta, "content"))
        if delta is not None and not text:
            self._refused = self._refused or bool(part(delta, "refusal"))
            self._calls = self._calls or bool(part(delta, "tool_calls") or part(delta, "function_call"))
        end = part(choice, "finish_reason")
        if end:
            self._ends[index] = str(end)
        if isinstance(choice, dict) and "probe" in choice:
            self._tokens.setdefault(index, []).extend(parts(choice["probe"], "tokens"))
        return self._added(index, index, text)

    def _added(self, place: Any, choice: int, text: Any) -> Added | None:
        if not isinstance(text, str) or not text:
            return None
        self._pieces.setdefault(place, []).append(text)
        return Added(choice, text)

    def _event(self, kind: str, event: Any) -> Sequence[Added]:
        if kind in {"error", "response.failed"}:
            self._error = "the server sent an error in the stream"
            return ()
        if kind in _ENDED:
            self._response = part(event, "response")
        found = [self._added(place, 0, text) for place, text in self._new(kind, event)]
        return [each for each in found if each is not None]

    def _new(self, kind: str, event: Any) -> Sequence[tuple[Any, Any]]:
        """Text of an event and its place; of events that repeat a text only where it did not come before."""
        item = part(event, "output_index")
        place = (item, part(event, "content_index"))
        if kind == _DELTA:
            return [(place, part(event, "delta"))]
        if kind == "response.output_text.done":
            found = [(place, part(event, "text"))]
        elif kind in _PARTS:
            found = [(place, text) for text in _texts([part(event, "part")])]
        elif kind == "response.output_item.done" and all(item != before for before, _ in self._pieces):
            found = [((item, n), text) for n, text in enumerate(_message(part(event, "item")))]
        elif kind in _ENDED and not self._pieces:
            output = parts(part(event, "response"), "output")
            found = [((number, n), text) for number, each in enumerate(output) for n, text in enumerate(_message(each))]
        else:
            found = []
        return [(place, text) for place, text in found if place not in self._pieces]


def _without_choices(response: Any) -> str:
    return "the server answered with an error" if part(response, "error") else "the response holds no choice"


def _choice(choice: Any) -> Answer:
    message = part(choice, "message")
    text = part(choice, "text") if message is None else text_of(part(message, "content"))
    text = text if isinstance(text, str) else ""
    end = part(choice, "finish_reason")
    refused = bool(message is not None and part(message, "refusal"))
    calls = bool(message is not None and (part(message, "tool_calls") or part(message, "function_call")))
    gaps = _gaps(refused=refused, calls=calls, ends=[str(end)])
    block = choice.get("probe") if isinstance(choice, dict) else None
    seen = _seen(parts(block, "tokens"), text)
    return Answer((text if end in _WHOLE else whole_lines(text),), gaps, (seen,) if seen else ())


def _seen(tokens: Sequence[Any], text: str) -> Generation | None:
    """What ``probes.ProbedLlama`` put beside a text."""
    return read_generation({"tokens": tokens}, text, WRITER) if tokens else None


def _output(response: Any, streamed: Sequence[str] = ()) -> Answer:
    """What a response says; some servers leave out of the last event what they have ``streamed``."""
    pieces: list[str] = []
    refused = calls = False
    for item in parts(response, "output"):
        calls = calls or str(part(item, "type")).endswith("_call")
        refused = refused or any(part(content, "type") == "refusal" for content in parts(item, "content"))
        pieces += _message(item)
    status = part(response, "status")
    if status in {"failed", "cancelled", "queued", "in_progress"}:
        return Answer(broken=f"the response is {status}")
    text = "\n".join(pieces) or "\n".join(streamed)
    cut = status == "incomplete"
    return Answer((whole_lines(text) if cut else text,), _gaps(refused=refused, calls=calls, ends=["length"] * cut))


def _message(item: Any) -> Sequence[str]:
    return _texts(parts(item, "content")) if part(item, "type") == "message" else ()


def _texts(contents: Sequence[Any]) -> Sequence[str]:
    found = [part(each, "text") for each in contents if part(each, "type") == "output_text"]
    return [text for text in found if isinstance(text, str)]


def _gaps(*, refused: bool, calls: bool, ends: Sequence[str]) -> tuple[Gap, ...]:
    filtered = Gap("the answer", "a content filter cut it")
    found = [
        (refused, REFUSED),
        (calls, TOOL_CALLS),
        (not _WHOLE.issuperset(ends), CUT_AT_LIMIT),
        ("content_filter" in ends, filtered),
    ]
    return tuple(gap for is_so, gap in found if is_so)


def _joined(answers: Sequence[Answer]) -> Answer:
    texts = tuple(text for each in answers for text in each.texts)
    seen = tuple(each.generations[0] if each.generations else None for each in answers)
    gaps = tuple(dict.fromkeys(gap for each in answers for gap in each.gaps))
    return Answer(texts, gaps, seen if any(seen) else ())
