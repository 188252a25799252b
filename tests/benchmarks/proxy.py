"""What the proxy adds: the same load with it and without it, in turns, so that a busy machine is as busy for both.

``python -m tests.benchmarks.proxy [--seconds N] [--rounds N]``. A server that streams, the proxy and the load are processes
of their own. Throughput is that of 50 callers (4 where answers are checked) who ask again as soon as they have their
answer; what the proxy adds to the time of a stream is measured while 50 callers read answers that are written in a second,
and, where answers are checked, while 20 are asked for in a second. The proxy's own CPU time an answer stands beside it,
because the targets are meant for two cores that do nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Fields
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.online_speed import bibliography

ROOT = Path(__file__).resolve().parents[2]
CHUNKS = 20
CALLERS = 50
CHECKED_CALLERS = 4
CHECKED_PER_S = 20
CITED = 5
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
TICK_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """What one round of callers saw."""

    per_s: float
    seconds: tuple[float, ...]
    """Of each answer, from the question to its last byte."""

    @property
    def p99_ms(self) -> float:
        """So long the slowest hundredth took at least."""
        return 1000 * sorted(self.seconds)[int(0.99 * (len(self.seconds) - 1))]


@dataclass(frozen=True)
class Pair:
    """One round without the proxy, one with it."""

    direct: Load
    proxied: Load
    cpu_ms: float
    """The proxy's own time on a core, an answer."""

    @property
    def added_p99_ms(self) -> float:
        """What the proxy adds to the slowest hundredth."""
        return self.proxied.p99_ms - self.direct.p99_ms


def measure(seconds: float, rounds: int) -> list[Line]:
    """All lines."""
    works = [each for each, _ in bibliography(40)]
    with TemporaryDirectory() as folder, _process("--serve") as upstream:
        with _proxy(upstream, "none", folder, {}) as proxy:
            fast = [_pair(upstream, proxy, seconds, CALLERS, ["Nothing is cited."]) for _ in range(rounds)]
            paced = [_pair(upstream, proxy, seconds, CALLERS, ["Nothing is cited."], pace_s=1.0) for _ in range(rounds)]
        with RegistryServer(works) as registries:
            urls = {f"VERIFIER_{name.upper()}_URL": registries.url(name) for name in REGISTRIES}
            with _proxy(upstream, "header", folder, urls) as proxy:
                texts = answers(works)
                asyncio.run(_load(proxy.port, 3600, CHECKED_CALLERS, texts, 0, most=2 * len(texts)))
                checked = [_pair(upstream, proxy, seconds, CHECKED_CALLERS, texts) for _ in range(rounds)]
                even = [_pair(upstream, proxy, seconds, CALLERS, texts, per_s=CHECKED_PER_S) for _ in range(rounds)]
    return [*_lines_of_none(fast, paced), *_lines_of_header(checked, even)]


def answers(works: list[Fields]) -> list[str]:
    """Answers that cite works which the registries hold."""
    dice = random.Random(5)
    return [
        "You could read:\n\n" + "\n".join(_cited(n, each) for n, each in enumerate(dice.sample(works, CITED), 1))
        for _ in range(100)
    ]


def _cited(number: int, work: Fields) -> str:
    names = ", ".join(f"{each.family}, {each.given}" for each in work.authors)
    return f"{number}. {names} ({work.year}). {work.title}. {work.venue}." + (f" doi:{work.doi}" if work.doi else "")


def _lines_of_none(fast: list[Pair], paced: list[Pair]) -> list[Line]:
    per_s = statistics.median(each.proxied.per_s for each in fast)
    return [
        Line(f"proxy none: streams, {CALLERS} callers", per_s, Unit.PER_SECOND, at_least=300),
        Line(
            "proxy none: throughput of the bare server",
            statistics.median(e.direct.per_s for e in fast),
            Unit.PER_SECOND,
        ),
        Line("proxy none: CPU of the proxy, a stream", statistics.median(e.cpu_ms for e in fast), Unit.MILLISECONDS),
        Line(
            f"proxy none: added to p99, {CALLERS} streams of 1 s",
            statistics.median(each.added_p99_ms for each in paced),
            Unit.MILLISECONDS,
            at_most=15,
        ),
    ]


def _lines_of_header(checked: list[Pair], even: list[Pair]) -> list[Line]:
    per_s = statistics.median(each.proxied.per_s for each in checked)
    return [
        Line(f"proxy header: answers of {CITED} citations, warm", per_s, Unit.PER_SECOND, at_least=50),
        Line(
            "proxy header: CPU of the proxy, an answer", statistics.median(e.cpu_ms for e in checked), Unit.MILLISECONDS
        ),
        Line(
            f"proxy header: added to p99 at {CHECKED_PER_S} a second",
            statistics.median(each.added_p99_ms for each in even),
            Unit.MILLISECONDS,
            at_most=150,
        ),
    ]


@dataclass(frozen=True)
class Running:
    """A process that listens."""

    port: int
    pid: int

    @property
    def cpu_s(self) -> float:
        """Time on a core so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK_S


def _pair(
    upstream: Running,
    proxy: Running,
    seconds: float,
    callers: int,
    texts: list[str],
    *,
    pace_s: float = 0,
    per_s: float = 0,
) -> Pair:
    direct = asyncio.run(_load(upstream.port, seconds, callers, texts, pace_s, per_s=per_s))
    before = proxy.cpu_s
    proxied = asyncio.run(_load(proxy.port, seconds, callers, texts, pace_s, per_s=per_s))
    return Pair(direct, proxied, 1000 * (proxy.cpu_s - before) / max(1, len(proxied.seconds)))


async def _load(
    port: int, seconds: float, callers: int, texts: list[str], pace_s: float, *, per_s: float = 0, most: int = 10**9
) -> Load:
    """Callers who read their answers to the end; with ``per_s`` they wait for their turn, otherwise for nothing."""
    took: list[float] = []
    began = time.perf_counter()
    turns = iter(range(most))

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for turn in turns:
            due = began + turn / per_s if per_s else time.perf_counter()
            if max(due, time.perf_counter()) > began + seconds:
                break
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asked = time.perf_counter()
            body = json.dumps({"stream": True, "text": texts[turn % len(texts)], "pace_s": pace_s}).encode()
            head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % len(body)
            writer.write(head + body)
            await reader.readuntil(b"\r\n\r\n")
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()
            took.append(time.perf_counter() - asked)
        writer.close()

    await asyncio.gather(*(caller() for _ in range(callers)))
    return Load(len(took) / (time.perf_counter() - began), tuple(took))


@contextmanager
def _proxy(upstream: Running, policy: str, folder: str, environ: dict[str, str]) -> Iterator[Running]:
    places = {f"XDG_{name}_HOME": folder for name in ("CACHE", "CONFIG", "DATA")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    arguments = ("--upstream", f"http://127.0.0.1:{upstream.port}", "--policy", policy, "--port", str(port))
    command = [sys.executable, "-m", "verifier", "serve", "proxy", *arguments, "--isolated", "--quiet"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **places, **environ})
    try:
        _wait_for(port)
        yield Running(port, process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _process(argument: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "tests.benchmarks.proxy", argument]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Running(int(process.stdout.readline()), process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the proxy did not start")


async def serve() -> None:
    """A server that streams the text it was sent, in pieces, at once or over a while."""
    listening = await asyncio.start_server(_stream, "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


async def _stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            asked = json.loads(await reader.readexactly(length))
            writer.write(HEAD)
            for chunk in chunks(asked["text"]):
                if asked["pace_s"]:
                    await asyncio.sleep(asked["pace_s"] / CHUNKS)
                writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            writer.write(b"0\r\n\r\n")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def chunks(text: str) -> list[bytes]:
    """The events of an answer."""
    size = max(1, -(-len(text) // (CHUNKS - 2)))
    made = [({"content": text[at : at + size]}, None) for at in range(0, len(text), size)]
    found = [_event(delta, end) for delta, end in [*made, ({}, "stop")]]
    return [*found, b"data: [DONE]\n\n"]


def _event(delta: dict[str, str], end: str | None) -> bytes:
    choices = [{"index": 0, "delta": delta, "finish_reason": end}]
    made = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return f"data: {json.dumps(made)}\n\n".encode()


def main() -> int:
    """Measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
        return 0
    print(table(measure(options.seconds, options.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
