from __future__ import annotations

import ctypes
import subprocess
import sys
from types import SimpleNamespace

import pytest

from probes import layout
from probes.errors import LayoutMismatch
from tests.conftest import ROOT

SHIFTED = """
import ctypes
from probes import layout
from probes.errors import LayoutMismatch

original = layout.Tensor._fields_
def variant(change):
    class Other(ctypes.Structure):
        pass
    pointer = ctypes.POINTER(Other)
    fields = [(name, {"src": pointer * 10, "view_src": pointer}.get(name, kind)) for name, kind in original]
    Other._fields_ = change(fields)
    return Other

def inserted(at):
    return lambda fields: [*fields[:at], ("new", ctypes.c_int64), *fields[at:]]

def swapped(at):
    return lambda fields: [*fields[:at], fields[at + 1], fields[at], *fields[at + 2:]]

def narrowed(fields):
    return [(name, ctypes.c_int32 * 4 if name == "ne" else kind) for name, kind in fields]

for change in [*map(inserted, range(12)), *map(swapped, (0, 1, 2, 4, 8, 9, 10)), narrowed]:
    layout.Tensor = variant(change)
    try:
        layout.load()
    except LayoutMismatch as error:
        print(error)
    else:
        print("accepted")
"""


@pytest.fixture(autouse=True)
def _needs_llama(tiny) -> None:
    """Skips where llama-cpp-python is missing."""


def test_the_loaded_llama_is_one_that_can_be_read() -> None:
    ggml = layout.load()
    assert ggml.library.ggml_op_name(ggml.mul_mat) == b"MUL_MAT"
    assert ggml.library.ggml_op_name(ggml.mul_mat_id) == b"MUL_MAT_ID"


def test_a_tensor_with_other_fields_is_refused_with_one_sentence() -> None:
    """In a process of its own, because the variants reach into a loaded library."""
    done = subprocess.run(
        [sys.executable, "-c", SHIFTED], check=False, capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    sentences = done.stdout.splitlines()
    assert len(sentences) == 20
    beginning = "this llama.cpp keeps its tensors in a way that cannot be read: unexpected "
    assert [sentence for sentence in sentences if not sentence.startswith(beginning)] == []


def test_a_library_without_the_functions_is_refused() -> None:
    with pytest.raises(AttributeError):
        layout._declare(SimpleNamespace())


def test_a_library_without_the_operation_is_refused() -> None:
    library = SimpleNamespace(ggml_op_name=lambda number: f"OP_{number}".encode())
    with pytest.raises(ValueError, match="no operation MUL_MAT_ID"):
        layout._operations(library)


def test_where_the_library_is_missing_is_said(tmp_path, monkeypatch) -> None:
    fake = SimpleNamespace(__file__=str(tmp_path / "__init__.py"))
    monkeypatch.setitem(sys.modules, "llama_cpp", fake)
    with pytest.raises(LayoutMismatch, match="no ggml library"):
        layout.load()


def test_the_mirror_has_the_size_of_the_structure() -> None:
    library = layout.load().library
    library.ggml_tensor_overhead.restype = ctypes.c_size_t
    object_size = 32  # struct ggml_object stands in front of each tensor
    assert library.ggml_tensor_overhead() == ctypes.sizeof(layout.Tensor) + object_size
