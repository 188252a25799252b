"""A loopback server that speaks ``/chat/completions`` as several real servers do, with the faults of all of them."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.verifier.judges.fake_judges import TRUTH

BODIES = {
    "html": b"<html>bad gateway</html>",
    "no choices": b'{"choices": []}',
    "list": b"[1, 2]",
    "huge": b"[" + b"1," * 1_000_000,
    "deep": b"[" * 500_000,
}
"""What a faulty server sends with the status of a good answer."""
LETTERS = {"supported": "A", "contradicted": "B", "silent": "C"}


class ChatServer:
    """Answers the built-in test rightly and everything else with ``letter``; ``fault`` says how it fails."""

    def __init__(self, *, letter: str = "A", logprobs: int | None = 20, fault: str = "") -> None:
        self.letter, self.logprobs, self.fault = letter, logprobs, fault
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"server_of_test": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def chosen(self, question: str) -> str:
        """The letter for the last message; the faults of the model itself come here too."""
        claim = question.rpartition("Claim: <<<")[2].partition(">>>")[0]
        return LETTERS[TRUTH[claim]] if claim in TRUTH else self.letter


class _Handler(BaseHTTPRequestHandler):
    server_of_test: ChatServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_POST(self) -> None:
        server = self.server_of_test
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.bodies.append(body)
        server.headers.append(dict(self.headers))
        fault = server.fault
        if fault == "slow":
            server.stopping.wait(30)
            return
        if fault.isdigit():
            self._send(int(fault), b'{"error": {"message": "sk-secret is wrong"}}')
        elif fault in BODIES:
            self._send(200, BODIES[fault])
        elif fault == "cut":
            self._send(200, b'{"choices": [', length=500)
        elif fault == "drip":
            self._drip()
        elif fault == "redirect":
            self.send_response(307)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif "top_logprobs" in body and (server.logprobs is None or body["top_logprobs"] > server.logprobs):
            self._send(400, b'{"error": "top_logprobs is too large"}')
        else:
            self._send(200, json.dumps(self._answer(body)).encode())

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        said = self.server_of_test.chosen(body["messages"][-1]["content"])
        choice: dict[str, Any] = {
            "index": 0,
            "message": {"role": "assistant", "content": said},
            "finish_reason": "stop",
        }
        if "top_logprobs" in body:
            listed = [{"token": said, "logprob": -0.1}] + [
                {"token": each, "logprob": -3.0} for each in ("A", " B", "C", "Well") if each.strip() != said
            ]
            choice["logprobs"] = {"content": [{"token": said, "logprob": -0.1, "top_logprobs": listed}]}
        return {"id": "c1", "object": "chat.completion", "created": int(time.time()), "model": "m", "choices": [choice]}

    def _drip(self) -> None:
        """A byte now and then, so that no pause is long and the answer never whole."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.server_of_test.stopping.wait(0.02):
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            return

    def _send(self, status: int, body: bytes, *, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return
        if length:
            self.close_connection = True
