from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from probes.errors import ModelUnreadable
from probes.gguf import column_norms, digest, facts_of, parts
from probes.testing import Family, TinyShape, write_tiny_model
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _own_cache(tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def kinds() -> list[str]:
    """Every type that the installed gguf package dequantises."""
    try:
        from gguf.quants import _type_traits
    except ImportError:
        return ["F32"]
    return ["F32", "F16", *(kind.name for kind in _type_traits)]


def written(path: Path, weights: dict[str, np.ndarray], kind: str) -> Path:
    """A file that holds nothing but these tensors; of a type that cannot be quantised here, random blocks."""
    import gguf

    number = gguf.GGMLQuantizationType[kind]
    writer = gguf.GGUFWriter(str(path), "llama")
    for name, values in weights.items():
        try:
            data = gguf.quants.quantize(values, number)
        except NotImplementedError:
            shape = gguf.quants.quant_shape_to_byte_shape(values.shape, number)
            data = np.random.default_rng(0).integers(0, 100, shape).astype(np.uint8)
        writer.add_tensor(name, data, raw_dtype=number)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("kind", kinds())
def test_the_norms_of_every_type_are_those_of_its_dequantised_columns(tmp_path: Path, kind: str, monkeypatch) -> None:
    import gguf

    monkeypatch.setattr("probes.gguf.VALUES_AT_ONCE", 512 * 3)
    weights = {f"blk.{n}.ffn_down.weight": np.random.default_rng(n).normal(size=(8, 512)) for n in (1, 0)}
    path = written(tmp_path / "model.gguf", {name: w.astype(np.float32) for name, w in weights.items()}, kind)
    tensors = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in gguf.GGUFReader(path).tensors}
    norms = column_norms(path)
    assert [layer.shape for layer in norms] == [(512,), (512,)]
    for layer in range(2):
        expected = np.linalg.norm(tensors[f"blk.{layer}.ffn_down.weight"].astype(np.float64), axis=0)
        np.testing.assert_allclose(norms[layer], expected, rtol=1e-5)


def test_layers_may_have_different_widths(tmp_path: Path) -> None:
    weights = {f"blk.{n}.ffn_down.weight": np.ones((4, 32 * (n + 1)), np.float32) for n in range(3)}
    path = written(tmp_path / "model.gguf", weights, "F32")
    for _ in range(2):
        assert [(len(layer), layer[0]) for layer in column_norms(path)] == [(32, 2.0), (64, 2.0), (96, 2.0)]


def test_a_model_that_was_seen_is_not_read_again(tmp_path: Path, monkeypatch) -> None:
    path = write_tiny_model(tmp_path / "model.gguf")
    first = column_norms(path)
    monkeypatch.setattr("probes.gguf._compute_norms", None)
    monkeypatch.setattr("hashlib.file_digest", None)
    for one, two in zip(first, column_norms(path), strict=True):
        np.testing.assert_array_equal(one, two)


def test_another_file_under_the_same_name_is_another_model(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "model.gguf", seed=1)
    first = digest(path), column_norms(path)[0]
    write_tiny_model(path, seed=2)
    assert digest(path) != first[0]
    assert not np.array_equal(column_norms(path)[0], first[1])


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"\x93NUMPY no"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, damage: bytes) -> None:
    path = write_tiny_model(tmp_path / "model.gguf")
    first = column_norms(path)[0]
    for cached in (tmp_path / "cache").rglob("*.*"):
        cached.write_bytes(damage)
    np.testing.assert_array_equal(column_norms(path)[0], first)
    assert len(list((tmp_path / "cache").rglob("*.npz"))) == 1


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert len(column_norms(write_tiny_model(tmp_path / "model.gguf"))) == 3


def test_a_split_model_is_read_from_all_its_parts(tmp_path: Path) -> None:
    weights = {f"blk.{n}.ffn_down.weight": np.full((4, 32), n + 1, np.float32) for n in range(4)}
    names = sorted(weights)
    for part in (1, 2):
        held = {name: weights[name] for name in names[2 * (part - 1) : 2 * part]}
        written(tmp_path / f"m-{part:05}-of-00002.gguf", held, "F32")
    first = tmp_path / "m-00001-of-00002.gguf"
    assert [layer[0] for layer in column_norms(first)] == [2.0, 4.0, 6.0, 8.0]
    assert [path.name for path in parts(first)] == ["m-00001-of-00002.gguf", "m-00002-of-00002.gguf"]
    whole = digest(first)
    written(tmp_path / "m-00002-of-00002.gguf", {name: weights[name] + 1 for name in names[2:]}, "F32")
    assert digest(first) != whole
    (tmp_path / "m-00002-of-00002.gguf").unlink()
    with pytest.raises(ModelUnreadable, match=r"split into 2 files, and m-00002-of-00002\.gguf is not beside it"):
        column_norms(first)


def test_a_mixture_of_experts_is_refused(tiny) -> None:
    with pytest.raises(ModelUnreadable, match="mixture of experts"):
        column_norms(tiny(Family.MIXTURE))


@pytest.mark.parametrize("size", [0, 4, 100, 5000, -1000])
def test_a_truncated_file_is_one_sentence(tmp_path: Path, size: int) -> None:
    whole = write_tiny_model(tmp_path / "whole.gguf").read_bytes()
    path = tmp_path / "half.gguf"
    path.write_bytes(whole[:size])
    with pytest.raises(ModelUnreadable) as caught:
        column_norms(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable, match="cannot be read: No such file"):
        column_norms(tmp_path / "none.gguf")


def test_weights_without_layers_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "model.gguf", {"blk.1.ffn_down.weight": np.ones((4, 32), np.float32)}, "F32")
    with pytest.raises(ModelUnreadable, match="does not hold a down projection for each layer"):
        column_norms(path)


def test_memory_stays_bounded_by_the_rows_read_at_once(tmp_path: Path) -> None:
    """64 MB of half-precision weights are 128 MB dequantised; the peak of the process may not grow by that."""
    path = written(tmp_path / "m.gguf", {"blk.0.ffn_down.weight": np.ones((4096, 8192), np.float32)}, "F16")
    code = (
        "import sys, tracemalloc; from pathlib import Path; from probes.gguf import column_norms\n"
        "import gguf; tracemalloc.start(); column_norms(Path(sys.argv[1])); print(tracemalloc.get_traced_memory()[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True, cwd=ROOT)
    assert int(done.stdout) < 64 << 20


def test_the_facts_of_a_file(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "model.gguf", Family.QWEN2, shape=TinyShape(layers=2))
    metadata = {
        "general.architecture": "qwen2",
        "general.file_type": "15",
        "qwen2.block_count": "2",
        "qwen2.feed_forward_length": "48",
    }
    facts = facts_of(metadata, path, 128)
    assert (facts.name, facts.layers, facts.ffn_width, facts.quantisation) == ("model", 2, 48, "Q4_K_M")
    copy = tmp_path / "copy.gguf"
    shutil.copy(path, copy)
    assert facts_of(metadata, copy, 128).sha256 == facts.sha256
