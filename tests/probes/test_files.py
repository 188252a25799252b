"""Files that a user names: pipes and devices are refused at once, wherever a path is taken."""

from __future__ import annotations

import gzip
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from probes.artefact import load_probe
from probes.errors import ProbesError
from probes.files import open_regular, read_bytes, read_text, replacing
from probes.gguf import digest
from probes.install import install_probe
from probes.loading import open_llama
from probes.questions import read_questions
from tests.models import require_local_engine

READERS: list[Callable[[Path], object]] = [
    load_probe,
    lambda path: install_probe(str(path)),
    read_questions,
    digest,
    open_llama,
]


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Whoever waits for a writer that never comes is interrupted."""

    def late(*_: object) -> None:
        raise TimeoutError("it waits for a writer")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("device", [False, True], ids=["pipe", "device"])
def test_what_is_no_regular_file_is_refused_at_once(read, pipe: Path, device: bool) -> None:
    if read is open_llama:
        require_local_engine()
    with pytest.raises(ProbesError, match="cannot be read: it is no regular file"):
        read(Path("/dev/zero") if device else pipe)


def test_a_link_to_a_file_is_followed_and_a_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("Who?")
    (tmp_path / "link").symlink_to("text")
    with open_regular(tmp_path / "link") as file:
        assert file.read() == b"Who?"
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "two").write_bytes(bytes(2 << 20))
    assert len(read_bytes(tmp_path / "two", 2 << 20)) == 2 << 20
    with pytest.raises(OSError, match="it is larger than 1 MB"):
        read_bytes(tmp_path / "two", 1 << 20)


def test_an_unpacked_text_is_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probes.files.MAX_TEXT_BYTES", 1 << 20)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(2 << 20)))
    with pytest.raises(OSError, match="it is larger than 1 MB"):
        read_text(tmp_path / "bomb.gz")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"\xff\xfe", "it is not UTF-8"),
        ("a.gz", b"plain", "it is no whole gzip file"),
        ("a.gz", gzip.compress(b"words")[:-3], "it is no whole gzip file"),
        ("a.gz", b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 40, "it is no whole gzip file"),
    ],
)
def test_a_text_that_is_none_says_so(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OSError, match=sentence):
        read_text(tmp_path / name)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with replacing(tmp_path / "new" / "a") as file:
        file.write(b"one")
        assert not (tmp_path / "new" / "a").exists()
    with pytest.raises(TypeError), replacing(tmp_path / "new" / "a") as file:
        file.writelines([b"two", "stopped"])  # type: ignore[list-item]
    with pytest.raises(OSError, match=r"."), replacing(tmp_path / "new") as file:
        file.write(b"a folder stands there")
    assert [(each.name, each.read_bytes()) for each in tmp_path.rglob("*") if each.is_file()] == [("a", b"one")]
