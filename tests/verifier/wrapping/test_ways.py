"""The other ways in which the packages let a program ask."""

from __future__ import annotations

import asyncio
from typing import Any

import anthropic
import openai
import pytest

import verifier
from tests.verifier.wrapping.llm_server import TEXT, Served, chat
from tests.verifier.wrapping.world import ASK, BAD, CLAUDE, MODES, STRICT, TITLE, cited, registries


def test_a_raw_response_is_read_and_stays_what_it_was(client: openai.OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(**ASK)
    assert raw.http_response.json() == chat(TEXT)
    assert [cited(verifier.get_report(each, timeout=30)) for each in (raw, raw.parse())] == [[TITLE], [TITLE]]


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


@pytest.mark.parametrize(
    "raw",
    [
        lambda client: client.chat.completions.with_raw_response,
        lambda client: client.chat.with_raw_response.completions,
        pytest.param(
            lambda client: client.with_raw_response.chat.completions,
            marks=pytest.mark.skipif(
                not hasattr(openai.OpenAI, "with_raw_response"), reason="old versions make it with the client"
            ),
        ),
    ],
)
def test_a_raw_way_that_was_used_before_the_client_was_wrapped_is_watched_too(server: Served, raw: Any) -> None:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as client:
        for mode in ("after", *MODES):
            assert TEXT in raw(client).create(**ASK).text
            verifier.wrap(client, mode=mode, registries=registries(), policy=STRICT, timeout=30)
            assert cited(verifier.get_report(raw(client).create(**ASK))) == [TITLE]
        server.body = chat(BAD)
        with pytest.raises(verifier.Blocked):
            raw(client).create(**ASK)
