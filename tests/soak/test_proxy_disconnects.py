"""Callers who leave at any moment: no connection stays open behind the proxy, and its memory stays flat."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 50
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
BODY = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": "x" * 500}]}).encode()
ASK = b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


@dataclass
class Model:
    """A server that writes slowly, and notices who has left."""

    served: int = 0
    open: int = 0
    left_alone: asyncio.Event = field(default_factory=asyncio.Event)
    """Nobody is connected."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.left_alone.clear()
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(len(BODY))
                self.served += 1
                await self._write(writer, random.Random(self.served))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            if not self.open:
                self.left_alone.set()
            writer.close()

    async def _write(self, writer: asyncio.StreamWriter, dice: random.Random) -> None:
        await asyncio.sleep(dice.random() * 0.05)
        writer.write(HEAD)
        for number in range(12):
            end = "stop" if number == 11 else None
            choice = {"index": 0, "delta": {"content": "Some words, and more. " * 4}, "finish_reason": end}
            event = b"data: %b\n\n" % json.dumps({"id": "c", "choices": [choice]}).encode()
            writer.write(b"%x\r\n%b\r\n" % (len(event), event))
            await writer.drain()
            await asyncio.sleep(dice.random() * 0.01)
        writer.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")


@dataclass(frozen=True)
class Proxy:
    """The process under test."""

    port: int
    pid: int

    @property
    def memory_mb(self) -> float:
        """What it holds of the machine's memory."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    @property
    def files(self) -> int:
        """Connections and files that it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


@contextmanager
def proxy(upstream: str, policy: str, folder: Path) -> Iterator[Proxy]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    told = ("--upstream", upstream, "--policy", policy, "--port", str(port), "--offline", "--isolated", "--quiet")
    places = {f"XDG_{name}_HOME": str(folder) for name in ("CACHE", "CONFIG", "DATA")}
    command = [sys.executable, "-m", "verifier", "serve", "proxy", *told]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **places}, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield Proxy(port, process.pid)
        process.send_signal(signal.SIGTERM)
        assert (process.wait(30), process.stderr.read() if process.stderr else b"") == (0, b"")
    finally:
        process.kill()
        process.communicate()


async def caller(port: int, number: int) -> None:
    """Asks, reads for a while, and mostly leaves before the end: politely, or by a reset."""
    dice = random.Random(-number)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return
    writer.write(ASK[: dice.randrange(len(ASK))] if dice.random() < 0.1 else ASK)
    with suppress(TimeoutError, ConnectionError):
        await asyncio.wait_for(_read(reader), dice.choice((0, 0.005, 0.02, 0.05, 0.1, 10)))
    if dice.random() < 0.5:
        writer.transport.abort()
    writer.close()


async def _read(reader: asyncio.StreamReader) -> None:
    seen = b""
    while not seen.endswith(b"0\r\n\r\n"):
        piece = await reader.read(4096)
        if not piece:
            return
        seen = seen[-5:] + piece


async def disconnects(policy: str, folder: Path, number: int) -> None:
    model = Model()
    listening = await asyncio.start_server(model.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    free = asyncio.Semaphore(AT_ONCE)

    async def one(at: int, running: Proxy) -> None:
        async with free:
            await caller(running.port, at)

    async def many(numbers: range, running: Proxy) -> None:
        await asyncio.gather(*(one(each, running) for each in numbers))
        with suppress(TimeoutError):
            await asyncio.wait_for(model.left_alone.wait(), 15)

    running_proxy = proxy(f"http://127.0.0.1:{port}", policy, folder)
    running = await asyncio.to_thread(running_proxy.__enter__)
    try:
        warm = max(50, number // 5)
        await many(range(warm), running)
        files, memory_mb = running.files, running.memory_mb
        await many(range(warm, number), running)
        for _ in range(300):
            if running.files > files + 2:  # what the last callers left may take a busy machine a while to see
                await asyncio.sleep(0.1)
        assert model.open == 0
        assert running.files <= files + 2
        assert running.memory_mb < memory_mb + 15
        assert model.served > number / 10
    finally:
        await asyncio.to_thread(running_proxy.__exit__, None, None, None)
        listening.close()


def test_some_callers_who_leave_leave_nothing_behind(tmp_path: Path) -> None:
    asyncio.run(disconnects("header", tmp_path, 150))


@pytest.mark.soak
@pytest.mark.parametrize("policy", ["none", "header", "block"])
def test_many_callers_who_leave_leave_nothing_behind(policy: str, tmp_path: Path) -> None:
    asyncio.run(disconnects(policy, tmp_path, int(os.environ.get("FACTPROBE_SOAK_STREAMS", "10000"))))
