"""Probes from files and addresses, over loopback."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from probes.artefact import MANY_NEURONS, MAX_JSON_BYTES, load_probe, save_probe
from probes.artefact_types import Probe, ProbeNeuron
from probes.errors import ProbeMismatch, ProbeUnreadable
from probes.install import ANY_MODEL, SHIPPED, find_probe, install_probe, installed_folder


@pytest.fixture
def wide() -> Probe:
    """A probe of so many neurons that they are kept beside its JSON."""
    plain = load_probe(SHIPPED / ANY_MODEL)
    model = replace(plain.model, name="wide", sha256="a" * 64, layers=10, ffn_width=1000)
    neurons = tuple(ProbeNeuron(n // 1000, n % 1000, 0.5) for n in range(MANY_NEURONS + 1))
    return replace(plain, model=model, neurons=neurons)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Addresses of the files in ``tmp_path/served``; ``huge`` never ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = tmp_path / "served" / Path(self.path).name
            known = path.is_file() or path.name == "huge"
            self.send_response(200 if known else 404)
            self.end_headers()
            try:
                for _ in range((MAX_JSON_BYTES >> 20) + 2 if path.name == "huge" else 0):
                    self.wfile.write(bytes(1 << 20))
                self.wfile.write(path.read_bytes() if path.is_file() else b"")
            except (BrokenPipeError, ConnectionResetError):
                pass

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    (tmp_path / "served").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield lambda name: f"http://127.0.0.1:{server.server_port}/{name}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_probe_of_an_address_is_installed_with_its_digest(tmp_path: Path, served, wide: Probe) -> None:
    small = replace(wide, neurons=wide.neurons[:3])
    save_probe(small, tmp_path / "served" / "p.json")
    digest = hashlib.sha256((tmp_path / "served" / "p.json").read_bytes()).hexdigest()
    kept = install_probe(served("p.json"), sha256=digest.upper())
    assert (small, digest, installed_folder()) == (load_probe(kept.path), kept.sha256, kept.path.parent)


def test_the_arrays_of_a_wide_probe_come_with_it(tmp_path: Path, served, wide: Probe) -> None:
    save_probe(wide, tmp_path / "served" / "wide.json")
    kept = install_probe(served("wide.json"))
    assert wide == load_probe(kept.path)
    assert wide == find_probe(wide.model, wide.template_sha256).probe
    (tmp_path / "served" / "wide.npz").write_bytes(b"PK another")
    with pytest.raises(ProbeUnreadable, match="not the file that it was saved with"):
        install_probe(served("wide.json"))


def test_a_wide_probe_without_its_arrays_is_a_sentence(tmp_path: Path, served, wide: Probe) -> None:
    save_probe(wide, tmp_path / "served" / "wide.json")
    (tmp_path / "served" / "wide.npz").unlink()
    with pytest.raises(ProbeUnreadable, match=r"wide\.npz cannot be fetched: HTTP 404"):
        install_probe(served("wide.json"))
    with pytest.raises(ProbeUnreadable, match="cannot be read"):
        install_probe(str(tmp_path / "served" / "wide.json"))


@pytest.mark.parametrize(
    ("name", "sentence"), [("nothing.json", "cannot be fetched: HTTP 404"), ("huge", "is larger than 16 MB")]
)
def test_an_address_without_a_probe_is_a_sentence(served, name: str, sentence: str) -> None:
    with pytest.raises(ProbeUnreadable, match=sentence):
        install_probe(served(name))
    assert not installed_folder().exists()


def test_an_address_that_nobody_answers_is_a_sentence() -> None:
    with pytest.raises(ProbeUnreadable, match="cannot be fetched: ConnectionError"):
        install_probe("http://127.0.0.1:9/p.json")


def test_another_digest_is_refused_before_anything_is_read(tmp_path: Path, served) -> None:
    (tmp_path / "served" / "p.json").write_bytes(b"no probe at all")
    with pytest.raises(ProbeMismatch, match="was asked for"):
        install_probe(served("p.json"), sha256="0" * 64)


def test_an_installed_probe_that_is_damaged_is_passed_over(wide: Probe) -> None:
    installed_folder().mkdir(parents=True)
    (installed_folder() / "x.json").write_text('{"model": {"sha256": "' + "a" * 64 + '"}}', encoding="utf-8")
    chosen = find_probe(wide.model, wide.template_sha256)
    assert chosen.probe == load_probe(SHIPPED / ANY_MODEL)
    assert "no probe for this model" in chosen.reason
