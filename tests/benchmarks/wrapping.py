"""What watching a client costs: the same calls with the bare client and with a wrapped one, in turn, in one run.

A server in a process of its own sends thousands of short chunks at once, so that the client is what takes time; both clients
read them round after round. Processor time of the reading thread decides, because it does not count what other programs
take, and the fastest round of each, which a busy machine disturbs least; the median of the rounds' ratios and the clock stand
beside it. The ceilings are measured with registries that never answer.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any

import openai

import verifier
from citations.registries.interface import Coverage
from citations.types import Answer, Query
from tests.benchmarks.lines import Line, Unit

ASK = {"model": "m", "messages": [{"role": "user", "content": "Name a paper."}]}
TEXT = "Roe, A. and Doe, B. (2019). On the weight of small things. Journal of Tests, 12(3), 45-67.\n\n"
CHUNKS = 3_000
ROUNDS = 15
CEILING_S = 0.5


class Handler(BaseHTTPRequestHandler):
    """Answers a chat: a stream of chunks from memory, or one citation."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, or the client waits for the second
    streamed = b""
    whole = b""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body, kind = (self.streamed, "text/event-stream") if request.get("stream") else (self.whole, "application/json")
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def chunk(content: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def serve(chunks: int) -> None:
    text = TEXT + "Tea is a plant and grows in Assam. " * (chunks // 6)
    pieces = [chunk(text[at : at + 5]) for at in range(0, 5 * chunks, 5)]
    lines = [json.dumps(each) for each in [*pieces, chunk("", "stop")]] + ["[DONE]"]
    Handler.streamed = "".join(f"data: {each}\n\n" for each in lines).encode()
    message = {"role": "assistant", "content": TEXT}
    answer = {**chunk(""), "object": "chat.completion"}
    answer["choices"] = [{"index": 0, "finish_reason": "stop", "message": message}]
    Handler.whole = json.dumps(answer).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


@contextmanager
def serving(chunks: int) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.wrapping", "--serve", str(chunks)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        finally:
            process.terminate()


class Hanging:
    """A registry that never answers."""

    name = "crossref"
    coverage = Coverage(schemes=frozenset(), searches=True)

    def __init__(self) -> None:
        self.free = Event()

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        self.free.wait(60)
        return iter(())

    def close(self) -> None:
        self.free.set()


def read(client: openai.OpenAI) -> tuple[float, float, float]:
    """Seconds of this thread, seconds by the clock, and seconds to the first chunk, of reading a stream."""
    began, thread = time.perf_counter(), time.thread_time()
    stream = client.chat.completions.create(**ASK, stream=True)
    next(stream)
    first = time.perf_counter() - began
    for _ in stream:
        pass
    taken = time.thread_time() - thread, time.perf_counter() - began, first
    verifier.get_report(stream)  # its check is over before the next stream is read
    return taken


def called(client: openai.OpenAI) -> float:
    began = time.perf_counter()
    answer = client.chat.completions.create(**ASK)
    taken = time.perf_counter() - began
    verifier.get_report(answer)
    return taken


def paired(one: Callable[[], Any], other: Callable[[], Any], rounds: int) -> list[tuple[Any, Any]]:
    """What both give, in turn; who is first changes, and the first round, which warms up, is left out."""
    found = []
    for number in range(rounds + 1):
        if number % 2:
            second, first = other(), one()
        else:
            first, second = one(), other()
        found.append((first, second))
    return found[1:]


def measure(*, small: bool = False) -> list[Line]:
    chunks, rounds = (1_000, 5) if small else (CHUNKS, ROUNDS)
    with serving(chunks) as url:
        made = [openai.OpenAI(base_url=url, api_key="k", max_retries=0) for _ in range(5)]
        bare, watched, held, after, buffered = made
        registries = [Hanging(), Hanging()]
        verifier.wrap(watched)
        verifier.wrap(held, mode="holdback", timeout=60)
        verifier.wrap(after, registries=registries[:1])
        verifier.wrap(buffered, mode="buffer", registries=registries[1:], timeout=CEILING_S)
        streams = paired(lambda: read(bare), lambda: read(watched), rounds)
        calls = paired(lambda: called(bare), lambda: called(after), rounds)
        ceilings = [called(buffered) for _ in range(12)][1:]
        holding = paired(lambda: read(bare), lambda: read(held), 1)
        for each in registries:
            each.close()
        for each in made:
            each.close()
    ratio = min(b[0] for b, _ in streams) / min(w[0] for _, w in streams)
    median = statistics.median(b[0] / w[0] for b, w in streams)
    clock = min(b[1] for b, _ in streams) / min(w[1] for _, w in streams)
    later = statistics.median(w - b for b, w in calls)
    over = [each - CEILING_S for each in ceilings]
    return [
        Line(
            "throughput of a watched stream to a bare one",
            ratio,
            at_least=0.95,
            note=f"median {median:.3f}; by the clock {clock:.3f}",
        ),
        Line(
            "first chunk later by",
            1000 * (min(w[2] for _, w in streams) - min(b[2] for b, _ in streams)),
            Unit.MILLISECONDS,
            at_most=5,
            note=f"median {1000 * statistics.median(w[2] - b[2] for b, w in streams):.1f} ms",
        ),
        Line(
            "a call, registries hanging, later by (after)",
            1000 * later,
            Unit.MILLISECONDS,
            at_most=50,
            note=f"median; most {1000 * max(w - b for b, w in calls):.0f} ms",
        ),
        Line(
            "a call, registries hanging, over its ceiling by (buffer)",
            1000 * statistics.median(over),
            Unit.MILLISECONDS,
            at_most=100,
            note=f"median, the call itself included; most {1000 * max(over):.0f} ms",
        ),
        Line(
            "reading and checking a stream sentence by sentence",
            statistics.median(w[1] for _, w in holding),
            Unit.SECONDS,
            note=f"{chunks} chunks; bare {statistics.median(b[1] for b, _ in holding):.2f} s",
        ),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", type=int, required=True, metavar="CHUNKS")
    serve(parser.parse_args().serve)
