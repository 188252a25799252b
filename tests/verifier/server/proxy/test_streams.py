from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.wrapping.llm_server import TEXT, chunks, events
from verifier.server.proxy.streams import MAX_EVENT, EventCutter, WatchedStream, data_of
from verifier.wrapping.anthropic import AnthropicShape
from verifier.wrapping.openai import OpenAIShape


def cut_up(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({min(place, len(data)) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(ends)]


def sse(*payloads: str) -> bytes:
    return b"".join(f"data: {each}\n\n".encode() for each in payloads)


def delta(text: str, finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return json.dumps({"id": "c", "choices": [choice]}, ensure_ascii=False)


def through(data: list[bytes], *, cut: bool = False) -> tuple[bytes, WatchedStream]:
    stream = WatchedStream(OpenAIShape())
    passed = b"".join(event.raw for each in data for event in stream.feed(each)) + stream.close(cut=cut).raw
    return passed, stream


@given(st.lists(st.integers(0, 80)), st.sampled_from([b"\n\n", b"\r\n\r\n", b"\r\r"]))
def test_events_are_cut_at_their_ends_wherever_the_network_cut_them(places: list[int], end: bytes) -> None:
    whole = [b"data: {}" + end, b": waiting" + end, b"event: x" + end[: len(end) // 2] + b"data: \xe5\x8c\x97" + end]
    cutter = EventCutter()
    found = [event for piece in cut_up(b"".join(whole), places) for event in cutter.feed(piece)]
    joined = b"".join(found) + cutter.rest
    assert (b"".join(whole), 3 if end != b"\r\n\r\n" else len(found)) == (joined, len(found))


@given(st.lists(st.integers(0, 700)))
def test_a_stream_passes_byte_for_byte_and_in_order_with_its_end_kept_back(places: list[int]) -> None:
    body = b": hello\n\n" + sse(delta("Caf\u00e9 \u5317\u4eac "), delta("\U0001f30d", "stop"), "[DONE]")
    passed, stream = through(cut_up(body, places))
    assert (body, b"data: [DONE]\n\n") == (passed + stream.ending, stream.ending)
    assert stream.answer.texts == ("Caf\u00e9 \u5317\u4eac \U0001f30d",)


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)))
def test_garbage_passes_unchanged_and_is_said_not_to_be_read(garbage: bytes, places: list[int]) -> None:
    passed, stream = through(cut_up(garbage, places))
    assert (passed + stream.ending).startswith(garbage.rstrip()) or b"[DONE]" in garbage
    assert stream.answer.broken


def test_events_that_cannot_be_read_are_counted_and_the_others_are_read() -> None:
    body = sse(delta("ok"), ": OPENROUTER PROCESSING", "[1, 2]", delta("", "stop"), "[DONE]")
    passed, stream = through([body])
    assert body == passed + stream.ending
    assert stream.answer.texts == ("ok",)
    assert [gap.what for gap in stream.answer.gaps] == ["1 event of the stream"]


def test_an_event_behind_a_byte_order_mark_is_read() -> None:
    passed, stream = through([b"\xef\xbb\xbf" + sse(delta("ok", "stop"), "[DONE]")])
    assert passed.startswith(b"\xef\xbb\xbfdata: ")
    assert (stream.answer.texts, stream.answer.gaps) == (("ok",), ())


@pytest.mark.parametrize("odd", [b' data: {"a": 1}\n\n', b"nonsense\n\n", b"event: x\nnonsense\n\n", b"\xff\r\r"])
def test_what_is_no_event_is_counted_between_events_that_are(odd: bytes) -> None:
    passed, stream = through([odd + b": waiting\nid: 1\nretry: 5\n\n" + sse(delta("ok", "stop"), "[DONE]")])
    assert passed.startswith(odd)
    assert [gap.what for gap in stream.answer.gaps] == ["1 event of the stream"]


def test_nothing_behind_the_end_passes_wherever_the_network_cut_it() -> None:
    whole = sse(delta("ok", "stop"), "[DONE]")
    for data in ([whole + sse(delta("more"))], [whole + b"data: half"]):
        passed, stream = through(data)
        assert passed + stream.ending == whole


def test_a_stream_without_its_end_is_broken_and_can_be_followed_by_another_event() -> None:
    passed, stream = through([sse(delta("half")), b"data: {"], cut=True)
    assert (sse(delta("half")), b"") == (passed, stream.ending)
    assert stream.answer.broken == "the stream ended before the model said that it was done"


def test_an_end_without_a_blank_line_is_an_end() -> None:
    passed, stream = through([sse(delta("all", "stop")) + b"data: [DONE]"])
    assert (sse(delta("all", "stop")), b"data: [DONE]\n\n") == (passed, stream.ending)


def test_an_event_without_end_is_passed_on_and_no_longer_kept() -> None:
    stream = WatchedStream(OpenAIShape())
    passed = b"".join(event.raw for _ in range(8) for event in stream.feed(b"x" * 300_000))
    assert 8 * 300_000 - MAX_EVENT < len(passed) <= 8 * 300_000
    assert stream.close(cut=False).raw == b"\n\n"
    assert [gap.what for gap in stream.answer.gaps] == ["the rest of the stream"]


def test_anthropics_events_are_read_with_pings_and_unknown_kinds_between() -> None:
    lines = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in events(TEXT)]
    odd = [b"event: ping\ndata: \n\n", b'event: brand_new\ndata: {"type": "brand_new"}\n\n']
    stream = WatchedStream(AnthropicShape())
    body = b"".join([lines[0], *odd, *lines[1:]])
    assert body == b"".join(event.raw for event in stream.feed(body)) + stream.close(cut=False).raw
    assert (stream.answer.texts, stream.answer.gaps) == ((TEXT,), ())


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (b"data: a\n\n", b"a"),
        (b"data:a\r\n\r\n", b"a"),
        (b"event: x\ndata: {\ndata: }\n\n", b"{\n}"),
        (b": comment\n\n", None),
        (b"event: ping\ndata: \n\n", None),
        (b"\n\n", None),
    ],
)
def test_the_data_of_an_event(event: bytes, data: bytes | None) -> None:
    assert data == data_of(event)


def test_usage_and_preamble_chunks_without_choices_change_nothing() -> None:
    body = sse('{"choices": [], "prompt_filter_results": [{}]}', *chunks(TEXT))
    passed, stream = through([body])
    assert (body, (TEXT,)) == (passed + stream.ending, stream.answer.texts)
