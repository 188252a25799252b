"""Compiles ``capture.c`` once into the user's cache; without a compiler the capture falls back to Python.

The wheel stays free of binaries: the source is small, compiles in under a second, and must agree with the machine, not
with ours.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

SOURCE = Path(__file__).with_name("capture.c")
COMPILERS = ("cc", "gcc", "clang")
COMPILE_LIMIT_S = 60


def compiled_capture() -> Any | None:
    """The loaded library of ``capture.c``, or ``None`` where none can be made: no compiler, no writable cache, Windows."""
    if platform.system() == "Windows":
        return None
    key = hashlib.sha256(SOURCE.read_bytes() + platform.platform().encode()).hexdigest()[:16]
    library = user_cache_path("factprobe") / "native" / f"capture-{key}.so"
    if library.is_file():
        with contextlib.suppress(OSError):  # damaged, or made for another machine that shares this folder
            return ctypes.CDLL(str(library))
    try:
        _compile(library)
        return ctypes.CDLL(str(library))
    except (OSError, subprocess.SubprocessError):
        return None


def _compile(library: Path) -> None:
    """Write ``library`` in one step, so that a process that looks meanwhile sees all of it or nothing."""
    compiler = shlex.split(os.environ.get("CC", "")) or [name for name in COMPILERS if shutil.which(name)][:1]
    if not compiler:
        raise OSError("there is no C compiler")
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        made = Path(folder) / library.name
        command = [*compiler, "-O2", "-std=c11", "-shared", "-fPIC", str(SOURCE), "-o", str(made), "-lm"]
        subprocess.run(command, check=True, capture_output=True, timeout=COMPILE_LIMIT_S)  # noqa: S603
        made.replace(library)
