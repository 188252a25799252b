from __future__ import annotations

import asyncio
import copy
import gc
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from threading import Thread
from types import SimpleNamespace
from typing import Any, ClassVar, Self

import anthropic
import openai
import pytest

import verifier
from tests.verifier.wrapping.llm_server import TEXT, Served, chat, chunks, delta, events, response_events, serving
from verifier.wrapping.anthropic import AnthropicShape
from verifier.wrapping.attach import TABLE, SideTable, nothing_checked
from verifier.wrapping.background import BACKGROUND, Background
from verifier.wrapping.openai import OpenAIShape

ASK = {"model": "m", "messages": [{"role": "user", "content": "Name a paper."}]}
CLAUDE = {**ASK, "max_tokens": 50}


@pytest.fixture
def server() -> Iterator[Served]:
    with serving() as running:
        yield running


@pytest.fixture
def client(server: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as made:
        yield verifier.wrap(made)


@pytest.fixture
def claude(server: Served) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key="k", max_retries=0) as made:
        yield verifier.wrap(made)


def cited(report: verifier.Report) -> list[str]:
    return [finding.checked.reference.fields.title for finding in report.findings]


TITLE = "On the weight of small things"


def test_an_answer_is_what_it_was_and_has_a_report(server: Served, client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(**ASK)
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k") as plain:
        untouched = plain.chat.completions.create(**ASK)
    assert type(answer) is type(untouched)
    assert answer == untouched
    assert answer.model_dump_json() == untouched.model_dump_json()
    assert copy.deepcopy(answer) == answer
    assert cited(verifier.get_report(answer, timeout=30)) == [TITLE]


def test_a_stream_still_streams_and_is_checked_at_its_end(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(**ASK, stream=True)
    assert isinstance(stream, openai.Stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert text == TEXT
    assert cited(verifier.get_report(stream, timeout=30)) == [TITLE]


def test_a_stream_that_was_left_says_that_it_was_not_checked(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(**ASK, stream=True)
    next(stream)
    stream.close()
    report = verifier.get_report(stream, timeout=30)
    assert (cited(report), [gap.what for gap in report.gaps]) == ([], ["the answer"])


def test_a_stream_that_ends_before_its_end_accuses_nobody(server: Served, client: openai.OpenAI) -> None:
    server.finish = None
    stream = client.chat.completions.create(**ASK, stream=True)
    assert len(list(stream)) > 3
    report = verifier.get_report(stream, timeout=30)
    assert report.findings == ()
    assert [gap.why for gap in report.gaps] == ["the stream ended before the model said that it was done"]


def test_coroutines_are_watched_too(server: Served) -> None:
    async def run() -> tuple[str, list[str], list[str]]:
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="k") as made:
            client = verifier.wrap(made)
            answer = await client.chat.completions.create(**ASK)
            stream = await client.chat.completions.create(**ASK, stream=True)
            text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])
            reports = [await verifier.aget_report(each, timeout=30) for each in (answer, stream)]
            return text, cited(reports[0]), cited(reports[1])

    assert asyncio.run(run()) == (TEXT, [TITLE], [TITLE])


def test_anthropics_messages_whole_and_streamed(claude: anthropic.Anthropic) -> None:
    answer = claude.messages.create(**CLAUDE)
    stream = claude.messages.create(**CLAUDE, stream=True)
    kinds = [event.type for event in stream]
    assert (kinds[0], kinds[-1]) == ("message_start", "message_stop")
    assert [cited(verifier.get_report(each, timeout=30)) for each in (answer, stream)] == [[TITLE], [TITLE]]


def test_several_choices_are_checked_each(server: Served, client: openai.OpenAI) -> None:
    server.body = chat(TEXT, TEXT.replace("weight", "colour"))
    report = verifier.get_report(client.chat.completions.create(**ASK, n=2), timeout=30)
    assert cited(report) == [TITLE, TITLE.replace("weight", "colour")]
    assert report.inputs == ("answer 1", "answer 2")


@pytest.mark.parametrize(
    ("body", "gap"),
    [
        (chat(""), "the text's claims"),
        ({**chat(""), "choices": []}, "the answer"),
        (chat("", refusal="no"), "the answer"),
        (
            chat("", tool_calls=[{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}]),
            "the arguments of tool calls",
        ),
    ],
    ids=["empty", "no choice", "refusal", "tool call"],
)
def test_what_is_no_text_is_a_gap_and_never_clean(server: Served, client: openai.OpenAI, body: dict, gap: str) -> None:
    server.body = body
    report = verifier.get_report(client.chat.completions.create(**ASK), timeout=30)
    assert report.findings == ()
    assert gap in [each.what for each in report.gaps]


@pytest.mark.parametrize(("status", "error"), [(429, openai.RateLimitError), (500, openai.InternalServerError)])
def test_the_programs_own_errors_reach_it(
    server: Served, client: openai.OpenAI, status: int, error: type[Exception]
) -> None:
    server.status = status
    with pytest.raises(error):
        client.chat.completions.create(**ASK)


def test_a_check_that_fails_raises_nothing_into_the_call(server: Served) -> None:
    class Broken(verifier.Checker):
        def check(self, subject: object) -> verifier.Report:
            raise RuntimeError("broken")

    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k") as made:
        answer = verifier.wrap(made, checker=Broken()).chat.completions.create(**ASK)
    report = verifier.get_report(answer, timeout=30)
    assert answer.choices[0].message.content == TEXT
    assert "RuntimeError" in report.gaps[0].why


def test_a_client_made_of_a_watched_one_is_watched(client: openai.OpenAI) -> None:
    answer = client.with_options(timeout=5).chat.completions.create(**ASK)
    assert cited(verifier.get_report(answer, timeout=30)) == [TITLE]


def test_a_llama_of_dicts_and_generators_is_known_by_its_shape() -> None:
    class Llama:
        def create_chat_completion(self, messages: list, stream: bool = False) -> object:
            if not stream:
                return chat(TEXT)
            return (
                {"choices": [{"index": 0, "delta": {"content": c}, "finish_reason": end}]}
                for c, end in [(TEXT, None), ("", "stop")]
            )

    llama = verifier.wrap(Llama())
    whole = llama.create_chat_completion(messages=ASK["messages"])
    stream = llama.create_chat_completion(messages=ASK["messages"], stream=True)
    assert whole == chat(TEXT)
    assert "".join(each["choices"][0]["delta"]["content"] for each in stream) == TEXT
    assert [cited(verifier.get_report(each, timeout=30)) for each in (whole, stream)] == [[TITLE], [TITLE]]


def test_what_was_never_watched_is_a_gap() -> None:
    assert verifier.get_report("an answer").gaps[0].why == "it does not come from a watched client or function"


def test_a_client_of_no_known_shape_is_refused_in_one_sentence() -> None:
    with pytest.raises(TypeError, match="object has no call that verifier"):
        verifier.wrap(object())


def test_reports_live_no_longer_than_their_responses(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(**ASK)
    verifier.get_report(answer, timeout=30)
    gc.collect()
    before = len(TABLE)
    del answer
    gc.collect()
    assert len(TABLE) == before - 1
    table = SideTable(kept=2)
    for _ in range(5):
        table.attach({}, object())  # type: ignore[arg-type]
    assert len(table) == 2


def test_wrapping_opens_nothing() -> None:
    code = (
        "import threading, verifier\n"
        "class C:\n    def create_completion(self): return {}\n"
        "verifier.wrap(C())\n"
        "import sys\n"
        "print(threading.active_count(), sorted({'requests', 'sqlalchemy', 'tantivy', 'llama_cpp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1 []"


def test_a_stream_of_another_kind_is_left_alone_and_its_report_says_so() -> None:
    class Stream:
        headers: ClassVar = {"x": "1"}

        def __iter__(self) -> Stream:
            return self

        def __next__(self) -> dict:
            raise StopIteration

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    given = Stream()
    client = verifier.wrap(SimpleNamespace(create_completion=lambda **_request: given))
    answer = client.create_completion(stream=True)
    with answer as opened:
        assert (opened is given, opened.headers) == (True, {"x": "1"})
    assert [gap.why for gap in verifier.get_report(answer).gaps] == ["a stream of this kind cannot be read along"]


def test_generators_and_coroutine_functions_stay_what_they_are() -> None:
    async def create(**_request: object) -> dict:
        return chat(TEXT)

    client = verifier.wrap(
        SimpleNamespace(create_completion=create, create_chat_completion=lambda **_request: (each for each in ()))
    )
    assert inspect.iscoroutinefunction(client.create_completion)
    assert inspect.isgenerator(client.create_chat_completion())
    assert asyncio.run(client.create_completion()) == chat(TEXT)


def test_a_report_that_is_asked_for_too_early_comes_later() -> None:
    def events() -> Iterator[dict]:
        for text, end in ((TEXT, None), ("", "stop")):
            yield {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": end}]}

    stream = verifier.wrap(SimpleNamespace(create_completion=events)).create_completion()
    next(stream)
    assert [gap.why for gap in verifier.get_report(stream).gaps] == ["the stream was not read to its end"]
    assert len(list(stream)) == 1
    assert cited(verifier.get_report(stream, timeout=30)) == [TITLE]


CUT = f"A fine paper is\n{TEXT[:-12]}"


@pytest.mark.parametrize(
    ("path", "response"),
    [
        ("messages.create", {"content": [{"type": "text", "text": CUT}], "stop_reason": reason})
        for reason in ("max_tokens", "model_context_window_exceeded", "pause_turn", "something_new", None)
    ]
    + [
        ("create_completion", {"choices": [{"message": {"content": CUT}, "finish_reason": reason}]})
        for reason in ("length", "something_new", None)
    ],
)
def test_half_a_citation_is_never_judged_whatever_cut_it(path: str, response: dict) -> None:
    client: Any = SimpleNamespace()
    owner = client
    if "." in path:
        owner = client.messages = SimpleNamespace()
    setattr(owner, path.rpartition(".")[2], lambda **_request: response)
    verifier.wrap(client)
    report = verifier.get_report(getattr(owner, path.rpartition(".")[2])(), timeout=30)
    assert report.findings == ()
    assert "the last line of the answer" in [gap.what for gap in report.gaps]


@pytest.mark.parametrize(
    "text",
    ['{"%s": 1}' % TEXT, '{"works": ["%s"]}' % TEXT, "[" * 60 + f'"{TEXT}"' + "]" * 60],  # noqa: UP031
    ids=["a name", "a value", "very deep"],
)
def test_citations_in_structured_output_are_found_wherever_they_stand(text: str) -> None:
    answer = verifier.wrap(SimpleNamespace(create_completion=lambda: chat(text))).create_completion()
    assert cited(verifier.get_report(answer, timeout=30)) == [TITLE]


@pytest.mark.parametrize(
    ("content", "gaps"),
    [(TEXT, []), ([{"type": "text", "text": TEXT}, {"type": "hologram"}], ["a part of the answer"])],
)
def test_parts_of_a_message_that_are_not_read_are_gaps(content: object, gaps: list[str]) -> None:
    client = SimpleNamespace(messages=SimpleNamespace(create=lambda: {"content": content, "stop_reason": "end_turn"}))
    report = verifier.get_report(verifier.wrap(client).messages.create(), timeout=30)
    assert cited(report) == [TITLE]
    assert [gap.what for gap in report.gaps if gap.what == "a part of the answer"] == gaps


def test_an_answer_is_checked_once_however_often_it_is_wrapped_and_whoever_calls_whom() -> None:
    class Counting(verifier.Checker):
        checked = 0

        def check(self, subject: object) -> verifier.Report:
            Counting.checked += 1
            return super().check(subject)

    class Llama:
        def create_completion(self) -> dict:
            return chat(TEXT)

        def create_chat_completion(self) -> dict:
            return self.create_completion()

    checker = Counting()
    llama = verifier.wrap(verifier.wrap(Llama(), checker=checker), checker=checker)
    verifier.get_report(llama.create_chat_completion(), timeout=30)
    BACKGROUND.wait()
    assert Counting.checked == 1


def test_a_raw_response_is_read_and_stays_what_it_was(client: openai.OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(**ASK)
    assert raw.http_response.json() == chat(TEXT)
    assert [cited(verifier.get_report(each, timeout=30)) for each in (raw, raw.parse())] == [[TITLE], [TITLE]]


def test_work_goes_on_where_a_thread_could_not_be_started_or_a_future_was_settled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    background = Background(threads=1)
    report = nothing_checked("the answer", "a test")
    with monkeypatch.context() as patched:
        patched.setattr(Thread, "start", refuse)
        assert not background.submit(lambda: report, Future())
    settled: Future[verifier.Report] = Future()
    settled.set_result(report)
    assert background.submit(lambda: report, settled)
    later: Future[verifier.Report] = Future()
    assert background.submit(lambda: report, later)
    assert later.result(timeout=30) is report


def refuse(_thread: Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_the_first_answer_tells_once_who_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    client = verifier.wrap(SimpleNamespace(create_completion=lambda: chat(TEXT)))
    with caplog.at_level("INFO", logger="verifier"):
        for _ in range(2):
            verifier.get_report(client.create_completion(), timeout=30)
    assert [record.getMessage() for record in caplog.records if "background" in record.getMessage()] == [
        "answers are checked in the background; asked over the network: nobody"
    ]


def by_helper(client: openai.OpenAI) -> Any:
    stream = getattr(client.chat.completions, "stream", None) or client.beta.chat.completions.stream
    with stream(**ASK) as helped:
        assert helped.get_final_completion().choices[0].message.content == TEXT
    return helped


def by_parse(client: openai.OpenAI) -> Any:
    parse = getattr(client.chat.completions, "parse", None) or client.beta.chat.completions.parse
    return parse(**ASK)


def by_raw_stream(client: openai.OpenAI) -> Any:
    raw = client.chat.completions.with_raw_response.create(**ASK, stream=True)
    assert len(list(raw.parse())) > 3
    return raw


def by_streaming_response(client: openai.OpenAI) -> Any:
    with client.chat.completions.with_streaming_response.create(**ASK) as raw:
        assert [gap.why for gap in verifier.get_report(raw).gaps] == [
            "the response is a raw one, whose text was not read by parse()"
        ]
        assert raw.parse().choices[0].message.content == TEXT
    return raw


def by_streaming_response_of_a_stream(client: openai.OpenAI) -> Any:
    with client.chat.completions.with_streaming_response.create(**ASK, stream=True) as raw:
        stream = raw.parse()
        assert len(list(stream)) > 3
    return stream


@pytest.mark.parametrize(
    "way", [by_helper, by_parse, by_raw_stream, by_streaming_response, by_streaming_response_of_a_stream]
)
def test_other_ways_to_ask_are_watched_too(client: openai.OpenAI, way: Any) -> None:
    assert cited(verifier.get_report(way(client), timeout=30)) == [TITLE]


def test_bytes_that_were_read_past_the_check_are_a_gap(client: openai.OpenAI) -> None:
    with client.chat.completions.with_streaming_response.create(**ASK) as raw:
        assert TEXT in raw.text()
    assert [gap.why for gap in verifier.get_report(raw).gaps] == [
        "the response is a raw one, whose text was not read by parse()"
    ]


def test_the_helpers_of_coroutines_are_watched_too(server: Served) -> None:
    async def run() -> list[list[str]]:
        async with (
            openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="k") as made,
            anthropic.AsyncAnthropic(base_url=server.url, api_key="k") as other,
        ):
            client, claude = verifier.wrap(made), verifier.wrap(other)
            async with claude.messages.stream(**CLAUDE) as helped:
                assert await helped.get_final_text() == TEXT
            chat_ = getattr(client.chat.completions, "stream", None) or client.beta.chat.completions.stream
            async with chat_(**ASK) as helped_too:
                assert (await helped_too.get_final_completion()).choices[0].message.content == TEXT
            async with client.chat.completions.with_streaming_response.create(**ASK) as raw:
                assert (await raw.parse()).choices[0].message.content == TEXT
            return [cited(await verifier.aget_report(each, timeout=30)) for each in (helped, helped_too, raw)]

    assert asyncio.run(run()) == [[TITLE], [TITLE], [TITLE]]


def test_the_helper_of_anthropic_is_watched(claude: anthropic.Anthropic) -> None:
    with claude.messages.stream(**CLAUDE) as helped:
        assert "".join(helped.text_stream) == TEXT
    assert cited(verifier.get_report(helped, timeout=30)) == [TITLE]


class Attributes(SimpleNamespace):
    """An event as the packages make it, of decoded JSON."""

    @classmethod
    def of(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return cls(**{name: cls.of(inner) for name, inner in value.items()})
        return [cls.of(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", [lambda event: event, Attributes.of], ids=["dicts", "objects"])
@pytest.mark.parametrize(
    ("shape", "stream"),
    [
        (OpenAIShape(), [json.loads(each) for each in chunks(TEXT)[:-1]]),
        (OpenAIShape(), [json.loads(delta(each, index=n)) for n, each in enumerate([TEXT, "", "b"])]),
        (
            OpenAIShape(),
            [{"choices": [{"text": "Tea", "finish_reason": None}]}, {"choices": [{"finish_reason": "stop"}]}],
        ),
        (OpenAIShape(), [json.loads(delta(tool_calls=[{}])), json.loads(delta(finish="length")), {"error": {"a": 1}}]),
        (OpenAIShape(), response_events(TEXT, TEXT)),
        (AnthropicShape(), events(TEXT)),
        (AnthropicShape(), [*events(TEXT)[:3], {"type": "ping"}, {"type": "error", "error": {}}]),
    ],
)
def test_reading_without_waiting_for_the_text_reads_the_same(shape: Any, stream: list[dict], kind: Any) -> None:
    slow, quick = shape.reading(), shape.reading()
    for event in stream:
        slow.feed(kind(event))
        quick.note(kind(event))
    assert quick.answer() == slow.answer()
    assert quick.finished == slow.finished
