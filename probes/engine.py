"""A local GGUF model that is watched while it writes.

``LocalEngine`` runs a model in this process and yields one ``TokenTrace`` a token. It is a ``ProbedLlama`` behind the
few words that checking a text needs: a prompt goes in, traces come out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol

from probes.artefact_types import Probe
from probes.errors import ContextOverflow, EmptyPrompt, NoChatTemplate
from probes.loading import llama_cpp_module
from probes.recorder import ScoredTrace
from probes.template import ChatTemplate
from probes.types import GenerateOptions, ModelFacts, TokenTrace

GREEDY = GenerateOptions()
ROOM_FOR_AN_ANSWER = 16
"""Tokens that must be left behind the prompt for a generation to make sense."""


class Engine(Protocol):
    """A model that writes and is watched.

    ``generate`` yields traces while the model writes; closing the iterator stops the model cleanly.
    """

    @property
    def facts(self) -> ModelFacts:
        """Which model this is."""

    def generate(self, prompt: str, options: GenerateOptions = GREEDY, *, system: str = "") -> Iterator[TokenTrace]:
        """Answer one user message."""

    def close(self) -> None:
        """Free the model; a second call does nothing."""


class LocalEngine:
    """A GGUF file run by llama.cpp in this process.

    Raises:
        EngineMissing: llama-cpp-python is not installed.
        ModelUnreadable: the file is missing, no GGUF, truncated, or refused by llama.cpp.

    """

    def __init__(
        self,
        path: Path,
        *,
        context: int = 4096,
        threads: int | None = None,
        gpu_layers: int = 0,
        probe: Literal["auto"] | Probe | None = None,
    ) -> None:
        """Load the model; ``context`` is in tokens, ``gpu_layers`` of -1 offloads all layers, ``probe`` as in ``ProbedLlama``."""
        from probes.probed import ProbedLlama

        self._probed = ProbedLlama(
            path, probe, n_ctx=context, n_threads=threads, n_threads_batch=threads, n_gpu_layers=gpu_layers
        )

    @property
    def facts(self) -> ModelFacts:
        """Which model this is; hashes a file that was not seen before."""
        return self._probed.facts

    @property
    def probe(self) -> Probe | None:
        """The probe at work."""
        return self._probed.probe

    @property
    def reason(self) -> str:
        """Why there are no scores, or why they are no probe's of this model; empty if neither."""
        return self._probed.reason

    def scored(self, *, final: bool = False) -> list[ScoredTrace]:
        """The tokens of the running or last answer that have their score; all of them once it is over (``final``)."""
        return self._probed.scored(final=final)

    def risk(self, start: int, end: int) -> float | None:
        """Risk, 0 to 1, of the characters from ``start`` to ``end`` of the last answer; ``None`` where nothing is known."""
        return self._probed.recorder.risk(start, end)

    def generate(self, prompt: str, options: GenerateOptions = GREEDY, *, system: str = "") -> Iterator[TokenTrace]:
        """Answer one user message through the model's own chat template; without a template the prompt is continued.

        Raises:
            EmptyPrompt: there is nothing but space in it.
            ContextOverflow: prompt and template leave no room for an answer.

        """
        if not prompt.strip():
            raise EmptyPrompt("the prompt is empty", hint="say what the model is to answer")
        tokens = self._prompt_tokens(readable(prompt), readable(system))
        room = self._probed.n_ctx() - len(tokens)
        if room < ROOM_FOR_AN_ANSWER:
            raise ContextOverflow(
                f"the prompt has {len(tokens):,} tokens and the context holds {self._probed.n_ctx():,}",
                hint="shorten the prompt, or give a larger --context",
            )
        return self._write(tokens, options, min(options.max_tokens, room))

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        self._probed.close()

    def _prompt_tokens(self, prompt: str, system: str) -> list[int]:
        """The prompt in the model's chat template; continued as it stands where there is none."""
        try:
            return ChatTemplate(self._probed).tokens(prompt, system)
        except NoChatTemplate:
            text = f"{system}\n\n{prompt}" if system else prompt
            return [int(t) for t in self._probed.tokenize(text.encode(), add_bos=True, special=False)]

    def _write(self, tokens: list[int], options: GenerateOptions, max_tokens: int) -> Iterator[TokenTrace]:
        vocabulary = llama_cpp_module().llama_model_get_vocab(self._probed.model)
        self._probed.set_seed(options.seed)
        # Reused prefixes go through other kernels than a prefill does, and the last bits decide samples.
        self._probed.reset()
        ids = self._probed.generate(
            tokens,
            top_k=options.top_k,
            top_p=options.top_p,
            min_p=0.0,
            temp=options.temperature,
            repeat_penalty=options.repeat_penalty,
        )
        for token in islice(ids, max_tokens):
            if llama_cpp_module().llama_vocab_is_eog(vocabulary, token):
                break
            yield self._probed.recorder.traces[-1]


def readable(text: str) -> str:
    """The text with question marks for what is no character, as half of a surrogate pair from a broken argument."""
    return text.encode("utf-8", "replace").decode()
