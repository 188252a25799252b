from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from probes.artefact import load_probe, save_probe, template_digest
from probes.artefact_types import Mode, Probe, ProbeNeuron, Stack, StackFeature
from probes.block import Blocks
from probes.detector import Detector
from probes.errors import ProbeMismatch, ProbeUnreadable
from probes.install import ANY_MODEL, LOGITS_ALONE, SHIPPED, find_probe, install_probe, installed_folder
from probes.probed import ProbedLlama
from probes.recorder import Recorder
from probes.spans import SpanKind, find_spans
from probes.testing import CHATML, write_tiny_model
from probes.types import Neuron, TokenTrace

SETTINGS = {"n_ctx": 256, "n_threads": 1, "n_threads_batch": 1, "type_k": 0, "type_v": 0, "seed": 1}
PROMPT = "hello the world is it on"
GREEDY = {"max_tokens": 12, "temperature": 0.0}


@pytest.fixture(scope="module")
def model(tiny: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("chat") / "chat.gguf", chat_template=CHATML)


@pytest.fixture
def probe(model: Path) -> Probe:
    """A probe for the tiny model that looks at two neurons and one feature of the logits."""
    with_logits = load_probe(SHIPPED / ANY_MODEL)
    engine = ProbedLlama(model, None, **SETTINGS)
    facts, template = engine.facts, template_digest(engine.metadata)
    engine.close()
    return replace(
        with_logits,
        name="two neurons",
        model=facts,
        template_sha256=template,
        neurons=(ProbeNeuron(0, 3, 0.5, 0.1, 2.0), ProbeNeuron(2, 20, -0.25, 0.2, 1.0)),
        bias=0.125,
        stack=Stack((StackFeature("probe", 1.0), StackFeature("entropy_mean", 0.5, 1.0, 2.0)), -0.5),
    )


def test_a_span_has_the_risk_of_the_means_of_its_tokens(probe: Probe) -> None:
    tokens = [TokenTrace(1, "a", 0, 1, -0.5, 2.0), TokenTrace(2, "b", 1, 2, -1.5, 4.0)]
    inner = (2.1 - 0.1) / 2.0 * 0.5 + (1.2 - 0.2) * -0.25 + 0.125
    logit = inner + (3.0 - 1.0) / 2.0 * 0.5 - 0.5
    expected = 1 / (1 + math.exp(-(probe.calibration.slope * logit + probe.calibration.offset)))
    assert Detector(probe).risk(tokens, np.array([[1.1, 0.2], [3.1, 2.2]])) == pytest.approx(expected)


def test_a_token_whose_neurons_were_not_seen_is_left_out_of_the_mean(probe: Probe) -> None:
    tokens = [TokenTrace(1, "a", 0, 1, -0.5, 2.0), TokenTrace(2, "b", 1, 2, -0.5, 2.0)]
    shares = np.array([[1.0, 2.0]])
    seen = Detector(probe).risk(tokens[:1], shares)
    assert Detector(probe).risk(tokens, np.vstack([shares, [[np.nan, np.nan]]])) == pytest.approx(seen, abs=0.05)


def test_every_token_and_span_of_an_answer_has_a_risk(model: Path, probe: Probe) -> None:
    engine = ProbedLlama(model, probe, **SETTINGS)
    block = engine.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]
    engine.close()
    scores = [each["score"] for each in (*block["tokens"], *block["spans"])]
    assert block["reason"] == ""
    assert len(scores) > len(block["tokens"]) > 0
    assert all(0 < score < 1 for score in scores)
    assert {each["mode"] for each in block["spans"]} == {"generated"}


def test_a_stream_gives_every_span_once_and_the_same_as_the_whole(model: Path, probe: Probe) -> None:
    engine = ProbedLlama(model, probe, **SETTINGS)
    whole = engine.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]
    engine.reset()
    chunks = [chunk["choices"][0]["probe"] for chunk in engine.create_completion(PROMPT, stream=True, **GREEDY)]
    engine.close()
    spans = [(each["start"], each["end"]) for chunk in chunks for each in chunk["spans"]]
    assert len(spans) == len(set(spans))
    assert {(each["start"], each["end"]) for each in whole["spans"]} <= set(spans)


def test_a_probe_of_another_model_is_refused_with_a_sentence(model: Path, probe: Probe) -> None:
    other = replace(probe, model=replace(probe.model, sha256="f" * 64))
    with pytest.raises(ProbeMismatch, match="another file of"):
        ProbedLlama(model, other, **SETTINGS)


def test_a_model_without_a_probe_is_scored_by_its_logits(model: Path) -> None:
    engine = ProbedLlama(model, "auto", **SETTINGS)
    block = engine.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]
    engine.close()
    assert block["reason"] == LOGITS_ALONE
    assert all(0 < each["score"] < 1 for each in block["tokens"])


def test_an_installed_probe_is_found_for_its_model_alone(tmp_path: Path, probe: Probe) -> None:
    save_probe(probe, tmp_path / "mine.json")
    assert install_probe(str(tmp_path / "mine.json")).path.parent == installed_folder()
    assert find_probe(probe.model, probe.template_sha256).probe == probe
    assert "chat template" in find_probe(probe.model, "a" * 64).reason
    assert find_probe(replace(probe.model, sha256="e" * 64), probe.template_sha256).reason == LOGITS_ALONE


def test_h_neurons_never_score(tmp_path: Path, probe: Probe) -> None:
    save_probe(replace(probe, mode=Mode.H_NEURONS), tmp_path / "mine.json")
    install_probe(str(tmp_path / "mine.json"))
    assert find_probe(probe.model, probe.template_sha256).reason == LOGITS_ALONE


def test_a_probe_of_another_digest_is_not_installed(tmp_path: Path, probe: Probe) -> None:
    save_probe(probe, tmp_path / "mine.json")
    with pytest.raises(ProbeMismatch, match="was asked for"):
        install_probe(str(tmp_path / "mine.json"), sha256="0" * 64)
    assert not installed_folder().exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no probe that can be used"),
        (b"[" * 100_000, "nested too deeply|no probe"),
        (b'{"schema_version": 1, "schema_version": 1}', "says something twice"),
        (b'{"schema_version": 99}', "schema_version is 99"),
        (b"\xff\xfe", "no probe that can be used"),
        (b'{"schema_version": NaN}', "holds NaN"),
    ],
    ids=["empty", "deep", "twice", "newer", "no text", "NaN"],
)
def test_what_is_no_probe_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "p.json").write_bytes(content)
    with pytest.raises(ProbeUnreadable, match=sentence):
        load_probe(tmp_path / "p.json")


def _more(probe: Probe, **changes: object) -> Probe:
    return replace(probe, **changes)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: _more(p, neurons=(ProbeNeuron(99, 0, 1.0),)),
        lambda p: _more(p, neurons=p.neurons[::-1]),
        lambda p: _more(p, neurons=(ProbeNeuron(0, 0, 1.0, 0.0, 0.0),)),
        lambda p: _more(p, stack=Stack((StackFeature("shoe size", 1.0),))),
        lambda p: _more(p, feature=replace(p.feature, transform="exec")),
        lambda p: _more(p, model=replace(p.model, sha256="short")),
    ],
    ids=["no such layer", "order", "no spread", "unknown feature", "unknown transform", "digest"],
)
def test_a_probe_that_contradicts_itself_is_not_saved(
    tmp_path: Path, probe: Probe, spoil: Callable[[Probe], Probe]
) -> None:
    with pytest.raises(ProbeUnreadable):
        save_probe(spoil(probe), tmp_path / "p.json")
    assert not (tmp_path / "p.json").exists()


def test_many_neurons_are_kept_in_arrays_beside_the_json(tmp_path: Path, probe: Probe) -> None:
    wide = replace(probe, model=replace(probe.model, ffn_width=1000, layers=10))
    wide = replace(wide, neurons=tuple(ProbeNeuron(layer, index, 0.25) for layer in range(10) for index in range(300)))
    save_probe(wide, tmp_path / "wide.json")
    assert load_probe(tmp_path / "wide.json") == wide
    (tmp_path / "wide.npz").write_bytes(b"PK nothing")
    with pytest.raises(ProbeUnreadable, match="not the file that it was saved with"):
        load_probe(tmp_path / "wide.json")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("Paris.", [("Paris", SpanKind.ANSWER)]),
        ("1. The\n2. And", []),
        (
            'Ada Lovelace wrote "Notes on the Engine" in 1843, and sold 12 copies of it to the people of London.',
            [
                ("Ada Lovelace", SpanKind.NAME),
                ("Notes on the Engine", SpanKind.TITLE),
                ("1843", SpanKind.DATE),
                ("12", SpanKind.NUMBER),
                ("London", SpanKind.NAME),
            ],
        ),
    ],
)
def test_spans_are_what_a_text_asserts(text: str, found: list[tuple[str, SpanKind]]) -> None:
    assert [(text[each.start : each.end], each.kind) for each in find_spans(text)] == found


def test_a_block_without_a_scorer_has_no_spans() -> None:
    assert Blocks(Recorder(), "why").block([]) == {"tokens": [], "spans": [], "reason": "why"}


def test_the_neurons_come_in_the_order_of_the_capture(probe: Probe) -> None:
    assert Detector(probe).neurons == (Neuron(0, 3), Neuron(2, 20))
