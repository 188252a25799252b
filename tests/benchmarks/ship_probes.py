"""Trains, evaluates and writes the probes that come with the program, from runs of ``verifier probe collect``.

``python -m tests.benchmarks.ship_probes RUNS NAME [--report FILE]``: RUNS holds a folder a set, each with ``features`` and
``questions.jsonl``: ``train``, ``test``, ``citations``, and any number of others to test on. Writes
``probes/shipped/NAME-{detector,h_neurons}.json`` and ``tests/benchmarks/results/probe-NAME.json``.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

from probes.artefact import save_probe
from probes.artefact_types import FeatureDefinition, Probe, Validity
from probes.baselines import LOGITS
from probes.evaluate import EvaluateOptions, evaluate, gain_over, verdict, with_metrics
from probes.evaluation_types import Evaluation, Transfer
from probes.exam_evaluation import ExamEvaluation, evaluate_exam, with_validity
from probes.features import FeatureSet, load_features
from probes.inner import Recipe
from probes.questions import read_questions
from probes.record import finite, record
from probes.report.page import page
from probes.sparse import SparseRecipe, jaccard
from probes.strict import encode
from probes.train import TrainOptions, train_detector, train_h_neurons, train_logits

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "probes" / "shipped"
RESULTS = Path(__file__).with_name("results")
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
    options = parser.parse_args()
    train = load_features(options.runs / "train" / "features")
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
    tests = test_sets(options.runs)
    texts = {
        question.id: question.question
        for path in sorted(options.runs.glob("*/questions.jsonl"))
        for question in read_questions(path)
    }
    stability = {"h_neurons_jaccard": jaccard(sparse.selected), "bootstraps": len(sparse.selected)}
    for trained in (detector, sparse):
        kind = trained.probe.mode.value
        found = [evaluated(trained.probe, train, test, texts) for test in tests]
        exam = exam_of(options.runs)  # it may have grown
        examined = evaluate_exam(trained.probe, train, exam, EvaluateOptions()) if exam else None
        probe = with_validity(with_metrics(trained.probe, found), answer_validity(found), examined)
        save_probe(probe, SHIPPED / f"{options.name}-{kind}.json")
        write_record(RESULTS / f"probe-{options.name}-{kind}.json", probe, found, examined, stability)
        if options.report:
            path = options.report.with_name(f"{options.report.stem}-{kind}.html")
            path.write_text(page(probe, found, transfers(found)), encoding="utf-8")
        say(f"{kind}: {', '.join(verdict(each) for each in found)}")
    if options.any_model:
        save_probe(train_logits(train, replace(made, name="logits of any model")).probe, SHIPPED / "any-model.json")


def test_sets(runs: Path) -> list[FeatureSet]:
    """Every set but the training's and the exam's."""
    names = sorted(path.parent.name for path in runs.glob("*/features"))
    return [load_features(runs / name / "features") for name in names if name not in {"train", "citations"}]


def exam_of(runs: Path) -> FeatureSet | None:
    folder = runs / "citations" / "features"
    return load_features(folder) if folder.exists() else None


def evaluated(probe: Probe, train: FeatureSet, test: FeatureSet, texts: dict[str, str]) -> Evaluation:
    """Rows that share a question or a right answer with the training are left out first."""
    known = {row.group for row in train.rows} | {row.question_sha256 for row in train.rows}
    apart = test.select(
        [i for i, row in enumerate(test.rows) if row.group not in known and row.question_sha256 not in known]
    )
    if len(apart) < len(test):
        say(f"{len(test) - len(apart)} rows share an answer with the training and are left out")
    return evaluate(probe, train, apart, texts, EvaluateOptions(), progress=say)


def answer_validity(evaluations: list[Evaluation]) -> Validity:
    """Whether the probe adds to the logits on the answers that it is meant for."""
    for each in evaluations:
        gain = gain_over(each, LOGITS)
        if "trivia" in each.metrics.name.lower() and gain is not None:
            figure = f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}] AUROC over the best logit stack"
            return Validity("answer", 1.0 if gain.low > 0 else 0.0, f"short answers to trivia questions: {figure}")
    return Validity("answer", 0.0, "not evaluated on trivia questions")


def transfers(evaluations: list[Evaluation]) -> list[Transfer]:
    return [Transfer("trivia", each.metrics.name, each.metrics.auroc.value) for each in evaluations]


def write_record(
    path: Path, probe: Probe, found: list[Evaluation], examined: ExamEvaluation | None, stability: dict[str, float]
) -> None:
    content = json.loads(record(probe, found, transfers(found)))
    content["stability"] = finite(stability)
    content["citations"] = finite(encode(examined)) if examined else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def say(sentence: str) -> None:
    print(time.strftime("%H:%M:%S"), sentence, flush=True)


if __name__ == "__main__":
    main()
