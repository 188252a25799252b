"""``ProbedLlama``: a ``llama_cpp.Llama`` whose answers say how sure the model was, and what its neurons did."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from probes.artefact import must_match, template_digest
from probes.artefact_types import Probe
from probes.attach import attach
from probes.block import Blocks
from probes.capture import Capture, Wanted
from probes.detector import Detector
from probes.errors import (
    CaptureFailed,
    ContextOverflow,
    EmptyPrompt,
    EngineMissing,
    LayoutMismatch,
    ModelUnreadable,
    ProbesError,
)
from probes.gguf import column_norms, facts_of
from probes.install import NOT_ASKED, SPARE, find_probe, logits_alone
from probes.loading import open_llama
from probes.reader import Activations, forget, read_activations, read_text, text_tokens
from probes.recorder import Recorder, ScoredTrace, watch
from probes.types import ModelFacts, Neuron, Scorer

Names = Sequence[Literal["z", "h_norm"]]


class ProbedLlama:
    """Runs a GGUF file as ``llama_cpp.Llama`` does, and adds a ``probe`` block to every choice.

    ``create_completion``, ``create_chat_completion`` and a plain call take and return what they do there, streams
    included; everything else is the ``Llama``'s own. ``choices[i]["probe"]`` holds ``tokens`` (``id``, ``text``, ``start``,
    ``end``, ``logprob``, ``entropy`` in nats, ``score``), ``spans`` (``start``, ``end``, ``kind``, ``score``, ``mode``:
    ``generated`` or ``reader``), and ``reason``: why scores are missing or are no probe's of this model, or ``""``.
    Scores are risks, 0 to 1. Offsets count characters of the choice's text. In a stream a chunk carries the tokens that have their score by then;
    a score comes one token late, because a token's neurons are computed with the token behind it. A span comes once, as soon
    as nothing can change it; a text of at most 80 characters is one span, which comes at its end.

    The activations are only watched where something needs them, so an engine without a probe costs nothing. As with
    ``Llama``, one engine serves one thread at a time; several engines may run side by side.

    >>> llama = ProbedLlama("model.gguf", n_ctx=2048)                    # doctest: +SKIP
    >>> answer = llama.create_completion("The capital of France is")    # doctest: +SKIP
    >>> answer["choices"][0]["probe"]["tokens"][0]["entropy"]           # doctest: +SKIP

    Raises:
        EngineMissing: llama-cpp-python is not installed.
        ModelUnreadable: the file is missing, no GGUF, truncated, refused by llama.cpp, or makes embeddings only.

    """

    def __init__(
        self,
        path: Path | str,
        probe: Literal["auto"] | Probe | Scorer | None = "auto",
        *,
        native: bool | None = None,
        **llama_settings: Any,
    ) -> None:
        """Load the model; ``native`` forces the C capture (True) or the one in Python (False).

        ``"auto"`` takes the installed or shipped probe of this model, or else logits calibrated on other models.
        """
        self.path = Path(path)
        self._native = native
        self._llama = open_llama(self.path, **llama_settings)
        self._capture: Capture | None = None
        self._factors: dict[Neuron, float] = {}
        self._learnt = False
        self._recorder = Recorder()
        self._reason = NOT_ASKED
        watch(self._llama, self._recorder)
        if probe == "auto":
            self._use_auto()
        elif isinstance(probe, Probe):
            self._must_match(probe)
            self._use(Detector(probe))
        elif probe is not None:
            self._use(probe)

    @cached_property
    def facts(self) -> ModelFacts:
        """Which model this is; hashes a file that was not seen before."""
        return facts_of(self._llama.metadata, self.path, int(self._llama.n_ctx()))

    @property
    def recorder(self) -> Recorder:
        """What the running or last generation wrote."""
        return self._recorder

    def __getattr__(self, name: str) -> Any:
        """Everything else is the ``Llama``'s own."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._llama, name)

    def __call__(self, *arguments: Any, **settings: Any) -> Any:
        """The same as ``create_completion``."""
        return self.create_completion(*arguments, **settings)

    def create_completion(self, *arguments: Any, **settings: Any) -> Any:
        """Continue a prompt: ``llama_cpp.Llama.create_completion`` with a ``probe`` block in each choice."""
        bound = inspect.signature(self._llama.create_completion).bind(*arguments, **settings).arguments
        if not isinstance(bound["prompt"], str) and not len(bound["prompt"]):
            raise EmptyPrompt("the prompt is empty: there is no token to begin with")
        echoed = len(bound["prompt"]) if bound.get("echo") else 0
        self._recorder.begin()
        with _one_sentence():
            return self._with_probe(self._llama.create_completion(*arguments, **settings), echoed)

    def create_chat_completion(self, *arguments: Any, **settings: Any) -> Any:
        """Answer messages: ``llama_cpp.Llama.create_chat_completion`` with a ``probe`` block in each choice."""
        self._recorder.begin()
        with _one_sentence():
            return self._with_probe(self._llama.create_chat_completion(*arguments, **settings), 0)

    def create_chat_completion_openai_v1(self, *arguments: Any, **settings: Any) -> Any:
        """The same as ``create_chat_completion``, in the types of the ``openai`` package."""
        return type(self._llama).create_chat_completion_openai_v1(self, *arguments, **settings)

    def generate(self, *arguments: Any, **settings: Any) -> Iterator[int]:
        """Token after token: ``llama_cpp.Llama.generate``; ``recorder`` says what is known of each."""
        self._recorder.begin()
        found: Iterator[int] = self._llama.generate(*arguments, **settings)
        return found

    def scored(self, *, final: bool = False) -> list[ScoredTrace]:
        """The tokens of the running or last generation that have their score; all of them once it is over (``final``)."""
        if final:
            self._recorder.flush(self._llama)
        return self._recorder.scored(final=final)

    def run_with_cache(
        self, prompt: str | Sequence[int], layers: Sequence[int] | None = None, names: Names = ("z", "h_norm")
    ) -> Activations:
        """Activations of a text's neurons, ``[layer, token, neuron]``, read in one prefill of bounded memory.

        A string is tokenised as plain text behind the model's own first token; give tokens to decide yourself. ``layers``
        defaults to all. The context is empty afterwards.

        Raises:
            ProbesError: the text is empty or too long, a layer is not there, or the model is a mixture of experts.

        """
        capture = self._attached()
        chosen = range(capture.layers) if layers is None else layers
        try:
            tokens = text_tokens(self._llama, prompt)
            scaled = Wanted({}, factors=self._factors)
            found = read_activations(self._llama, capture, tokens, chosen, scaled, keep_z="z" in names)
        finally:
            self._apply()
        return found if "h_norm" in names else replace(found, h_norm=None)

    def read(self, text: str | Sequence[int], prompt: str | Sequence[int] = "") -> dict[str, Any]:
        """The ``probe`` block of a text that somebody else wrote, behind a prompt, from one prefill of bounded memory.

        Reading is another regime than writing: thresholds learnt on what the model wrote need not hold here. Offsets count
        characters of the text. Without a prompt, a model that has no first token of its own cannot say how likely the
        text's first token is, and the block begins with the second. The context is empty afterwards.

        Raises:
            ProbesError: the text is empty or does not fit into the context behind the prompt.

        """
        before = text_tokens(self._llama, prompt) if prompt else self._first_token()
        read_text(self._llama, self._recorder, before, text_tokens(self._llama, text, behind=before))
        return Blocks(self._recorder, self._reason, "reader").block(self._recorder.scored(final=True))

    @contextlib.contextmanager
    def scale(self, factors: Mapping[Neuron, float]) -> Iterator[ProbedLlama]:
        """Multiply neurons by factors inside a ``with`` block, on top of those of blocks around it.

        The context is emptied at both ends, because what it holds was computed under other factors.

        Raises:
            CaptureFailed: from the next decode, if a layer has fewer neurons than were named.

        """
        before = self._factors
        self._learn()
        self._factors = {**before, **factors}
        self._apply()
        forget(self._llama)
        try:
            yield self
        finally:
            self._factors = before
            self._apply()
            forget(self._llama)

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        self._llama.close()

    def _first_token(self) -> list[int]:
        return [int(token) for token in self._llama.tokenize(b"", special=False)]

    @property
    def probe(self) -> Probe | None:
        """The trained probe at work; ``None`` without one, and for a scorer of the caller's own."""
        return self._recorder.scorer.probe if isinstance(self._recorder.scorer, Detector) else None

    @property
    def reason(self) -> str:
        """Why scores are missing, or are no probe's of this model; empty if neither."""
        return self._reason

    def _use_auto(self) -> None:
        chosen = find_probe(self.facts, template_digest(self._llama.metadata))
        self._reason = chosen.reason
        if chosen.probe is None:
            return
        try:
            self._use(Detector(chosen.probe), chosen.reason)
        except (CaptureFailed, EngineMissing, LayoutMismatch, ModelUnreadable) as error:
            # Nobody asked for this probe by name, and the model answers without it.
            spare = logits_alone()
            self._use(Detector(spare), f"{error.message}, so {SPARE}") if spare else self._use_nothing(error.message)

    def _use_nothing(self, reason: str) -> None:
        self._recorder.scorer, self._reason = None, reason

    def _must_match(self, probe: Probe) -> None:
        if probe.neurons or probe.model.sha256 == self.facts.sha256:
            try:
                must_match(probe, self.facts, template_digest(self._llama.metadata))
            except ProbesError:
                self.close()
                raise

    def _use(self, probe: Scorer, reason: str = "") -> None:
        self._recorder.scorer, self._reason = probe, reason
        if not probe.neurons:
            return
        norms = column_norms(self.path)
        strange = [n for n in probe.neurons if not (n.layer < len(norms) and n.index < len(norms[n.layer]))]
        if strange:
            self.close()
            raise ProbesError(
                f"the probe looks at neuron {strange[0].index} of layer {strange[0].layer}, which is not there"
            )
        self._recorder.norms = norms
        self._attached()
        self._apply()

    def _attached(self) -> Capture:
        if self._capture is None:
            self._capture = self._recorder.capture = attach(self._llama, native=self._native)
        return self._capture

    def _apply(self) -> None:
        self._attached().want(self._recorder.wanted(self._factors))

    def _learn(self) -> None:
        """Let the capture find the nodes that make the activations; one token, once."""
        if self._learnt:
            return
        capture = self._attached()
        forget(self._llama)
        capture.want(Wanted({}, learning=True))
        self._llama.eval([max(0, self._llama.token_bos())])
        forget(self._llama)
        self._learnt = True

    def _with_probe(self, answer: Any, echoed: int) -> Any:
        if not isinstance(answer, dict):
            return self._stream(answer)
        self._recorder.flush(self._llama)
        tokens = self._recorder.scored(final=True)
        for choice in answer["choices"]:
            text = choice["text"][echoed:] if "text" in choice else choice["message"].get("content")
            blocks = Blocks(self._recorder, self._reason, shift=echoed)
            length = None if text is None else len(text)
            choice["probe"] = blocks.block(tokens if text is None else within(tokens, len(text)), length)
        return answer

    def _stream(self, answer: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        with _one_sentence():
            yield from self._chunks(answer)

    def _chunks(self, answer: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The chunks, each with the tokens whose text has been shown by then and whose score is known."""
        given = shown = 0
        calls_tools = False
        blocks = Blocks(self._recorder, self._reason)
        for chunk in answer:
            for choice in chunk["choices"]:
                delta = choice.get("delta") or {}
                shown += len(choice.get("text") or delta.get("content") or "")
                calls_tools = calls_tools or bool(delta.get("tool_calls") or delta.get("function_call"))
                final = choice.get("finish_reason") is not None
                if final:
                    self._recorder.flush(self._llama)
                tokens = self._recorder.scored(final=final)[given:]
                if final and not calls_tools:
                    tokens = within(tokens, shown)
                elif not final:
                    tokens = [token for token in tokens if token.trace.end <= shown]
                given += len(tokens)
                choice["probe"] = blocks.block(tokens, None if calls_tools else shown, final=final)
            yield chunk


@contextlib.contextmanager
def _one_sentence() -> Iterator[None]:
    """Say in our words that a prompt is too long."""
    try:
        yield
    except ValueError as error:
        if "exceed context window" in str(error):
            raise ContextOverflow(
                f"the prompt does not fit: {error}", hint="shorten it, or give a larger n_ctx"
            ) from error
        raise


def within(tokens: Sequence[ScoredTrace], length: int) -> list[ScoredTrace]:
    """The tokens of a text that was cut to ``length`` characters, the last of them cut with it."""
    kept = [token for token in tokens if token.trace.end <= length]
    if len(kept) < len(tokens) and tokens[len(kept)].trace.start < length:
        token = tokens[len(kept)]
        trace = replace(token.trace, text=token.trace.text[: length - token.trace.start], end=length)
        kept.append(replace(token, trace=trace))
    return kept
