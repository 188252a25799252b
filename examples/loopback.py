"""What the examples need where there is no key: a small model and registries on loopback.

The model speaks as OpenAI's server does, and streams a few words at a time. It names a work that exists; asked to invent
one, it puts the DOI of that work to a title that exists nowhere.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from citations.testing.replay import read_works
from citations.testing.server import REGISTRIES, RegistryServer

GOOD = """Here is a paper that you could read:

1. Turing, A. M. (1937). On computable numbers, with an application to the Entscheidungsproblem. Proceedings of the \
London Mathematical Society, s2-42, 230-265. doi:10.1112/plms/s2-42.1.230

Shall I name another?
"""
BAD = """Here is a paper that you could read:

1. Quimby, R. and Vantongeren, L. (2019). Undecidable gardens of the northern lakes. Journal of Lattice Botany, 12, 45-67. \
doi:10.1112/plms/s2-42.1.230

It is worth your time. Ask me for more.
"""
WORDS = 18
"""Characters of a chunk of a stream."""


class SmallModel(BaseHTTPRequestHandler):
    """Answers a chat, whole or as a stream, with one of two texts."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer as asked."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = BAD if "invent" in asked["messages"][-1]["content"].lower() else GOOD
        named = {"id": "c", "created": 1, "model": asked["model"]}
        if asked.get("stream"):
            self._stream({**named, "object": "chat.completion.chunk"}, text)
            return
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        self._head("application/json")
        self.wfile.write(json.dumps({**named, "object": "chat.completion", "choices": [choice]}).encode())

    def _stream(self, named: dict[str, Any], text: str) -> None:
        self._head("text/event-stream")
        pieces = [text[start : start + WORDS] for start in range(0, len(text), WORDS)]
        deltas: list[tuple[dict[str, str], str | None]] = [({"content": each}, None) for each in pieces]
        try:
            for delta, finish in [*deltas, ({}, "stop")]:
                chunk = {**named, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                self.wfile.flush()
                time.sleep(0.01)
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            return  # the caller has heard enough

    def _head(self, kind: str) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()


@contextmanager
def loopback() -> Iterator[str]:
    """Serve model and registries; gives the model's address, and puts those of the registries into the environment."""
    works = read_works([Path(__file__).with_name("works.jsonl")])
    model = ThreadingHTTPServer(("127.0.0.1", 0), SmallModel)
    threading.Thread(target=model.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    with RegistryServer(works) as registries, tempfile.TemporaryDirectory() as folder:
        urls = {f"VERIFIER_{name.upper()}_URL": registries.url(name) for name in REGISTRIES}
        before = dict(os.environ)
        os.environ.update({**urls, "VERIFIER_CACHE": folder, "OPENAI_API_KEY": "none"})
        try:
            yield f"http://127.0.0.1:{model.server_address[1]}/v1"
        finally:
            os.environ.clear()
            os.environ.update(before)
    model.shutdown()
    model.server_close()
