"""A loopback server that answers as OpenAI's and Anthropic's do, whole and as events, with faults on demand.

A test may say what the next streams are, line by line: see ``Served.script``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

TEXT = "Roe, A. and Doe, B. (2019). On the weight of small things. Journal of Tests, 12(3), 45-67."


def chat(*texts: str, **message: Any) -> dict[str, Any]:
    choices = [
        {"index": n, "finish_reason": "stop", "message": {"role": "assistant", "content": text, **message}}
        for n, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": choices, "usage": usage}


def chunks(text: str, *, finish: str | None = "stop") -> list[str]:
    def chunk(delta: dict[str, Any], end: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        return json.dumps(
            {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        )

    found = [chunk({"role": "assistant", "content": ""})]
    found += [chunk({"content": text[at : at + 7]}) for at in range(0, len(text), 7)]
    usage = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": None}
    return [*found, *([chunk({}, finish), json.dumps(usage), "[DONE]"] if finish else [])]


def delta(content: str | None = None, *, index: int = 0, finish: str | None = None, **more: Any) -> str:
    """One chunk of a chat completion."""
    choice = {"index": index, "delta": {**({} if content is None else {"content": content}), **more}}
    choices = [{**choice, "finish_reason": finish}]
    return json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices})


def response(text: str, status: str = "completed") -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    output = [{"id": "o", "type": "message", "role": "assistant", "status": "completed", "content": content}]
    more = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "created_at": 1, "model": "m"}
    return {"id": "r", "object": "response", "status": status, "output": output, **more}


def response_events(*pieces: str) -> list[dict[str, Any]]:
    """The events of OpenAI's Responses API."""
    place = {"item_id": "o", "output_index": 0, "content_index": 0}
    text = "".join(pieces)
    item = {"id": "o", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    found: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**response(""), "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **place, "part": part},
        *({"type": "response.output_text.delta", **place, "delta": each, "logprobs": []} for each in pieces),
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": {**part, "text": text}},
        {"type": "response.output_item.done", "output_index": 0, "item": response(text)["output"][0]},
        {"type": "response.completed", "response": response(text)},
    ]
    return [{**each, "sequence_number": number} for number, each in enumerate(found)]


def message(text: str) -> dict[str, Any]:
    usage = {"input_tokens": 1, "output_tokens": 2}
    content = [{"type": "text", "text": text}]
    start = {"id": "a", "type": "message", "role": "assistant", "model": "m"}
    return {**start, "content": content, "stop_reason": "end_turn", "stop_sequence": None, "usage": usage}


def events(text: str) -> list[dict[str, Any]]:
    begun = {**message(""), "content": [], "stop_reason": None}
    return [
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": c}} for c in text),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 2},
        },
        {"type": "message_stop"},
    ]


class Served(ThreadingHTTPServer):
    """What the next requests get."""

    body: dict[str, Any] | None = None
    status = 200
    finish: str | None = "stop"
    script: Sequence[str | Event] | None = None
    """Data of the events of the next streams; an ``Event`` is waited for. Without it ``TEXT`` is streamed."""
    requests = 0
    gone: Event
    """Set when a client had closed its connection before a stream had ended."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Served

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests += 1
        if self.server.status != 200:
            self._send(self.server.status, "application/json", json.dumps({"error": {"message": "no"}}))
        elif request.get("stream") and self.server.script is not None:
            self._play(self.server.script)
        elif self.path.endswith("/messages"):
            if request.get("stream"):
                lines = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events(TEXT)]
                self._send(200, "text/event-stream", "".join(lines))
            else:
                self._send(200, "application/json", json.dumps(self.server.body or message(TEXT)))
        elif request.get("stream"):
            lines = [f"data: {each}\n\n" for each in chunks(TEXT, finish=self.server.finish)]
            self._send(200, "text/event-stream", "".join(lines))
        else:
            self._send(200, "application/json", json.dumps(self.server.body or chat(TEXT)))

    def _play(self, script: Sequence[str | Event]) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for step in script:
                if isinstance(step, Event):
                    if not step.wait(20):
                        return
                else:
                    kind = json.loads(step).get("type") if step.startswith("{") else None
                    self.wfile.write((f"event: {kind}\n" if kind else "").encode() + f"data: {step}\n\n".encode())
                    self.wfile.flush()
        except OSError:
            self.server.gone.set()

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[Served]:
    server = Served(("127.0.0.1", 0), Handler)
    server.gone = Event()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
