"""A loopback server that answers as OpenAI's and Anthropic's do, whole and as events, with faults on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
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

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Served

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.status != 200:
            self._send(self.server.status, "application/json", json.dumps({"error": {"message": "no"}}))
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
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
