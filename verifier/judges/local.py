"""A GGUF model in this process as a judge: reads the weights of the letters from the logits, in one prefill a question."""

from __future__ import annotations

import importlib
import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from probes.errors import ProbesError
from probes.gguf import digest
from probes.loading import llama_cpp_module, open_llama
from verifier.judges.interface import Answers, Budget
from verifier.judges.model_judge import Choice, choice_of
from verifier.judges.prompt import Message, Piece, Prompt
from verifier.redacted import redacted

_LOG = logging.getLogger(__name__)

CONTEXT = 4_096
_BATCH = 512
_MARKS = ("\ue000", "\ue001")
"""Private-use characters that find the data in what a chat template made of it; ``cleaned`` lets none through."""
_LONGEST_ANSWER = 120


class LocalModel:
    """A ``.gguf`` file, loaded when it is first asked; one question at a time, from any thread.

    What consecutive prompts share is computed once: examples always, a passage for all claims about it.
    """

    def __init__(self, path: Path, *, threads: int | None = None, gpu_layers: int = 0) -> None:
        self.path = path
        self._settings = {"n_threads": threads, "n_threads_batch": threads, "n_gpu_layers": gpu_layers}
        self._lock = Lock()
        self._opened: _Opened | None = None

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def identity(self) -> str:
        """The digest of the file; its name where it cannot be read."""
        try:
            return f"gguf:{digest(self.path)}"
        except ProbesError:
            return f"gguf:{self.path.name}"

    def choose(self, prompts: Sequence[Prompt], budget: Budget) -> Iterator[Choice]:
        """One choice a prompt, in their order."""
        with self._lock:
            chosen: dict[int, Choice] = {}
            # Prompts with one beginning follow each other, so that it is computed once.
            for index in sorted(range(len(prompts)), key=lambda each: prompts[each].messages[-1].text):
                chosen[index] = self._guarded(prompts[index], budget)
        yield from (chosen[index] for index in range(len(prompts)))

    def write(self, prompt: Prompt, samples: int, budget: Budget) -> Answers:
        """The object that the prompt asks for, several times, held to its form by a grammar."""
        with self._lock:
            found: list[tuple[str, ...]] = []
            for seed in range(samples):
                why = budget.take()
                if why:
                    return Answers(tuple(found), why)
                try:
                    found.append(self._model().write(prompt, seed))
                except ProbesError as error:
                    return Answers(tuple(found), error.message)
                except Exception as error:  # noqa: BLE001  what llama.cpp raises is no verdict
                    return Answers(tuple(found), f"the model failed ({type(error).__name__})")
        return Answers(tuple(found))

    def close(self) -> None:
        """Free the model."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _guarded(self, prompt: Prompt, budget: Budget) -> Choice:
        why = budget.take()
        if why:
            return Choice(unavailable=why)
        try:
            return self._model().choose(prompt)
        except ProbesError as error:
            return Choice(unavailable=error.message)
        except Exception as error:  # noqa: BLE001  what llama.cpp raises is no verdict
            _LOG.warning("the local judge failed: %s", redacted(error))
            return Choice(unavailable=f"the model failed ({type(error).__name__})")

    def _model(self) -> _Opened:
        if self._opened is None:
            self._opened = _Opened(open_llama(self.path, n_ctx=CONTEXT, n_batch=_BATCH, **self._settings))
        return self._opened


class _Opened:
    """A loaded model and what stands in its context."""

    def __init__(self, llama: Any) -> None:
        self._llama = llama
        self._held: list[int] = []
        self._letters: dict[str, list[int]] = {}

    def choose(self, prompt: Prompt) -> Choice:
        """The weights of the letters as the first thing that is answered."""
        tokens = self._tokens(prompt)
        if len(tokens) >= CONTEXT:
            return Choice(unavailable="claim and passages are longer than the model's context")
        row = self._logits(tokens)
        return choice_of([max(float(row[token]) for token in self._spellings(each)) for each in prompt.letters])

    def write(self, prompt: Prompt, seed: int) -> tuple[str, ...]:
        """One answer as the values of the asked fields."""
        grammars = importlib.import_module("llama_cpp.llama_grammar")
        self._llama.set_seed(seed + 1)
        self._llama.reset()
        self._held = []
        done = self._llama.create_completion(
            self._tokens(prompt),
            max_tokens=_LONGEST_ANSWER,
            temperature=0.7,
            grammar=grammars.LlamaGrammar.from_string(grammar(prompt.fields), verbose=False),
        )
        try:
            written = json.loads(done["choices"][0]["text"])
        except ValueError:  # cut off at its longest
            return tuple("" for _ in prompt.fields)
        return tuple(str(written.get(name, "")) for name in prompt.fields)

    def close(self) -> None:
        self._llama.close()

    def _logits(self, tokens: list[int]) -> Any:
        import numpy as np

        shared = 0
        while shared < min(len(tokens) - 1, len(self._held)) and tokens[shared] == self._held[shared]:
            shared += 1
        self._llama.n_tokens = shared
        self._held = []
        self._llama.eval(tokens[shared:])  # drops what stands behind the shared beginning
        self._held = tokens
        found = llama_cpp_module().llama_get_logits_ith(self._llama.ctx, -1)
        return np.ctypeslib.as_array(found, shape=(self._llama.n_vocab(),))

    def _spellings(self, letter: str) -> list[int]:
        """Tokens that begin an answer with the letter."""
        if letter not in self._letters:
            pieces = [self._plain(text) for text in (letter, f" {letter}")]
            self._letters[letter] = sorted({piece[-1] for piece in pieces if piece})
        return self._letters[letter]

    def _tokens(self, prompt: Prompt) -> list[int]:
        """The prompt in the model's chat template; data never becomes a special token."""
        template = self._llama.metadata.get("tokenizer.chat_template")
        shaped = self._templated(template, prompt.messages) if template else _untemplated(prompt.messages)
        tokens: list[int] = []
        for part in shaped.split(_MARKS[0]):
            inside, mark, behind = part.partition(_MARKS[1])
            if mark:
                tokens += self._plain(inside)
            tokens += self._special(behind if mark else part)
        if template:
            return tokens
        return [int(token) for token in self._llama.tokenize(b"", add_bos=True)] + tokens

    def _templated(self, template: str, messages: Sequence[Message]) -> str:
        formats = importlib.import_module("llama_cpp.llama_chat_format")
        formatter = formats.Jinja2ChatFormatter(
            template=template,
            eos_token=self._spelling(self._llama.token_eos()),
            bos_token=self._spelling(self._llama.token_bos()),
        )
        try:
            shaped: str = formatter(
                messages=[{"role": each.role, "content": _marked(each.pieces)} for each in messages]
            ).prompt
        except Exception:  # noqa: BLE001  some templates know no system message
            merged = [Message("user", (*messages[0].pieces, Piece("\n\n"), *messages[1].pieces)), *messages[2:]]
            shaped = formatter(
                messages=[{"role": each.role, "content": _marked(each.pieces)} for each in merged]
            ).prompt
        return shaped

    def _spelling(self, token: int) -> str:
        if token < 0:
            return ""
        spelt: bytes = self._llama.detokenize([token], special=True)
        return spelt.decode(errors="replace")

    def _plain(self, text: str) -> list[int]:
        return [int(token) for token in self._llama.tokenize(text.encode(), add_bos=False, special=False)]

    def _special(self, text: str) -> list[int]:
        return [int(token) for token in self._llama.tokenize(text.encode(), add_bos=False, special=True)]


def _marked(pieces: Sequence[Piece]) -> str:
    return "".join(f"{_MARKS[0]}{each.text}{_MARKS[1]}" if each.is_data else each.text for each in pieces)


def _untemplated(messages: Sequence[Message]) -> str:
    """The conversation for a model that was never told how conversations look."""
    names = {"system": "", "user": "", "assistant": "Answer: "}
    turns = [f"{names[each.role]}{_marked(each.pieces)}" for each in messages]
    return "\n\n".join(turns) + "\n\nAnswer:"


def grammar(fields: Sequence[str]) -> str:
    r"""A GBNF grammar of one JSON object with these keys and short texts as values.

    >>> print(grammar(("family", "year")).splitlines()[0])
    root ::= "{\"family\": " text ", \"year\": " text "}"
    """
    pairs = ' ", '.join(f'\\"{name}\\": " text' for name in fields)
    return f'root ::= "{{{pairs} "}}"\ntext ::= "\\"" [^"\\\\\\n]{{0,80}} "\\""\n'
