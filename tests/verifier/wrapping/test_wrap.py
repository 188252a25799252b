from __future__ import annotations

import asyncio
import copy
import gc
import inspect
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from threading import Event, Thread
from types import SimpleNamespace

import anthropic
import openai
import pytest

import verifier
from tests.verifier.wrapping.llm_server import TEXT, Served, chat
from tests.verifier.wrapping.world import ASK, CLAUDE, TITLE, cited
from verifier.wrapping.attach import TABLE, Pending, SideTable, nothing_checked
from verifier.wrapping.background import BACKGROUND, Background


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


@pytest.mark.parametrize("mode", ["after", "buffer", "holdback"])
def test_a_response_that_raises_whatever_it_is_asked_arrives_and_has_a_report(mode: str) -> None:
    class Strange:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError(name)

    given = Strange()
    client = verifier.wrap(SimpleNamespace(create_completion=lambda: given), mode=mode)
    assert client.create_completion() is given
    assert [gap.why for gap in verifier.get_report(given).gaps] == (
        ["the response holds no choice"] if mode == "after" else ["it holds no text", "the response holds no choice"]
    )
    assert verifier.get_report(Strange()).gaps[0].why == "it does not come from a watched client or function"


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    background, more, begun = Background(threads=1), Event(), list[str]()
    assert background.submit(more.wait, Future())
    given_up: Future[None] = Future()
    assert background.submit(lambda: begun.append("given up"), given_up)
    assert background.submit(lambda: begun.append("awaited"), Future())
    given_up.cancel()
    more.set()
    background.wait()
    assert begun == ["awaited"]


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


def test_a_check_that_fails_after_nobody_waits_is_not_logged_by_the_event_loop() -> None:
    told: list[str] = []

    async def ask() -> verifier.Report:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
        pending = Pending()
        report = await pending.areport(0.01)
        pending.future.set_exception(verifier.CheckFailed("checking the text failed"))
        await asyncio.sleep(0.01)
        del pending
        gc.collect()  # what nobody looked at is told when it goes
        return report

    assert "not finished" in asyncio.run(ask()).gaps[0].why
    assert told == []
