"""Opens files that a user named, and writes files that appear whole.

Only regular files are read, because a pipe, a device or a socket may never end, or never begin.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import io
import os
import stat
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

MAX_TEXT_BYTES = 256 << 20
"""Longest text that is read, unpacked."""


def open_regular(path: Path) -> io.BufferedReader:
    """A regular file, or what a link to one leads to, opened for reading; it never waits for a writer.

    Raises:
        OSError: it cannot be opened or is no regular file; ``strerror`` says which.

    """
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return file


def read_bytes(path: Path, limit: int) -> bytes:
    """All bytes of a regular file.

    Raises:
        OSError: as ``open_regular``, or it has more bytes than ``limit``.

    """
    with open_regular(path) as file:
        return _within(file.read(limit + 1), limit, path)


def read_text(path: Path) -> str:
    """The text of a regular UTF-8 file, unpacked where its name ends in ``.gz``.

    Raises:
        OSError: as ``read_bytes``, or it is no gzip file, damaged, or not UTF-8.

    """
    with open_regular(path) as file:
        try:
            stream = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
            return _within(stream.read(MAX_TEXT_BYTES + 1), MAX_TEXT_BYTES, path).decode("utf-8-sig")
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise OSError(errno.EINVAL, "it is no whole gzip file", str(path)) from error
        except UnicodeDecodeError as error:
            raise OSError(errno.EINVAL, "it is not UTF-8", str(path)) from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name once it is complete; of one that is not nothing stays.

    Raises:
        OSError: it cannot be written there.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115 - below
    part = Path(file.name)
    try:
        with file:
            yield file
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _within(content: bytes, limit: int, path: Path) -> bytes:
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit >> 20} MB", str(path))
    return content
