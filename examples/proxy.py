"""A proxy in front of a model: the caller changes one address, and learns what was found. Needs no key and no model.

    pip install '.[server]'
    python examples/proxy.py            # a small server on loopback answers, registries on loopback are asked
    OPENAI_API_KEY=... python examples/proxy.py --real MODEL    # the real ones

The first answer cites a work that exists and leaves with headers that say so; of a stream the last event says it. The
second cites one of which no registry knows, under the DOI of another: a proxy that blocks answers with an error.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import requests
from loopback import loopback


@contextmanager
def proxy(upstream: str, policy: str) -> Iterator[str]:
    """``verifier serve proxy`` as a process of its own; gives the address for callers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    told = ["--upstream", upstream, "--policy", policy, "--port", str(port), "--ceiling", "30"]
    command = [sys.executable, "-m", "verifier", "serve", "proxy", *told]
    process = subprocess.Popen(command)  # noqa: S603  our own command
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the proxy answers."""
    for _ in range(600):
        if process.poll() is not None:
            sys.exit("the proxy did not start")
        try:
            requests.get(address, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return


def ask(base: str, model: str, question: str, *, stream: bool = False) -> requests.Response:
    """What any client of the API does."""
    key = os.environ.get("OPENAI_API_KEY", "none")
    asked = {"model": model, "messages": [{"role": "user", "content": question}], "stream": stream}
    return requests.post(
        f"{base}/chat/completions", json=asked, headers={"Authorization": f"Bearer {key}"}, timeout=120
    )


def show(upstream: str, model: str) -> None:
    """Ask through a proxy that tells, then through one that blocks."""
    with proxy(upstream, "header") as base:
        whole = ask(base, model, "Name a paper by Turing.")
        print(f"whole answer: {whole.status_code}, {whole.headers['X-Verifier-Decision']}, ", end="")
        print(f"references {whole.headers['X-Verifier-References']}")
        stream = ask(base, model, "Name a paper by Turing.", stream=True)
        told = [line for line in stream.text.splitlines() if '"verification":' in line][-1]
        print(f"last event of a stream: {json.loads(told.removeprefix('data: '))['verification']['decision']}")
    with proxy(upstream, "block") as base:
        blocked = ask(base, model, "Please invent a paper.")
        print(f"blocking proxy: {blocked.status_code}, {blocked.headers['X-Verifier-Decision']}")
        if not blocked.ok:
            print(f"  {blocked.json()['error']['message']}")


def main() -> None:
    """Run against loopback, or against the real thing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", metavar="MODEL", help="ask OpenAI and the real registries; needs OPENAI_API_KEY")
    real = parser.parse_args().real
    with nullcontext("https://api.openai.com") if real else loopback() as address:
        show(address.removesuffix("/v1"), real or "m")


if __name__ == "__main__":
    main()
