"""A proxy on loopback between real clients and a server that misbehaves on demand."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from citations.types import Status
from tests.verifier.samples import NOW, checked, reference
from verifier.checker import Subject
from verifier.errors import CheckFailed
from verifier.findings import finding_of
from verifier.server.proxy.app import proxy_app
from verifier.server.proxy.keeper import Keeper
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.serving import Serving
from verifier.server.proxy.settings import ProxySettings
from verifier.types import Report, Tool

Step = bytes | float
"""Bytes to send, or seconds to wait."""


@dataclass
class Script:
    """What the next request gets, byte by byte, and how the connection ends."""

    steps: Sequence[Step]
    cut: bool = False
    """The connection is reset instead of closed."""


def answer(body: Any, status: int = 200, headers: str = "", *, kind: str = "application/json") -> Script:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{headers}\r\n"
    return Script([head.encode() + data])


def events(*pieces: Step, status: int = 200, headers: str = "", cut: bool = False, end: bool = True) -> Script:
    """A stream in chunks as the network cuts them."""
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n{headers}\r\n"
    chunks = [each if isinstance(each, float) else b"%x\r\n%b\r\n" % (len(each), each) for each in pieces]
    return Script([head.encode(), *chunks, *([b"0\r\n\r\n"] if end and not cut else [])], cut)


def squeezed(body: Any) -> Script:
    return answer(gzip.compress(json.dumps(body).encode()), headers="Content-Encoding: gzip\r\n")


@dataclass
class Upstream:
    """The server behind the proxy."""

    script: Script | Callable[[dict[str, Any]], Script] = field(default_factory=lambda: answer({}))
    requests: list[dict[str, Any]] = field(default_factory=list)
    open: int = 0
    """Connections that were accepted and are not closed yet."""
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
            body = await _body(reader, headers)
            request = {"method": method, "path": path, "headers": headers, "body": body}
            self.requests.append(request)
            script = self.script(request) if callable(self.script) else self.script
            gone = asyncio.ensure_future(
                reader.read(1)
            )  # nobody sends anything more: it returns when the other side goes
            for step in script.steps:
                if isinstance(step, float):
                    if (await asyncio.wait({gone}, timeout=step))[0]:
                        return
                else:
                    writer.write(step)
                    await writer.drain()
            if script.cut:
                await asyncio.sleep(0.5)  # a reset takes back what the other side has not read yet
                writer.transport.abort()
                return
            gone.cancel()
            return


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", ""):
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return body
    return await reader.readexactly(int(headers.get("content-length", 0)))


@dataclass
class WordChecker:
    """Finds a reference for each ``[status]`` in a text; ``[crash]`` and ``[slow]`` do what they say."""

    seen: list[Subject] = field(default_factory=list)
    asked: tuple[str, ...] = ()
    free: threading.Event = field(default_factory=threading.Event)

    def check(self, subject: Subject) -> Report:
        self.seen.append(subject)
        if "[crash]" in subject.text:
            raise CheckFailed("checking the text failed: ValueError")
        if "[slow]" in subject.text:
            self.free.wait(20)
        found = [
            finding_of(checked(status, reference(number, f"On computable numbers {status.value}", file=subject.name)))
            for number, status in enumerate(Status, start=1)
            if f"[{status.value}]" in subject.text
        ]
        return Report(Tool("factprobe", "0"), (subject.name,), tuple(found), (), (), NOW, NOW)

    def close(self) -> None:
        self.free.set()


@dataclass
class World:
    """Everything that runs."""

    upstream: Upstream
    checker: WordChecker
    metrics: Metrics
    url: str
    stop: Callable[[], None]

    def settled(self, is_so: Callable[[], bool], within_s: float = 10.0) -> bool:
        """Whether it is so soon."""
        until = time.monotonic() + within_s
        while not is_so() and time.monotonic() < until:
            time.sleep(0.005)
        return is_so()


@contextmanager
def world(keeper: Callable[[Metrics], Keeper] | None = None, checker: Any = None, **settings: Any) -> Iterator[World]:
    """A running proxy with the settings."""
    with _serving(Upstream()) as upstream:
        checker = checker or WordChecker()
        metrics = Metrics()
        told = replace(ProxySettings(upstream.url, port=0), **settings)
        serving = Serving(proxy_app(told, checker, keeper(metrics) if keeper else None, metrics), told)
        thread = threading.Thread(target=serving.run, daemon=True)
        thread.start()

        def stop() -> None:
            serving.stop()
            thread.join(20)

        while not serving.is_serving:
            assert thread.is_alive()
            time.sleep(0.002)
        try:
            yield World(upstream, checker, metrics, serving.address, stop)
        finally:
            checker.close()
            stop()


@contextmanager
def _serving(upstream: Upstream) -> Iterator[Upstream]:
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def run() -> None:
        listening = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
        upstream.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        ready.set()
        with suppress(asyncio.CancelledError):
            await listening.serve_forever()

    task = loop.create_task(run())
    thread = threading.Thread(target=lambda: loop.run_until_complete(_quietly(task)), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield upstream
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        loop.close()


async def _quietly(task: asyncio.Task[None]) -> None:
    with suppress(asyncio.CancelledError):
        await task
    others = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
