"""What of an answer that is still being written may leave. Pure: events go in, it says what to check and what may go.

    hold = Hold(Mode.HOLDBACK)
    for event in stream:
        hold.put(event, reading.feed(event))
        for piece in hold.due():
            ...                       # check piece.text; stop here if it may not leave
            hold.let(piece)
        send(hold.leaving())
    ...                               # check the whole answer; stop here if the rest may not leave
    hold.let_all()
    send(hold.leaving())

Events leave whole, in the order in which they came, and none is lost: those without text wait only for the text before them.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from citations.parse.blocks import Block, BlockKind, blocks
from verifier.sentences import sentences
from verifier.types import Span
from verifier.wrapping.types import Added, Mode

CONTEXT = 400
"""Characters before a piece that say what it is: the line above a list."""
_STIRS = re.compile(r"[\n.!?…。！？]")
"""Without one of these nothing has ended."""
_LOOKS_AGAIN = 16
_SHORT = 1_000
"""A longer text without an end is looked at again when it has grown by one part in so many, so that the time stays linear."""
_SURE = 24
"""Characters of a line that show what it is."""
_LIST = "References\n\n"
"""Stands for the heading of a reference list that has left."""
_JSON = re.compile(r"\s*(?:\{|\[\s*[\"{\[\]])")
_IN_REFERENCE = re.compile(
    r"\b[^\W\d_a-zß-ÿ]\.|\(\d{4}[a-z]?\)\s*[.,:]|(?i:\bet al\b|\bdoi\b|\barxiv\b|https?:)|[\"“”„«»*_`|]"
    r"|^\W*[^\W\d_a-zß-ÿ]\S+, [^\W\d_a-zß-ÿ]"
)
"""What makes a sentence look like a part of a reference, in which full stops end nothing."""
_SMALL = re.compile(
    r"\b(?!(?:and|und|et|y|e|van|von|vom|zu|de|den|der|del|della|des|di|da|do|dos|du|la|le|lo|las|los|ten|ter|bin|ibn|al|el|af|av|jr)\b)"
    r"[a-zß-ÿ]{2,}"
)
"""A word of a sentence, as no list of names has it."""
_NEXT = re.compile(r"[^\W_]\S*\s+\S")
"""What a sentence behind a complete one looks like: not the reference mark that still belongs to it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer that is complete: sentences, an item of a list, a paragraph."""

    choice: int
    text: str
    start: int
    """Offset in the text of its choice."""
    before: str = ""
    """What stands in front of it, as context."""

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.start + len(self.text)


class Hold:
    """The events of one stream that wait, and the text in them."""

    def __init__(self, mode: Mode) -> None:
        self._mode = mode
        self._texts: dict[int, _Text] = {}
        self._waiting: deque[tuple[Any, tuple[tuple[_Text, int], ...] | None]] = deque()
        self._open = mode is Mode.AFTER
        self.some_left = False
        """Whether any text has left."""

    def put(self, event: Any, added: Sequence[Added] | None) -> None:
        """Take an event, and the text that it adds to each choice; ``None`` where nobody can tell: it waits for everything."""
        if added is None:
            self._waiting.append((event, None))
            return
        places = []
        for each in added:
            text = self._texts.setdefault(each.choice, _Text(each.choice))
            places.append((text, text.put(each.text)))
        self._waiting.append((event, tuple(places)))

    def due(self) -> Iterator[Piece]:
        """What has become complete since the last call; nothing where the whole answer is awaited."""
        if self._mode is Mode.HOLDBACK and not self._open:
            for text in self._texts.values():
                piece = text.due()
                if piece is not None:
                    yield piece

    def let(self, piece: Piece) -> None:
        """Let the text leave up to the end of a piece."""
        text = self._texts[piece.choice]
        text.let(piece.end)

    def let_all(self) -> None:
        """Let everything leave, now and from now on: the whole answer was checked."""
        self._open = True

    def leaving(self) -> Iterator[Any]:
        """The events that may leave, each once."""
        if self._mode is Mode.BUFFER and not self._open:
            return
        while self._waiting and (self._open or _is_free(self._waiting[0][1])):
            event, places = self._waiting.popleft()
            self.some_left = self.some_left or bool(places)
            yield event

    @property
    def texts(self) -> tuple[str, ...]:
        """All text so far, one for each choice in their order."""
        return tuple(self._texts[choice].whole for choice in sorted(self._texts))

    def until(self, piece: Piece) -> tuple[str, ...]:
        """The texts up to the end of a piece: what has left of the others, and of its own choice everything before it too."""
        ends = {choice: text.free for choice, text in self._texts.items()} | {piece.choice: piece.end}
        return tuple(self._texts[choice].whole[: ends[choice]] for choice in sorted(ends))


def _is_free(places: tuple[tuple[_Text, int], ...] | None) -> bool:
    return places is not None and all(end <= text.free for text, end in places)


class _Text:
    """The text of one choice."""

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._gone = ""
        self._held: list[str] = []
        self._stirred_at = 0
        self._length = 0
        self._looked_at = 0
        self._listed = False
        self.free = 0

    def put(self, text: str) -> int:
        """Add text, and say where it ends."""
        self._held.append(text)
        self._length += len(text)
        if _STIRS.search(text):
            self._stirred_at = self._length
        return self._length

    def due(self) -> Piece | None:
        """What is complete and has not been let go."""
        held = self._length - self.free
        behind = self._length - self._stirred_at
        if behind > 2 * _SURE or held - self._looked_at <= max(0, self._looked_at - _SHORT) // _LOOKS_AGAIN:
            return None  # nothing ended lately: whether something did shows by what follows
        text = self._tail()
        end = complete(_LIST + text) - len(_LIST) if self._listed else complete(text)
        end = max(end, 0)
        self._looked_at = held - end
        return Piece(self._choice, text[:end], self.free, self._gone[-CONTEXT:]) if end else None

    def let(self, end: int) -> None:
        text = self._tail()
        said = text[: end - self.free]
        for block in blocks(_LIST + said if self._listed else said):
            self._listed = block.listed
        self._gone += said
        self._held = [text[end - self.free :]]
        self.free = end

    @property
    def whole(self) -> str:
        return self._gone + self._tail()

    def _tail(self) -> str:
        if len(self._held) > 1:
            self._held = ["".join(self._held)]
        return self._held[0] if self._held else ""


def complete(text: str) -> int:
    r"""So many characters of a text that is still being written are complete, so that nothing behind them changes what they say.

    Blocks are complete when another begins. In a paragraph a sentence is, once the next has begun, unless it looks like a part
    of a reference. JSON is complete at its end only. Linear in the length of the text; never raises.

    >>> complete("Tea is a plant. It came to London in 1657. Roe, A. (2019). On tea. Jour")
    43
    >>> complete("1. Roe, A. (2019). On tea. Journal, 3.\n2. Doe, B. (2020). On the price of cof")
    39
    """
    if _JSON.match(text):
        return 0
    found = list(blocks(text))
    if len(found) > 1 and "\n" not in text[found[-1].start :] and len(text) - found[-1].start < _SURE:
        found.pop()  # a few letters may yet turn out to go on with what stands above
    if not found:
        return 0
    end = max(_behind(text, found[-2]) if len(found) > 1 else 0, _within(text, found[-1]))
    return _with_blanks(text, end) if end else 0


def _with_blanks(text: str, end: int) -> int:
    """The end with the blanks behind it, as far as they indent nothing."""
    start = len(text) - len(text[end:].lstrip())
    line = text.rfind("\n", end, start) + 1
    return line or start


def _behind(text: str, block: Block) -> int:
    """The end of a block that others follow, with the fence that closes it."""
    return text.find("\n", block.end) if block.kind is BlockKind.CODE else block.end


def _within(text: str, block: Block) -> int:
    """The end of the last sentence of an open paragraph that is complete; 0 if there is none."""
    if block.kind is not BlockKind.PARAGRAPH or block.listed:
        return 0
    end = 0
    spans = list(sentences(text, block.start))
    for span, behind in pairwise(spans):
        if _may_go_on(text, span) or not _NEXT.match(text, behind.start):
            break
        end = span.end
    return end


def _may_go_on(text: str, span: Span) -> bool:
    """Whether a sentence may be a part of a reference: it looks like one, or holds names only."""
    said = text[span.start : span.end]
    return bool(_IN_REFERENCE.search(said)) or not _SMALL.search(said)
