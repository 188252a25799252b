"""The stream of a watched answer, from a model of which every score is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from probes.recorder import ScoredTrace
from probes.types import TokenTrace
from verifier.cli.heat import HeatStream

PIECES = (
    "It",
    " was",
    " painted",
    " by",
    " Edvard",
    " Mun",
    "ch",
    " in",
    " 1",
    "8",
    "9",
    "3",
    ",",
    " they",
    " say",
    ".",
)
LONG = ("In the north there is a picture that nearly everybody knows, even those who saw it never.",)
DOUBTFUL = {" Edvard", " Mun", "ch"}


@dataclass
class Engine:
    """Writes PIECES; a token has its score once the next one is written."""

    traces: list[TokenTrace] = field(default_factory=list)

    def write(self, piece: str) -> None:
        start = self.traces[-1].end if self.traces else 0
        self.traces.append(TokenTrace(len(self.traces), piece, start, start + len(piece), -1.0, 1.0))

    def scored(self, *, final: bool = False) -> list[ScoredTrace]:
        known = self.traces if final else self.traces[:-1]
        return [ScoredTrace(trace, 0.9 if trace.text in DOUBTFUL else 0.1) for trace in known]

    def risk(self, start: int, end: int) -> float | None:
        inside = [trace.text for trace in self.traces if trace.start < end and trace.end > start]
        return 0.93 if set(inside) & DOUBTFUL else 0.05


def written(capsys, *, coloured: bool, pieces: tuple[str, ...] = LONG + PIECES) -> list[str]:
    """What stood on standard output after each token, and at the end."""
    engine, output, seen = Engine(), "", []
    stream = HeatStream(engine, 0.5, coloured)
    for piece in pieces:
        engine.write(piece)
        stream.show(piece)
        output += capsys.readouterr().out
        seen.append(output)
    stream.finish()
    return [*seen, output + capsys.readouterr().out]


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_doubtful_span_is_marked_one_token_behind_its_end(capsys: pytest.CaptureFixture) -> None:
    seen = [plain(each).removeprefix(LONG[0]) for each in written(capsys, coloured=True)]
    end = len(LONG) + PIECES.index("ch")
    assert "Edvard" not in seen[end]
    assert seen[end + 1] == "It was painted by Edvard Munch ▲93%"
    assert seen[-1] == "It was painted by Edvard Munch ▲93% in 1893, they say.\n\n"


def test_a_short_answer_is_marked_as_a_whole_at_its_end(capsys: pytest.CaptureFixture) -> None:
    whole = plain(written(capsys, coloured=True, pieces=PIECES)[-1])
    assert whole == "It was painted by Edvard Munch in 1893, they say ▲93%.\n\n"


def test_a_doubtful_span_at_the_end_of_a_long_answer_is_marked(capsys: pytest.CaptureFixture) -> None:
    whole = plain(written(capsys, coloured=True, pieces=LONG + PIECES[:7])[-1])
    assert whole.endswith("Edvard Munch ▲93%\n\n")


def test_doubtful_tokens_stand_on_a_colour_and_are_underlined(capsys: pytest.CaptureFixture) -> None:
    whole = written(capsys, coloured=True)[-1]
    assert re.search(r"\x1b\[4;[0-9;]*4[0-9][0-9;]*m Edvard", whole)
    assert not re.search(r"\x1b\[[0-9;]*m painted", whole)


def test_without_colour_the_text_comes_as_it_is_written(capsys: pytest.CaptureFixture) -> None:
    seen = written(capsys, coloured=False, pieces=PIECES)
    assert seen == ["".join(PIECES[: n + 1]) for n in range(len(PIECES))] + ["".join(PIECES) + "\n\n"]
