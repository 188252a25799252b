"""The layout of a tensor in the llama.cpp that is loaded, checked before anything is read through it.

llama.cpp promises no binary layout: fields have moved between versions, and reading the wrong bytes ends in a crash or,
worse, in plausible numbers. So the loaded library is asked to make a few tensors whose every field is known, and each is
compared. Only exported functions of ``ggml.h`` are used for that.
"""

from __future__ import annotations

import ctypes
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probes.errors import INSTALL, EngineMissing, LayoutMismatch
from probes.version import llama_cpp_version

MAX_OPS = 256
"""More operations than any version of ggml has had."""


class Tensor(ctypes.Structure):
    """``struct ggml_tensor`` of ggml.h, as of llama.cpp of 2025 and 2026."""


Tensor._fields_ = [
    ("type", ctypes.c_int32),
    ("buffer", ctypes.c_void_p),
    ("ne", ctypes.c_int64 * 4),
    ("nb", ctypes.c_size_t * 4),
    ("op", ctypes.c_int32),
    ("op_params", ctypes.c_int32 * 16),
    ("flags", ctypes.c_int32),
    ("src", ctypes.POINTER(Tensor) * 10),
    ("view_src", ctypes.POINTER(Tensor)),
    ("view_offs", ctypes.c_size_t),
    ("data", ctypes.c_void_p),
    ("name", ctypes.c_char * 64),
    ("extra", ctypes.c_void_p),
    ("padding", ctypes.c_char * 8),
]


class _InitParams(ctypes.Structure):
    """``struct ggml_init_params``."""

    _fields_ = (("mem_size", ctypes.c_size_t), ("mem_buffer", ctypes.c_void_p), ("no_alloc", ctypes.c_bool))


@dataclass(frozen=True, slots=True)
class Ggml:
    """The functions and numbers of the loaded library that a capture needs."""

    library: Any
    """The loaded ``libggml-base``."""
    build: str
    """What tells one build of the library from another: its file's size and time."""
    mul_mat: int
    """Number of the operation ``MUL_MAT`` in this build."""
    mul_mat_id: int


def load() -> Ggml:
    """Find the ggml that llama-cpp-python loaded and check its tensors.

    Raises:
        EngineMissing: llama-cpp-python is not installed.
        LayoutMismatch: a tensor does not look as it must.

    """
    path = _library_path()
    library = ctypes.CDLL(str(path))
    try:
        _declare(library)
        numbers = _operations(library)
        _check_tensors(library, numbers["MUL_MAT"])
    except (AttributeError, KeyError, ValueError) as error:
        raise LayoutMismatch(
            f"this llama.cpp keeps its tensors in a way that cannot be read: {error} (llama-cpp-python {llama_cpp_version()})",
            hint=f"install a version that is supported: {INSTALL}",
        ) from error
    stat = path.stat()
    return Ggml(library, f"{stat.st_size:x}-{stat.st_mtime_ns:x}", numbers["MUL_MAT"], numbers["MUL_MAT_ID"])


def _library_path() -> Path:
    try:
        llama_cpp = importlib.import_module("llama_cpp")
    except ImportError as error:
        raise EngineMissing("running a local model needs llama-cpp-python", hint=INSTALL) from error
    folder = Path(str(llama_cpp.__file__)).parent / "lib"
    for name in ("libggml-base.so", "libggml-base.dylib", "ggml-base.dll", "libggml-base.dll"):
        if (folder / name).is_file():
            return folder / name
    raise LayoutMismatch(f"there is no ggml library in {folder}", hint=f"install llama-cpp-python again: {INSTALL}")


def _declare(library: Any) -> None:
    pointer = ctypes.POINTER(Tensor)
    signatures = {
        "ggml_init": (ctypes.c_void_p, [_InitParams]),
        "ggml_free": (None, [ctypes.c_void_p]),
        "ggml_new_tensor_2d": (pointer, [ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]),
        "ggml_set_name": (pointer, [pointer, ctypes.c_char_p]),
        "ggml_mul_mat": (pointer, [ctypes.c_void_p, pointer, pointer]),
        "ggml_view_2d": (
            pointer,
            [ctypes.c_void_p, pointer, ctypes.c_int64, ctypes.c_int64, ctypes.c_size_t, ctypes.c_size_t],
        ),
        "ggml_op_name": (ctypes.c_char_p, [ctypes.c_int]),
        "ggml_get_data": (ctypes.c_void_p, [pointer]),
        "ggml_backend_buffer_is_host": (ctypes.c_bool, [ctypes.c_void_p]),
        "ggml_backend_tensor_get": (None, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]),
        "ggml_backend_tensor_set": (None, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


def _operations(library: Any) -> dict[str, int]:
    """Names of the operations to their numbers; the list is cut where names stop being names."""
    numbers: dict[str, int] = {}
    for number in range(MAX_OPS):
        name = (library.ggml_op_name(number) or b"").decode("ascii")
        numbers.setdefault(name, number)
        if "MUL_MAT" in numbers and "MUL_MAT_ID" in numbers:
            return numbers
    raise ValueError("it has no operation MUL_MAT_ID")


def _check_tensors(library: Any, mul_mat: int) -> None:
    context = library.ggml_init(_InitParams(1 << 16, None, False))
    if not context:
        raise ValueError("it could not make a context")
    try:
        weight = library.ggml_set_name(library.ggml_new_tensor_2d(context, 0, 5, 7), b"blk.3.ffn_down.weight")
        z = library.ggml_new_tensor_2d(context, 0, 5, 2)
        h = library.ggml_mul_mat(context, weight, z)
        half = library.ggml_new_tensor_2d(context, 1, 5, 2)
        part = library.ggml_view_2d(context, z, 3, 2, z.contents.nb[1], 8)
        facts = {
            "type": (weight.contents.type, half.contents.type) == (0, 1),
            "ne": list(weight.contents.ne) == [5, 7, 1, 1],
            "nb": list(weight.contents.nb) == [4, 20, 140, 140],
            "name": weight.contents.name == b"blk.3.ffn_down.weight",
            "data": weight.contents.data == library.ggml_get_data(weight),
            "op": (weight.contents.op, h.contents.op) == (0, mul_mat),
            "shape of a product": list(h.contents.ne) == [7, 2, 1, 1],
            "src": _same(h.contents.src[0], weight) and _same(h.contents.src[1], z) and not h.contents.src[2],
            "view_src": _same(part.contents.view_src, z) and not z.contents.view_src,
            "view_offs": part.contents.view_offs == 8,
        }
    finally:
        library.ggml_free(context)
    wrong = [name for name, holds in facts.items() if not holds]
    if wrong:
        raise ValueError(f"unexpected {', '.join(wrong)}")


def _same(one: Any, other: Any) -> bool:
    return ctypes.cast(one, ctypes.c_void_p).value == ctypes.cast(other, ctypes.c_void_p).value
