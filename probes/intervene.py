"""Scales neurons, lets the model answer, and counts what it does then; random sets of neurons beside the probe's as control.

What an effect costs stands beside it: perplexity of a text and accuracy on multiple choice under the same factors. The
context is emptied between factors, because what it holds was computed under the last one.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from probes.behaviour import BehaviourItem, BehaviourJudge, RuleJudge, Shown
from probes.effects import PROBE_SET, Cost, Outcome
from probes.errors import CaptureFailed, FeaturesUnreadable, ProbesError
from probes.files import MAX_TEXT_BYTES, read_bytes
from probes.gguf import column_norms
from probes.probed import ProbedLlama
from probes.types import Neuron

ALPHAS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
"""The factors of Gao et al."""


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """A multiple-choice question; the model chooses the answer that it finds likeliest a token."""

    question: str
    choices: tuple[str, ...]
    right: int


@dataclass(frozen=True, slots=True)
class InterveneOptions:
    """How much is run."""

    alphas: tuple[float, ...] = ALPHAS
    random_sets: int = 5
    max_tokens: int = 256
    seed: int = 0
    system: str = ""
    text: str = ""
    """Its perplexity is measured, as far as the context holds it."""
    choices: tuple[ChoiceQuestion, ...] = ()
    cost_of_controls: bool = False
    """Measure what the random sets cost too."""


@dataclass(frozen=True, slots=True)
class NeuronSet:
    """Neurons that are scaled together."""

    name: str
    neurons: tuple[Neuron, ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """Everything one run of the tool has found, this time and before."""

    outcomes: tuple[Outcome, ...]
    costs: tuple[Cost, ...]


def intervene(
    engine: ProbedLlama,
    items: Sequence[BehaviourItem],
    neurons: Sequence[Neuron],
    record: Path,
    options: InterveneOptions,
    *,
    judge: BehaviourJudge | None = None,
    progress: Callable[[str], None] = lambda _sentence: None,
) -> Ran:
    """Run what ``record`` (JSONL) does not hold yet, writing each result at once, and give all of it.

    Raises:
        ProbesError: no neuron was named, a prompt does not fit, or the activations cannot be scaled.
        FeaturesUnreadable: the record is damaged, or one of another experiment.

    """
    if not neurons:
        raise ProbesError("there is no neuron to scale", hint="the probe selected none: train it with a larger C")
    sets = (NeuronSet(PROBE_SET, tuple(sorted(set(neurons)))), *random_sets(engine.path, neurons, options))
    kept = _Record(record, _header(engine, items, sets[0].neurons, options))
    judge = judge or RuleJudge()
    steps = list(_steps(sets, options.alphas))
    for number, (chosen, alpha) in enumerate(steps, start=1):
        todo = [item for item in items if (chosen.name, alpha, item.id) not in kept.answered]
        costs = (options.text or options.choices) and (options.cost_of_controls or chosen.name == PROBE_SET)
        costs = bool(costs) and (chosen.name, alpha) not in kept.paid
        if not todo and not costs:
            continue
        with engine.scale(dict.fromkeys(chosen.neurons, alpha)):
            for place, item in enumerate(todo, start=1):
                progress(f"{chosen.name} x {alpha:g} ({number}/{len(steps)}): answer {place}/{len(todo)}")
                kept.add_outcome(_answered(engine, item, chosen.name, alpha, options, judge))
            if costs:
                progress(f"{chosen.name} x {alpha:g} ({number}/{len(steps)}): what it costs")
                kept.add_cost(_cost(engine, chosen.name, alpha, options))
    return Ran(tuple(kept.outcomes), tuple(kept.costs))


def random_sets(model: Path, neurons: Sequence[Neuron], options: InterveneOptions) -> tuple[NeuronSet, ...]:
    """As many other neurons of the same layers, drawn by chance, for each set."""
    norms = column_norms(model)
    by_layer: dict[int, set[int]] = {}
    for neuron in neurons:
        by_layer.setdefault(neuron.layer, set()).add(neuron.index)
    sets = []
    for number in range(options.random_sets):
        random = np.random.default_rng((options.seed, number))
        drawn = [
            Neuron(layer, int(index))
            for layer, chosen in sorted(by_layer.items())
            for index in random.choice(
                np.setdiff1d(np.arange(len(norms[layer])), sorted(chosen)),
                min(len(chosen), len(norms[layer]) - len(chosen)),
                replace=False,
            )
        ]
        if drawn:
            sets.append(NeuronSet(f"random {number + 1}", tuple(sorted(drawn))))
    return tuple(sets)


def perplexity(engine: ProbedLlama, text: str) -> float:
    """Of as much of a text as the context holds, under the factors that are in force."""
    tokens = engine.tokenize(text.encode(), add_bos=False, special=False)[: engine.n_ctx() - 2]
    found = [row["logprob"] for row in engine.read(tokens)["tokens"]]
    return math.exp(-sum(found) / len(found)) if found else math.nan


def chosen_answer(engine: ProbedLlama, question: ChoiceQuestion) -> int:
    """Place of the choice with the highest mean log probability a token."""
    prompt = f"Question: {question.question}\nAnswer:"
    means = []
    for choice in question.choices:
        rows = engine.read(f" {choice}", prompt)["tokens"]
        means.append(sum(row["logprob"] for row in rows) / max(1, len(rows)))
    return int(np.argmax(means))


def _steps(sets: Sequence[NeuronSet], alphas: Sequence[float]) -> Iterator[tuple[NeuronSet, float]]:
    """Every set under every factor; at factor 1 all sets are the same, so only the first runs."""
    for alpha in alphas:
        for chosen in sets:
            if alpha != 1 or chosen.name == PROBE_SET:
                yield chosen, alpha


def _answered(
    engine: ProbedLlama,
    item: BehaviourItem,
    name: str,
    alpha: float,
    options: InterveneOptions,
    judge: BehaviourJudge,
) -> tuple[Outcome, str]:
    messages = [{"role": "system", "content": options.system}] if options.system else []
    messages.append({"role": "user", "content": item.prompt})
    how: dict[str, Any] = {"max_tokens": options.max_tokens, "temperature": 0.0}
    engine.reset()
    try:
        if engine.metadata.get("tokenizer.chat_template"):
            choice = engine.create_chat_completion(messages, **how)["choices"][0]
            text = choice["message"]["content"] or ""
        else:
            choice = engine.create_completion(item.prompt, **how)["choices"][0]
            text = choice["text"]
    except ValueError as error:
        raise CaptureFailed(
            f"the prompt {item.id!r} cannot be answered: {error}", hint="give a larger --context"
        ) from error
    return Outcome(name, alpha, item.id, judge.judge(item, text), choice["finish_reason"] == "length"), text


def _cost(engine: ProbedLlama, name: str, alpha: float, options: InterveneOptions) -> Cost:
    right = sum(chosen_answer(engine, question) == question.right for question in options.choices)
    surprise = perplexity(engine, options.text) if options.text else None
    return Cost(name, alpha, surprise, right, len(options.choices))


def _header(
    engine: ProbedLlama, items: Sequence[BehaviourItem], neurons: Sequence[Neuron], options: InterveneOptions
) -> dict[str, Any]:
    """What must be the same for two runs to go into one record; more factors and sets may be added."""
    stated = {
        "prompts": [asdict(item) for item in items],
        "neurons": [[each.layer, each.index] for each in neurons],
        "options": [options.max_tokens, options.seed, options.system, options.text],
        "choices": [asdict(each) for each in options.choices],
    }
    digest = hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()
    return {"type": "header", "model": engine.facts.sha256, "neurons": len(neurons), "experiment": digest}


class _Record:
    """The JSONL of a run; what a killed run left half written at its end is dropped."""

    def __init__(self, path: Path, header: dict[str, Any]) -> None:
        self.outcomes: list[Outcome] = []
        self.costs: list[Cost] = []
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = self._rows()
        if not rows:
            path.write_text(json.dumps(header) + "\n", encoding="utf-8")
        elif rows[0] != header:
            raise FeaturesUnreadable(
                f"{path} is the record of another experiment (model, prompts, neurons or settings differ)",
                hint="give another --record, or delete it",
            )
        for row in rows[1:]:
            self._take(row)

    @property
    def answered(self) -> set[tuple[str, float, str]]:
        return {(each.neurons, each.alpha, each.item) for each in self.outcomes}

    @property
    def paid(self) -> set[tuple[str, float]]:
        return {(each.neurons, each.alpha) for each in self.costs}

    def add_outcome(self, found: tuple[Outcome, str]) -> None:
        outcome, text = found
        self.outcomes.append(outcome)
        self._append({"type": "answer", **asdict(outcome), "text": text})

    def add_cost(self, cost: Cost) -> None:
        self.costs.append(cost)
        self._append({"type": "cost", **asdict(cost)})

    def _append(self, row: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _rows(self) -> list[dict[str, Any]]:
        try:
            content = read_bytes(self._path, MAX_TEXT_BYTES) if self._path.exists() else b""
            whole = content[: content.rfind(b"\n") + 1]
            rows = [json.loads(line) for line in whole.splitlines()]
        except (OSError, ValueError) as error:
            raise FeaturesUnreadable(f"the record {self._path} cannot be read: {error}") from error
        if len(whole) < len(content):
            self._path.write_bytes(whole)
        return rows

    def _take(self, row: dict[str, Any]) -> None:
        try:
            if row["type"] == "answer":
                shown = Shown(row["shown"])
                self.outcomes.append(
                    Outcome(row["neurons"], float(row["alpha"]), row["item"], shown, bool(row["truncated"]))
                )
            else:
                values = (row["neurons"], float(row["alpha"]), row["perplexity"], row["choices_right"], row["choices"])
                self.costs.append(Cost(*values))
        except (KeyError, TypeError, ValueError) as error:
            raise FeaturesUnreadable(f"the record {self._path} is damaged: {error}") from error
