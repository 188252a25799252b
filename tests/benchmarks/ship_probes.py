"""Trains, evaluates and writes the probes that come with the program, from runs of ``verifier probe collect``.

``python -m tests.benchmarks.ship_probes RUNS NAME [--report FILE]``: RUNS holds a folder a set, each with ``features``,
``samples.jsonl`` and ``questions.jsonl``: ``train``, ``test``, any number of others to test on, and the exam on citations in
``citations``, ``titles`` and ``lists``. Writes ``probes/shipped/NAME-{detector,h_neurons}.json`` and
``tests/benchmarks/results/probe-NAME-{detector,h_neurons}.json``. With ``--exam-only`` the shipped probes stay as they are
and only their exam is held again.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from probes.artefact import load_probe, save_probe
from probes.artefact_types import FeatureDefinition, Probe, Validity
from probes.baselines import LOGITS
from probes.evaluate import EvaluateOptions, evaluate, gain_over, verdict, with_metrics
from probes.evaluation_types import Evaluation
from probes.exam_evaluation import ExamEvaluation, evaluate_exam, with_validity
from probes.features import FeatureSet, load_features
from probes.inner import Recipe
from probes.label import Outcome
from probes.probed import ProbedLlama
from probes.questions import read_questions
from probes.record import finite, record
from probes.relabel import read_samples
from probes.report.heat import HeatToken
from probes.report.page import page
from probes.sparse import SparseRecipe, jaccard
from probes.strict import encode
from probes.train import TrainOptions, train_detector, train_h_neurons, train_logits
from probes.transfer import apart_from, transfers_between

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "probes" / "shipped"
RESULTS = Path(__file__).with_name("results")
EXAM = ("citations", "titles", "lists")
"""Sets of the exam on citations."""
TEXTS = (
    "The Eiffel Tower stands in Paris. It was finished in 1889 for a world's fair.",
    "The Eiffel Tower stands in Lyon. It was finished in 1923 for a coronation.",
    'Turing, A. M. (1950). "Computing Machinery and Intelligence." Mind 59.',
    'Ferrow, K. B. (1957). "Patient Machines and the Weight of Doubt." Mind 72.',
)
"""Read for the heat maps: true sentences beside untrue ones, a real reference beside an invented one."""
SMALL = 50
"""Answers of the rarer label below which few random sets do: the interval is wide anyway."""
LICENCE = "questions of TriviaQA (Apache-2.0); no text of theirs is in the file"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path)
    parser.add_argument("name", help="of the files: qwen2.5-coder-1.5b-instruct-q4_k_m")
    parser.add_argument("--report", type=Path, help="HTML page")
    parser.add_argument("--columns", type=int, default=4000)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--transform", default="none")
    parser.add_argument("--any-model", action="store_true", help="write the probe of models without one too")
    parser.add_argument("--exam-only", action="store_true", help="hold the exam of the shipped probes again")
    parser.add_argument("--model", type=Path, help="read our own texts with it, for the heat maps of the page")
    options = parser.parse_args()
    train = load_features(options.runs / "train" / "features")
    if options.exam_only:
        examine(options.runs, options.name, train)
        return
    ship(options, train)


def ship(options: argparse.Namespace, train: FeatureSet) -> None:
    """Train, evaluate, write."""
    made = TrainOptions(
        name=train.header.model.name,
        licence=LICENCE,
        detector=Recipe(
            feature=FeatureDefinition(transform=options.transform), columns=options.columns, layers=options.layers
        ),
        h_neurons=SparseRecipe(),
    )
    say(f"{len(train)} rows, {int((~train.right).sum())} wrong")
    detector = train_detector(train, made, progress=say)
    sparse = train_h_neurons(train, made, progress=say)
    sets = {name: load_features(options.runs / name / "features") for name in names_of(options.runs)}
    exam = exam_of(options.runs)
    texts = {
        question.id: question.question
        for path in sorted(options.runs.glob("*/questions.jsonl"))
        for question in read_questions(path)
    }
    selected = np.zeros((0, 0), bool) if sparse.selected is None else sparse.selected
    stability = {"h_neurons_jaccard": jaccard(selected), "bootstraps": len(selected)}
    every = {"train": train, **sets} | ({"citations": exam} if exam else {})
    moved = transfers_between(every, made.detector, progress=say)
    for trained in (detector, sparse):
        kind = trained.probe.mode.value
        found = [evaluated(trained.probe, train, test, texts) for test in sets.values()]
        matrix = moved if trained is detector else ()
        examined = evaluate_exam(trained.probe, train, exam, EvaluateOptions()) if exam else None
        probe = with_validity(with_metrics(trained.probe, found), answer_validity(found), examined)
        save_probe(probe, SHIPPED / f"{options.name}-{kind}.json")
        content = json.loads(record(probe, found, matrix))
        content |= {"stability": finite(stability), "refused": refused(options.runs), "citations": exam_json(examined)}
        write(RESULTS / f"probe-{options.name}-{kind}.json", content)
        if options.report:
            path = options.report.with_name(f"{options.report.stem}-{kind}.html")
            heat = heat_maps(probe, options.model) if options.model and trained is detector else ()
            path.write_text(page(probe, found, matrix, heat), encoding="utf-8")
        say(f"{kind}: {', '.join(verdict(each) for each in found)}")
    if options.any_model:
        save_probe(train_logits(train, replace(made, name="logits of any model")).probe, SHIPPED / "any-model.json")


def examine(runs: Path, name: str, train: FeatureSet) -> None:
    """Hold the exam of the shipped probes again, and write it into their records and their files."""
    exam = exam_of(runs)
    if exam is None:
        raise SystemExit(f"{runs} holds no exam")
    say(f"{len(exam)} fields of citations")
    for kind in ("detector", "h_neurons"):
        path, shipped = RESULTS / f"probe-{name}-{kind}.json", SHIPPED / f"{name}-{kind}.json"
        probe = load_probe(shipped)
        examined = evaluate_exam(probe, train, exam, EvaluateOptions())
        answer = next(each for each in probe.validity if each.kind == "answer")
        probe = with_validity(probe, answer, examined)
        save_probe(probe, shipped)
        content = json.loads(path.read_text(encoding="utf-8"))
        write(path, content | {"citations": exam_json(examined), "validity": finite(encode(probe.validity))})
        say(examined.because)


def names_of(runs: Path) -> list[str]:
    """Every set but the training's and the exam's, the test set first."""
    names = sorted(path.parent.name for path in runs.glob("*/features"))
    return sorted((name for name in names if name not in {"train", *EXAM}), key=lambda name: name != "test")


def exam_of(runs: Path) -> FeatureSet | None:
    """The exam as one set, if there is one."""
    folders = [runs / name / "features" for name in EXAM]
    held = [folder for folder in folders if (folder / "rows.jsonl").exists()]
    return load_features(*held) if held else None


def refused(runs: Path) -> dict[str, dict[str, int]]:
    """Of how many questions of each set the answer refuses."""
    found = {}
    for name in names_of(runs):
        outcomes = [each.outcome for each in read_samples(runs / name)]
        found[name] = {"questions": len(outcomes), "refused": sum(each is Outcome.REFUSAL for each in outcomes)}
    return found


def evaluated(probe: Probe, train: FeatureSet, test: FeatureSet, texts: dict[str, str]) -> Evaluation:
    """Rows that share a question or a right answer with the training are left out first."""
    apart = apart_from(test, train)
    if len(apart) < len(test):
        say(f"{len(test) - len(apart)} rows share an answer with the training and are left out")
    small = min(int(apart.right.sum()), int((~apart.right).sum())) < SMALL
    return evaluate(probe, train, apart, texts, EvaluateOptions(random_sets=3 if small else 20), progress=say)


def answer_validity(evaluations: list[Evaluation]) -> Validity:
    """Whether the probe adds to the logits on the answers that it is meant for."""
    for each in evaluations:
        gain = gain_over(each, LOGITS)
        if "trivia" in each.metrics.name.lower() and gain is not None:
            figure = f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}] AUROC over the best logit stack"
            return Validity("answer", 1.0 if gain.low > 0 else 0.0, f"short answers to trivia questions: {figure}")
    return Validity("answer", 0.0, "not evaluated on trivia questions")


def exam_json(examined: ExamEvaluation | None) -> Any:
    return finite(encode(examined)) if examined else None


def write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def heat_maps(probe: Probe, model: Path) -> list[list[HeatToken]]:
    """Our own texts, read token by token."""
    engine = ProbedLlama(model, probe, n_ctx=512, n_threads=1, n_threads_batch=1)
    try:
        blocks = [engine.read(text) for text in TEXTS]
    finally:
        engine.close()
    return [[HeatToken(each["text"], each["score"], each["logprob"]) for each in block["tokens"]] for block in blocks]


def say(sentence: str) -> None:
    print(time.strftime("%H:%M:%S"), sentence, flush=True)


if __name__ == "__main__":
    main()
