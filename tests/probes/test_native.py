from __future__ import annotations

import ctypes
import subprocess
import sys

import numpy as np
import pytest

from probes.capture import open_capture
from probes.capture_native import NativeCapture
from probes.capture_python import PythonCapture, layer_of_weight
from probes.errors import CaptureFailed
from probes.layout import load
from probes.native.build import compiled_capture
from probes.testing import Family
from tests.conftest import ROOT
from tests.probes.tiny import ALL, opener

NAMES = [
    (b"blk.0.ffn_down.weight", 0),
    (b"blk.31.ffn_down.weight", 31),
    (b"CUDA0#blk.5.ffn_down.weight#0", 5),
    (b"Vulkan1#blk.127.ffn_down.weight#12", 127),
    (b"#blk.7.ffn_down.weight#", 7),
    (b"blk.5.ffn_down.bias", -1),
    (b"blk.5.ffn_down_exps.weight", -1),
    (b"blk.5.ffn_down_shexp.weight", -1),
    (b"blk.5.ffn_down.weight.extra", -1),
    (b"blk.5.ffn_down.weight2", -1),
    (b"blk.5.ffn_up.weight", -1),
    (b"blk.x.ffn_down.weight", -1),
    (b"blk.-1.ffn_down.weight", -1),
    (b"blk. 1.ffn_down.weight", -1),
    (b"blk.99999999999999999999.ffn_down.weight", -1),
    (b"blk.", -1),
    (b"output.weight", -1),
    (b"CUDA0#output.weight#0", -1),
    (b"CUDA0#", -1),
    (b"", -1),
]


@pytest.fixture
def library(tiny):
    compiled = compiled_capture()
    assert compiled is not None
    return compiled


@pytest.mark.parametrize(("name", "layer"), NAMES)
def test_both_captures_read_a_weights_name_alike(library, name: bytes, layer: int) -> None:
    in_c = library.capture_layer_of_weight
    in_c.argtypes, in_c.restype = [ctypes.c_char_p], ctypes.c_int32
    assert (layer, layer) == (in_c(name), layer_of_weight(name))


def test_both_captures_record_the_same_bits(tiny) -> None:
    seen = []
    for native in (True, False):
        with opener(tiny, native) as opened:
            watched = opened(Family.GEMMA3)
            watched.capture.want(ALL)
            watched.decode(watched.tokens)
            seen.append(watched.capture.drain())
    for one, two in zip(*seen, strict=True):
        np.testing.assert_array_equal(one.z, two.z)
        np.testing.assert_allclose(one.h_norm, two.h_norm, rtol=1e-6)


def test_without_a_compiler_python_does_the_same(tiny, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CC", "/bin/false")
    ggml = load()
    assert isinstance(open_capture(ggml, 3), PythonCapture)
    with pytest.raises(CaptureFailed, match="could not be compiled"):
        open_capture(ggml, 3, native=True)


def test_the_library_is_compiled_once(tiny, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    ggml = load()
    assert isinstance(open_capture(ggml, 3), NativeCapture)
    monkeypatch.setenv("CC", "/bin/false")
    assert isinstance(open_capture(ggml, 3), NativeCapture)
    assert [path.name for path in (tmp_path / "factprobe").iterdir()] == ["native"]


def test_a_damaged_library_in_the_cache_is_made_again(tiny, tmp_path) -> None:
    """In a process of its own: a library that is loaded stays loaded."""
    code = "from probes.native.build import compiled_capture; print(compiled_capture() is not None)"
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    for damage in (False, True):
        if damage:
            (made,) = (tmp_path / "factprobe" / "native").glob("*.so")
            made.write_bytes(b"no library")
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, env=environment, capture_output=True, text=True, cwd=ROOT
        )
        assert (done.stdout, done.stderr) == ("True\n", "")
