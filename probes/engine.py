"""A local GGUF model that is watched while it writes.

``LocalEngine`` runs the model through llama-cpp-python and yields one ``TokenTrace`` a token. The logits are read where
llama.cpp hands them to the sampler, so nothing is computed twice and no row of scores is kept.
"""

from __future__ import annotations

import codecs
import hashlib
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from probes.errors import INSTALL, ContextOverflow, EngineMissing, ModelUnreadable
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

    def __init__(self, path: Path, *, context: int = 4096, threads: int | None = None, gpu_layers: int = 0) -> None:
        """Load the model; ``context`` is in tokens, ``gpu_layers`` of -1 offloads all layers."""
        self.path = path
        self._llama = _load(path, context, threads, gpu_layers)

    @cached_property
    def facts(self) -> ModelFacts:
        """Which model this is; hashes the file at the first call."""
        metadata: dict[str, str] = self._llama.metadata
        architecture = metadata.get("general.architecture", "unknown")
        return ModelFacts(
            name=metadata.get("general.name", self.path.stem),
            architecture=architecture,
            sha256=_digest(self.path),
            layers=int(metadata.get(f"{architecture}.block_count", 0)),
            context=int(self._llama.n_ctx()),
        )

    def generate(self, prompt: str, options: GenerateOptions = GREEDY, *, system: str = "") -> Iterator[TokenTrace]:
        """Answer one user message through the model's own chat template; without a template the prompt is continued.

        Raises:
            ContextOverflow: prompt and template leave no room for an answer.

        """
        tokens = self._prompt_tokens(prompt, system)
        room = self._llama.n_ctx() - len(tokens)
        if room < ROOM_FOR_AN_ANSWER:
            raise ContextOverflow(
                f"the prompt has {len(tokens):,} tokens and the context holds {self._llama.n_ctx():,}",
                hint="shorten the prompt, or give a larger --context",
            )
        return self._write(tokens, options, min(options.max_tokens, room))

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        self._llama.close()

    def _prompt_tokens(self, prompt: str, system: str) -> list[int]:
        """The prompt in the model's chat template. Special tokens spelt out in the user's text stay plain text."""
        template = self._llama.metadata.get("tokenizer.chat_template")
        if not template:
            text = f"{system}\n\n{prompt}" if system else prompt
            return [int(t) for t in self._llama.tokenize(text.encode(), add_bos=True, special=False)]
        formats = importlib.import_module("llama_cpp.llama_chat_format")
        formatter = formats.Jinja2ChatFormatter(
            template=template,
            eos_token=self._spelling(self._llama.token_eos()),
            bos_token=self._spelling(self._llama.token_bos()),
        )
        messages = [{"role": "system", "content": system}] if system else []
        marks = ("\ue000", "\ue001")  # private-use characters that find the user's words in the template's output
        messages.append({"role": "user", "content": f"{marks[0]}{prompt}{marks[1]}"})
        shaped: str = formatter(messages=messages).prompt
        before, _, rest = shaped.partition(marks[0])
        inside, _, after = rest.rpartition(marks[1])
        pieces = ((before, True), (inside, False), (after, True))
        return [
            int(token)
            for text, special in pieces
            for token in self._llama.tokenize(text.encode(), add_bos=False, special=special)
        ]

    def _spelling(self, token: int) -> str:
        if token < 0:
            return ""
        spelt: bytes = self._llama.detokenize([token], special=True)
        return spelt.decode(errors="replace")

    def _write(self, tokens: list[int], options: GenerateOptions, max_tokens: int) -> Iterator[TokenTrace]:
        llama_cpp = _llama_cpp()
        vocab = llama_cpp.llama_model_get_vocab(self._llama.model)
        watch = _Watch()
        self._llama.set_seed(options.seed)
        # Reused prefixes go through other kernels than a prefill does, and the last bits decide samples.
        self._llama.reset()
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        position = 0
        ids = self._llama.generate(
            tokens,
            top_k=options.top_k,
            top_p=options.top_p,
            min_p=0.0,
            temp=options.temperature,
            repeat_penalty=options.repeat_penalty,
            logits_processor=llama_cpp.LogitsProcessorList([watch]),
        )
        for token in islice(ids, max_tokens):
            if llama_cpp.llama_vocab_is_eog(vocab, token):
                break
            text = decoder.decode(self._llama.detokenize([token]))
            start, position = position, position + len(text)
            yield TokenTrace(int(token), text, start, position, watch.logprob(int(token)), watch.entropy)


@dataclass(slots=True)
class _Watch:
    """Sees the logits of each step on their way to the sampler, and leaves them as they are."""

    logits: Any = None
    log_sum: float = 0.0
    entropy: float = 0.0

    def __call__(self, _tokens: Any, scores: Any) -> Any:
        """Remember this step's distribution; called by llama-cpp-python once a token."""
        import numpy as np

        self.logits = np.array(scores, dtype=np.float32)
        top = float(self.logits.max())
        weights = np.exp(self.logits - top, dtype=np.float64)
        total = float(weights.sum())
        self.log_sum = top + float(np.log(total))
        self.entropy = max(0.0, self.log_sum - float(weights @ self.logits) / total)
        return scores

    def logprob(self, token: int) -> float:
        """Log probability of the token that was taken, in nats."""
        return min(0.0, float(self.logits[token]) - self.log_sum)


def _llama_cpp() -> Any:
    try:
        return importlib.import_module("llama_cpp")
    except ImportError as error:
        raise EngineMissing("running a local model needs llama-cpp-python", hint=INSTALL) from error


def _load(path: Path, context: int, threads: int | None, gpu_layers: int) -> Any:
    llama_cpp = _llama_cpp()
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelUnreadable(f"the model {path} cannot be read: {error.strerror}") from error
    if magic != b"GGUF":
        raise ModelUnreadable(f"{path} is no GGUF model", hint="give the path of a .gguf file")
    try:
        return llama_cpp.Llama(
            str(path),
            n_ctx=context,
            n_threads=threads,
            n_threads_batch=threads,
            n_gpu_layers=gpu_layers,
            verbose=False,
        )
    except (ValueError, RuntimeError, AssertionError, OSError) as error:
        raise ModelUnreadable(
            f"llama.cpp cannot load {path}: {error}", hint="the file may be truncated, or too new for this llama.cpp"
        ) from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
