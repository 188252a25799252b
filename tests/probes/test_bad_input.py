"""Models and texts that cannot be used as they are: one sentence each, and the engine goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from probes.artefact import load_probe, template_digest
from probes.artefact_types import ProbeNeuron
from probes.attach import attach
from probes.engine import LocalEngine
from probes.errors import ContextOverflow, EmptyPrompt, LayoutMismatch, ModelUnreadable, ProbeMismatch
from probes.install import ANY_MODEL, SHIPPED, SPARE
from probes.probed import ProbedLlama
from probes.testing import CHATML, Family, write_tiny_model
from tests.conftest import ROOT

SETTINGS = {"n_ctx": 256, "n_threads": 1, "n_threads_batch": 1, "type_k": 0, "type_v": 0}
PROBE = load_probe(SHIPPED / ANY_MODEL)
GREEDY = {"max_tokens": 4, "temperature": 0.0}


@pytest.fixture(scope="module")
def model(tiny: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("bad") / "chat.gguf", chat_template=CHATML)


@pytest.fixture
def engine(model: Path) -> Iterator[ProbedLlama]:
    opened = ProbedLlama(model, **SETTINGS)
    yield opened
    opened.close()


@pytest.fixture
def local(model: Path) -> Iterator[LocalEngine]:
    opened = LocalEngine(model, context=256, threads=1)
    yield opened
    opened.close()


@pytest.mark.parametrize("content", [None, b"", b"%PDF-1.7", b"GGUF", b"GGUF" + bytes(64), b"GGML" + bytes(64)])
def test_what_is_no_model_is_refused(tiny, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "m.gguf").write_bytes(content)
    with pytest.raises(ModelUnreadable) as caught:
        ProbedLlama(tmp_path / "m.gguf")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.99])
def test_a_truncated_model_is_refused(model: Path, tmp_path: Path, kept: float) -> None:
    content = model.read_bytes()
    (tmp_path / "m.gguf").write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(ModelUnreadable) as caught:
        ProbedLlama(tmp_path / "m.gguf")
    assert "\n" not in str(caught.value)


def test_a_probe_of_another_model_is_refused_and_the_model_freed(model: Path) -> None:
    other = replace(PROBE, model=replace(PROBE.model, layers=9, ffn_width=9), neurons=(ProbeNeuron(0, 0, 1.0),))
    with pytest.raises(ProbeMismatch, match="the probe is for any model"):
        ProbedLlama(model, other, **SETTINGS)


@pytest.mark.parametrize("context", [10, 256, 300])
@pytest.mark.parametrize("stream", [False, True])
def test_a_prompt_longer_than_the_context_is_refused_whatever_size_was_asked_for(
    model: Path, context: int, stream: bool
) -> None:
    engine = ProbedLlama(model, None, **SETTINGS | {"n_ctx": context})
    for ask in (
        lambda: engine.create_completion("it " * 400, stream=stream, **GREEDY),
        lambda: engine.create_chat_completion([{"role": "user", "content": "it " * 400}], stream=stream, **GREEDY),
    ):
        with pytest.raises(ContextOverflow, match="does not fit") as caught:
            list(ask())
        assert isinstance(caught.value, ValueError)
    assert engine.create_completion("it", **GREEDY)["choices"][0]["text"]
    engine.close()


def test_an_empty_prompt_is_refused(engine: ProbedLlama, local: LocalEngine) -> None:
    for prompt in ("", " \n"):
        with pytest.raises(EmptyPrompt):
            local.generate(prompt)
    with pytest.raises(EmptyPrompt):
        engine.create_completion([], **GREEDY)
    assert len(list(local.generate("it"))) > 0


@pytest.mark.parametrize("text", ["\ud800", "a\udcffb", "\x00", "<|im_end|>", "</s>", "\ue000\ue001", "😀" * 3])
def test_strange_characters_are_read_as_text(engine: ProbedLlama, local: LocalEngine, text: str) -> None:
    assert list(local.generate(text))
    block = engine.read(text)
    special = {engine.tokenize(spelt, add_bos=False, special=True)[0] for spelt in (b"<|im_end|>", b"</s>")}
    assert block["tokens"]
    assert {token["id"] for token in block["tokens"]} & special == set()


def test_a_model_without_a_chat_template_continues_the_prompt(tiny: Callable[[Family], Path]) -> None:
    local = LocalEngine(tiny(Family.LLAMA), context=256, threads=1)
    assert list(local.generate("is it on"))
    local.close()


def test_a_mixture_of_experts_answers_with_scores_of_its_logits(tiny: Callable[[Family], Path]) -> None:
    engine = ProbedLlama(tiny(Family.MIXTURE), **SETTINGS)
    block = engine.create_completion("is it on", **GREEDY)["choices"][0]["probe"]
    engine.close()
    assert SPARE in block["reason"]
    assert all(0 < token["score"] < 1 for token in block["tokens"])


def test_where_the_capture_cannot_be_attached_the_model_answers_by_its_logits(
    model: Path, tmp_path, monkeypatch
) -> None:
    """An installed probe needs neurons, and this llama.cpp is none that they can be read in."""
    opened = ProbedLlama(model, None, **SETTINGS)
    own = replace(
        PROBE,
        model=opened.facts,
        template_sha256=template_digest(opened.metadata),
        neurons=(ProbeNeuron(0, 3, 1.0),),
    )
    opened.close()
    folder = tmp_path / "shipped"
    folder.mkdir()
    monkeypatch.setattr("probes.install.SHIPPED", folder)
    from probes.artefact import save_probe

    save_probe(own, folder / "own.json")
    save_probe(PROBE, folder / ANY_MODEL)
    monkeypatch.setattr("probes.attach.load", _foreign)
    engine = ProbedLlama(model, **SETTINGS)
    choice = engine.create_completion("is it on", **GREEDY)["choices"][0]
    assert choice["text"]
    assert choice["probe"]["reason"].startswith(
        "this llama.cpp keeps its tensors in another way (llama-cpp-python 9.9)"
    )
    assert all(0 < token["score"] < 1 for token in choice["probe"]["tokens"])
    with pytest.raises(LayoutMismatch):
        ProbedLlama(model, own, **SETTINGS)
    engine.close()


def _foreign() -> None:
    raise LayoutMismatch("this llama.cpp keeps its tensors in another way (llama-cpp-python 9.9)")


def test_a_llama_that_makes_its_contexts_otherwise_still_answers(model: Path, monkeypatch) -> None:
    import llama_cpp

    llama = llama_cpp.Llama(str(model), verbose=False, **SETTINGS)
    monkeypatch.delattr("llama_cpp._internals.LlamaContext")
    with pytest.raises(
        LayoutMismatch, match=rf"llama-cpp-python {llama_cpp.__version__} makes its contexts in another way"
    ):
        attach(llama)
    assert llama.create_completion("is it on", **GREEDY)["choices"][0]["text"]
    llama.close()


def test_a_foreign_layout_is_refused_before_anything_is_decoded_and_never_crashes() -> None:
    """In a process of its own: a field that moved must end in a sentence with the version, not in a segmentation fault."""
    code = (
        "import ctypes, llama_cpp\nfrom probes import layout\n"
        "fields = layout.Tensor._fields_\n"
        "class Other(ctypes.Structure): pass\n"
        "pointer = ctypes.POINTER(Other)\n"
        "kinds = {'src': pointer * 10, 'view_src': pointer}\n"
        "Other._fields_ = [('new', ctypes.c_int64), *((name, kinds.get(name, kind)) for name, kind in fields)]\n"
        "layout.Tensor = Other\n"
        "try:\n    layout.load()\nexcept layout.LayoutMismatch as error:\n"
        "    print(llama_cpp.__version__ in str(error), len(str(error).splitlines()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "True 1\n")
