from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import probes
from probes.attach import attach
from probes.capture import open_capture
from probes.errors import CaptureFailed, ContextOverflow, EmptyPrompt, ModelUnreadable, ProbesError
from probes.install import NOT_ASKED
from probes.probed import ProbedLlama
from probes.testing import Family, write_tiny_model
from probes.types import Neuron
from tests.probes.forward import Model
from tests.probes.probed import (
    GREEDY,
    MESSAGES,
    PROMPT,
    SETTINGS,
    TOLERANCE,
    SumOfShares,
    expected_scores,
    model,
    plain,
    probed,
)

__all__ = ["model", "plain", "probed"]


@pytest.fixture
def llama(model: Path) -> Iterator[object]:
    import llama_cpp

    opened = llama_cpp.Llama(str(model), verbose=False, **SETTINGS)
    yield opened
    opened.close()


def without(answer: dict, *more: str) -> dict:
    """An answer without what differs between two runs, and without the probe block."""
    kept = {key: value for key, value in answer.items() if key not in {"id", "created", *more}}
    return kept | {"choices": [{k: v for k, v in c.items() if k != "probe"} for c in answer["choices"]]}


CALLS = [
    {},
    {"stop": ["e"]},
    {"echo": True},
    {"temperature": 1.0, "top_k": 5, "seed": 5},
    {"repeat_penalty": 1.3, "logit_bias": {275: 3.0}},
]


@pytest.mark.parametrize("settings", CALLS)
def test_a_completion_is_that_of_llama_cpp_with_a_block_more(plain: ProbedLlama, llama, settings: dict) -> None:
    ours = plain.create_completion(PROMPT, **GREEDY | settings)
    assert without(llama.create_completion(PROMPT, **GREEDY | settings)) == without(ours)
    text, tokens = ours["choices"][0]["text"], ours["choices"][0]["probe"]["tokens"]
    assert [token["text"] for token in tokens] == [text[token["start"] : token["end"]] for token in tokens]
    assert "".join(token["text"] for token in tokens) == text.removeprefix(PROMPT if settings.get("echo") else "")


@pytest.mark.parametrize("settings", CALLS[:2] + CALLS[3:])
def test_a_stream_is_that_of_llama_cpp_and_carries_every_token_once(probed, llama, settings: dict) -> None:
    whole = probed.create_completion(PROMPT, **GREEDY | settings)["choices"][0]
    theirs = list(llama.create_completion(PROMPT, stream=True, **GREEDY | settings))
    probed.reset()
    ours = list(probed.create_completion(PROMPT, stream=True, **GREEDY | settings))
    assert [without(chunk) for chunk in theirs] == [without(chunk) for chunk in ours]
    tokens = [token for chunk in ours for token in chunk["choices"][0]["probe"]["tokens"]]
    assert [t["id"] for t in tokens] == [t["id"] for t in whole["probe"]["tokens"]]
    assert "".join(token["text"] for token in tokens) == "".join(chunk["choices"][0]["text"] for chunk in ours)


def test_a_call_is_a_completion(plain: ProbedLlama, llama) -> None:
    assert without(llama(PROMPT, **GREEDY)) == without(plain(PROMPT, **GREEDY))


def test_a_chat_is_that_of_llama_cpp_with_a_block_more(plain: ProbedLlama, llama) -> None:
    ours = plain.create_chat_completion(MESSAGES, **GREEDY)
    assert without(llama.create_chat_completion(MESSAGES, **GREEDY)) == without(ours)
    choice = ours["choices"][0]
    assert "".join(token["text"] for token in choice["probe"]["tokens"]) == choice["message"]["content"]


def test_a_chat_streams(probed: ProbedLlama, llama) -> None:
    theirs = list(llama.create_chat_completion(MESSAGES, stream=True, **GREEDY))
    ours = list(probed.create_chat_completion(MESSAGES, stream=True, **GREEDY))
    assert [without(chunk) for chunk in theirs] == [without(chunk) for chunk in ours]
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in ours)
    tokens = [token for chunk in ours for token in chunk["choices"][0]["probe"]["tokens"]]
    assert "".join(token["text"] for token in tokens) == text
    assert None not in {token["score"] for token in tokens}


def test_a_grammar_passes_through(plain: ProbedLlama) -> None:
    import llama_cpp

    grammar = llama_cpp.LlamaGrammar.from_string('root ::= ("a" | "e") "t"', verbose=False)
    choice = plain.create_completion(PROMPT, grammar=grammar, **GREEDY)["choices"][0]
    assert choice["text"] in {"at", "et"}
    assert "".join(token["text"] for token in choice["probe"]["tokens"]) == choice["text"]


@pytest.mark.parametrize("stream", [False, True])
def test_tools_pass_through(plain: ProbedLlama, stream: bool) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "boolean"}}, "required": ["n"]}
    tools = [{"type": "function", "function": {"name": "count", "parameters": schema}}]
    choose = {"type": "function", "function": {"name": "count"}}
    answer = plain.create_chat_completion(
        MESSAGES, tools=tools, tool_choice=choose, stream=stream, max_tokens=60, temperature=0.0
    )
    chunks = list(answer) if stream else [answer]
    calls = [c["choices"][0].get("message", c["choices"][0].get("delta")).get("tool_calls") for c in chunks]
    assert "count" in str(calls)
    tokens = [token for chunk in chunks for token in chunk["choices"][0]["probe"]["tokens"]]
    assert '"n"' in "".join(token["text"] for token in tokens)


def test_probabilities_are_those_of_the_model(plain: ProbedLlama, model: Path) -> None:
    tokens = plain.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]["tokens"]
    prompt = plain.tokenize(PROMPT.encode())
    logits = Model(model).run([*prompt, *(token["id"] for token in tokens)]).logits[len(prompt) - 1 :]
    logprobs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    for token, row in zip(tokens, logprobs[:-1], strict=True):
        assert token["logprob"] == pytest.approx(row[token["id"]], abs=TOLERANCE)
        assert token["entropy"] == pytest.approx(-(np.exp(row) * row).sum(), abs=TOLERANCE)


@pytest.mark.parametrize("stream", [False, True])
def test_every_token_has_the_score_of_an_independent_pass_the_last_one_too(probed, model: Path, stream: bool) -> None:
    answer = probed.create_completion(PROMPT, stream=stream, **GREEDY)
    chunks = list(answer) if stream else [answer]
    tokens = [token for chunk in chunks for token in chunk["choices"][0]["probe"]["tokens"]]
    prompt = probed.tokenize(PROMPT.encode())
    expected = expected_scores(model, [*prompt, *(token["id"] for token in tokens)], len(prompt))
    assert len(tokens) == 20
    np.testing.assert_allclose([token["score"] for token in tokens], expected, atol=TOLERANCE)


def test_a_stream_gives_a_score_one_token_late(probed: ProbedLlama) -> None:
    seen = shown = 0
    for chunk in probed.create_completion(PROMPT, stream=True, **GREEDY):
        choice = chunk["choices"][0]
        shown += len(choice["text"])
        seen = max([seen, *(token["end"] for token in choice["probe"]["tokens"])])
        assert choice["finish_reason"] or seen < shown
    assert seen == shown


def test_a_long_prompt_takes_no_memory_for_scores_it_does_not_have(model: Path, native: bool, monkeypatch) -> None:
    neurons = tuple(Neuron(layer, i) for layer in range(3) for i in range(48))
    monkeypatch.setattr("probes.attach.open_capture", partial(open_capture, max_values=3 * 49 * 10))
    engine = ProbedLlama(model, SumOfShares(neurons), native=native, **SETTINGS)
    tokens = engine.create_completion([1, *[70] * 200], **GREEDY)["choices"][0]["probe"]["tokens"]
    engine.close()
    assert None not in {token["score"] for token in tokens}


def test_a_prompt_that_the_context_holds_changes_no_score(probed: ProbedLlama) -> None:
    first, again = (probed.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]["tokens"] for _ in range(2))
    assert [t["id"] for t in first] == [t["id"] for t in again]
    np.testing.assert_allclose([t["score"] for t in first], [t["score"] for t in again], atol=1e-5)


def test_the_last_token_of_a_full_context_has_a_score_too(probed: ProbedLlama) -> None:
    prompt = [1, *[70] * 249]
    tokens = probed.create_completion(prompt, max_tokens=None, temperature=0.0)["choices"][0]["probe"]["tokens"]
    assert [token["score"] is None for token in tokens] == [False] * 6


def test_drafted_tokens_that_were_rejected_leave_no_trace(probed: ProbedLlama, model: Path, native: bool) -> None:
    from llama_cpp.llama_speculative import LlamaPromptLookupDecoding

    settings = SETTINGS | {"draft_model": LlamaPromptLookupDecoding(num_pred_tokens=3, max_ngram_size=1)}
    drafting = ProbedLlama(model, SumOfShares(), native=native, **settings)
    one, two = (e.create_completion(PROMPT * 2, **GREEDY)["choices"][0]["probe"]["tokens"] for e in (probed, drafting))
    drafting.close()
    assert [token["id"] for token in one] == [token["id"] for token in two]
    for name in ("logprob", "entropy", "score"):
        np.testing.assert_allclose([t[name] for t in one], [t[name] for t in two], atol=TOLERANCE)


def test_a_state_from_a_cache_changes_no_number(probed: ProbedLlama) -> None:
    import llama_cpp

    probed.set_cache(llama_cpp.LlamaRAMCache())
    first = probed.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]["tokens"]
    probed.create_completion("another text", **GREEDY)
    again = probed.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]["tokens"]
    assert [t["id"] for t in first] == [t["id"] for t in again]
    np.testing.assert_allclose([t["score"] for t in first], [t["score"] for t in again], atol=TOLERANCE)


def test_a_generation_that_is_left_early_keeps_what_it_wrote(probed: ProbedLlama) -> None:
    for _ in range(2):
        running = probed.generate(probed.tokenize(PROMPT.encode()), temp=0.0)
        ids = [next(running) for _ in range(3)]
        running.close()
        assert [trace.id for trace in probed.recorder.traces] == ids


def test_without_a_probe_the_block_says_why_there_is_no_score(model: Path) -> None:
    engine = ProbedLlama(model, None, **SETTINGS)
    block = engine.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]
    engine.close()
    assert (block["reason"], block["spans"], {token["score"] for token in block["tokens"]}) == (NOT_ASKED, [], {None})


def test_what_is_not_ours_is_llamas_own(plain: ProbedLlama, model: Path) -> None:
    assert (plain.n_ctx(), plain.model_path) == (256, str(model))
    with pytest.raises(AttributeError):
        _ = plain.no_such_thing


def test_the_package_exports_what_it_lists() -> None:
    assert [name for name in probes.__all__ if getattr(probes, name).__name__ != name] == []
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = probes.Nothing


@pytest.mark.parametrize(
    ("what", "error", "sentence"),
    [
        (lambda e: e.run_with_cache([]), EmptyPrompt, "there is no token to read"),
        (lambda e: e.run_with_cache("it", []), CaptureFailed, "no layer was asked for"),
        (lambda e: e.read(""), EmptyPrompt, "there is no token to read"),
        (lambda e: e.read("it " * 100, "it " * 100), ContextOverflow, "tokens and the context holds 256"),
        (lambda e: e.run_with_cache("it " * 300), ContextOverflow, "tokens and the context holds 256"),
        (lambda e: e.run_with_cache("it", [3]), CaptureFailed, "no layer 3; its layers are 0 to 2"),
        (lambda e: e.run_with_cache("it", [-1]), CaptureFailed, "no layer -1"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(plain: ProbedLlama, what, error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence) as caught:
        what(plain)
    assert "\n" not in str(caught.value)
    assert plain.create_completion(PROMPT, **GREEDY)["choices"][0]["text"]


def test_activations_that_would_fill_the_memory_are_refused(plain: ProbedLlama, monkeypatch) -> None:
    monkeypatch.setattr("probes.reader.MAX_BYTES", 1000)
    with pytest.raises(CaptureFailed, match="would take") as caught:
        plain.run_with_cache(PROMPT)
    assert caught.value.hint == "ask for fewer layers or a shorter text"


def test_a_mixture_of_experts_writes_but_is_not_watched(tiny) -> None:
    engine = ProbedLlama(tiny(Family.MIXTURE), **SETTINGS)
    assert engine.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]["tokens"]
    with pytest.raises(CaptureFailed, match="mixture of experts"):
        engine.run_with_cache(PROMPT)
    engine.close()


def test_a_probe_of_a_larger_model_is_refused(model: Path) -> None:
    with pytest.raises(ProbesError, match="neuron 48 of layer 2, which is not there"):
        ProbedLlama(model, SumOfShares((Neuron(2, 48),)), **SETTINGS)


def test_an_embedding_model_is_refused(tiny, tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "embedding.gguf", causal=False)
    with pytest.raises(ModelUnreadable, match="is an embedding model: it writes no text"):
        ProbedLlama(path, **SETTINGS)


def test_a_model_with_an_adapter_is_not_watched() -> None:
    with pytest.raises(CaptureFailed, match="LoRA adapter"):
        attach(SimpleNamespace(_lora_adapter=object()))


def test_engines_run_side_by_side(model: Path) -> None:
    engines = [ProbedLlama(model, SumOfShares(), **SETTINGS) for _ in range(2)]
    prompts = [PROMPT, "on the it"]
    alone = [e.create_completion(p, **GREEDY)["choices"][0] for e, p in zip(engines, prompts, strict=True)]
    found: dict[int, list[dict]] = {0: [], 1: []}

    def run(which: int) -> None:
        for _ in range(5):
            engines[which].reset()
            found[which].append(engines[which].create_completion(prompts[which], **GREEDY)["choices"][0])

    threads = [threading.Thread(target=run, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.close()
    assert found == {which: [alone[which]] * 5 for which in (0, 1)}


def test_an_engine_is_freed_when_nobody_holds_it(model: Path, native: bool) -> None:
    engine = ProbedLlama(model, SumOfShares(), native=native, **SETTINGS)
    engine.create_completion(PROMPT, **GREEDY)
    reference = weakref.ref(engine._llama)
    del engine
    assert reference() is None


def test_closing_may_be_done_twice(probed: ProbedLlama) -> None:
    probed.create_completion(PROMPT, **GREEDY)
    probed.close()
    probed.close()


@pytest.mark.soak
def test_ten_thousand_generations_leak_nothing(probed: ProbedLlama) -> None:
    def pages() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])

    for number in range(10_000):
        probed.create_completion(f"{number} {PROMPT}", max_tokens=4, temperature=1.0)
        if number == 1000:
            warm = pages()
    assert (pages() - warm) * 4096 < 8 << 20
