"""Who asks the proxy: the real clients, and the streams that their APIs send."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import openai
import requests

from tests.verifier.server.proxy.world import World
from tests.verifier.wrapping.llm_server import chunks
from tests.verifier.wrapping.llm_server import events as claude_events

ASK: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Name a paper."}]}
CLAUDE: dict[str, Any] = {**ASK, "max_tokens": 50}
GOOD = "See Turing [verified] \u5317\u4eac \U0001f30d"
BAD = "See Turing [verified] [fabricated]"
STREAM = {**ASK, "stream": True}


def openai_client(running: World) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{running.url}/v1", api_key="sk-caller", max_retries=0)


def claude_client(running: World) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=running.url, api_key="sk-caller", max_retries=0)


def stream_of(text: str) -> list[bytes]:
    return [f"data: {each}\n\n".encode() for each in chunks(text)]


def claude_stream_of(text: str) -> list[bytes]:
    found = [
        f"event: {each['type']}\ndata: {json.dumps(each, ensure_ascii=False)}\n\n".encode()
        for each in claude_events(text)
    ]
    return [b"".join(found)]


def response_events(text: str) -> list[dict[str, Any]]:
    content = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": "i", "type": "message", "role": "assistant", "status": "completed", "content": [content]}
    empty = {"id": "r", "object": "response", "created_at": 1, "model": "m", "status": "in_progress", "output": []}
    place = {"output_index": 0, "content_index": 0, "item_id": "i"}
    return [
        {"type": "response.created", "sequence_number": 0, "response": empty},
        {
            "type": "response.output_item.added",
            "sequence_number": 1,
            "output_index": 0,
            "item": {**item, "content": [], "status": "in_progress"},
        },
        {
            "type": "response.content_part.added",
            "sequence_number": 2,
            **place,
            "part": {"type": "output_text", "text": "", "annotations": []},
        },
        {"type": "response.output_text.delta", "sequence_number": 3, **place, "delta": text, "logprobs": []},
        {"type": "response.output_text.done", "sequence_number": 4, **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", "sequence_number": 5, **place, "part": content},
        {"type": "response.output_item.done", "sequence_number": 6, "output_index": 0, "item": item},
        {
            "type": "response.completed",
            "sequence_number": 7,
            "response": {**empty, "status": "completed", "output": [item]},
        },
    ]


def response_stream_of(text: str) -> list[bytes]:
    return [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in response_events(text)]


def post(running: World, **more: Any) -> requests.Response:
    return requests.post(f"{running.url}/v1/chat/completions", json={**ASK, **more}, timeout=20)


def last_of(text: str) -> dict[str, Any]:
    """The verification that a stream ended with."""
    datas = [line[6:] for line in text.splitlines() if line.startswith("data: {")]
    told: dict[str, Any] = json.loads(datas[-1])["verification"]
    return told
