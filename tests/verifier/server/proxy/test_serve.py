"""``verifier serve proxy`` as a command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from verifier.cli import main

ROOT = Path(__file__).resolve().parents[4]
UPSTREAM = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("arguments", "environ", "sentence"),
    [
        (["--upstream", "api.openai.com"], {}, "--upstream is no http or https address"),
        (["--upstream", UPSTREAM, "--host", "0.0.0.0"], {}, "it needs a token of its own"),
        (["--upstream", UPSTREAM], {"VERIFIER_PROXY_TOKEN": "SECRET"}, "16 or more ASCII characters"),
        (["--upstream", UPSTREAM, "--upstream-key-env", "NO_KEY"], {}, "the variable NO_KEY holds no key"),
        (["--upstream", UPSTREAM, "--evidence", "nowhere"], {}, "there is no folder nowhere"),
        (["--upstream", UPSTREAM, "--index", "nowhere"], {}, "nowhere"),
        (["--upstream", UPSTREAM, "--registries", "crosref"], {}, "crosref"),
        (["--upstream", UPSTREAM, "--db", "oracle9://x"], {}, "database"),
        (["--upstream", UPSTREAM, "--policy", "blok"], {}, "blok"),
        ([], {}, "--upstream"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_sentence(
    arguments: list[str], environ: dict[str, str], sentence: str
) -> None:
    done = CliRunner().invoke(main, ["serve", "proxy", *arguments], env=environ)
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr.splitlines()[0]
    assert "SECRET" not in done.stderr


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(main, ["serve", "proxy", "--upstream", UPSTREAM, "--offline", "--port", port])
    assert done.exit_code == 2
    assert f"127.0.0.1 port {port} cannot be used" in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_when_told_to(how: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "verifier", "serve", "proxy", "--upstream", UPSTREAM, "--offline", "--port", "0"]
    environ = {**os.environ, "VERIFIER_PROXY_TOKEN": "SECRET-TOKEN-OF-THE-PROXY"}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline(), process.stderr.readline()]
        address = lines[0].split()[2]
        found = requests.get(f"{address.removesuffix('/v1')}/healthz", timeout=20)
        process.send_signal(how)
        rest = process.stderr.read()
    assert (found.json(), process.returncode, rest) == ({"status": "ok"}, 0, "")
    assert lines[0].endswith(f"/v1 for {UPSTREAM}, policy header; Ctrl-C ends it\n")
    assert lines[1] == "asked over the network: nobody\n"
