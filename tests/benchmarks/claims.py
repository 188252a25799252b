"""A judge on labelled claims: how well it tells what evidence bears out, beside what needs no judge at all.

``python -m tests.benchmarks.claims --judge MODEL [--rows N]`` takes N rows of each source and label by the digest of their
id, from the part of the groups that prompts were not chosen on, and prints AUROC of "not supported", balanced accuracy and
calibration error for each source, beside the share of words that claim and evidence have in common and the same judge without
the evidence. ``--write`` keeps the figures in ``results/claims.json``. What a judge said is remembered, so that a run that
was stopped goes on.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from probes.metrics import auroc_interval, ece, group_weights, target_score
from tests.benchmarks.lines import Line, table
from tests.benchmarks.worlds import SHARED, kept_in
from verifier.judges import open_judge
from verifier.judges.interface import Budget, SupportQuestion
from verifier.judges.memory import RememberingJudge
from verifier.judges.prompt import PROMPT_VERSION
from verifier.retrieval import Passages, evidence_for, words
from verifier.types import Claim, ClaimKind, Passage, PassageSource, Span

MODELS = Path("~/.cache/factprobe/models").expanduser()
QWEN = MODELS / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
RESULTS = Path(__file__).with_name("results") / "claims.json"
SOURCES = ("healthver", "clinifact", "citation_integrity", "qags_cnndm", "qags_xsum")
LABELS = ("supported", "contradicted", "not_enough")
TARGETS = {"healthver": 0.82, "clinifact": 0.75}
CHOSEN_ON = 4
"""One group in so many is kept for choosing prompts and for training, and never measured."""
TARGET_CONFIDENCES = (0.5, 0.75, 0.9)
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One labelled claim."""

    id: str
    source: str
    claim: str
    evidence: tuple[str, ...]
    label: str
    group: str

    @property
    def question(self) -> SupportQuestion:
        """What the judge is asked, with the passages that the pipeline would choose."""
        claim = Claim(self.id, self.claim, Span(0, len(self.claim)), ClaimKind.SENTENCE)
        held = Passages([Passage("\n\n".join(self.evidence), PassageSource.CONTEXT)])
        return SupportQuestion(self.claim, tuple(each.text for each in evidence_for(claim, [held]).passages))


@dataclass(frozen=True)
class Measured:
    """The figures of one source."""

    source: str
    rows: int
    supported: int
    auroc: float
    low: float
    high: float
    balanced_accuracy: float
    ece: float
    majority: float
    """Accuracy of always giving the more frequent answer."""
    overlap_auroc: float
    claim_only_auroc: float
    answered: float
    """Share of the rows that the judge answered."""
    target_scores: Mapping[str, Mapping[str, float]]
    """Confidence target -> score when abstaining never, always, and where the confidence is below the target."""


def digest(text: str) -> int:
    """A number that is the same on every machine."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def read_rows(shared: Path, per_cell: int, *, chosen_on: bool = False) -> list[Row]:
    """So many rows of each source and label, from the measured groups or from those that choices were made on."""
    with gzip.open(shared / "claims" / "claims.jsonl.gz", "rt", encoding="utf-8") as file:
        data = [json.loads(line) for line in file]
    found: list[Row] = []
    for source in SOURCES:
        for label in LABELS:
            cell = [
                each
                for each in data
                if (each["source"], each["label"]) == (source, label)
                and (digest(each["group"]) % CHOSEN_ON == 0) is chosen_on
            ]
            found += [_row(each) for each in sorted(cell, key=lambda each: digest(each["id"]))[:per_cell]]
    return found


def _row(data: Mapping[str, Any]) -> Row:
    return Row(data["id"], data["source"], data["claim"], tuple(data["evidence"]), data["label"], data["group"])


def probabilities(judge: RememberingJudge, questions: Sequence[SupportQuestion], note: str) -> Array:
    """Calibrated probability of being borne out for each question, NaN where the judge gave none."""
    skill = judge.standing().support
    started, found = time.perf_counter(), []
    for at in range(0, len(questions), 20):
        replies = judge.support(questions[at : at + 20], Budget())
        for reply in replies:
            known = reply.probability is not None and skill is not None
            found.append(skill.calibrated(reply.probability) if known and skill and reply.probability else np.nan)
        print(f"  {note}: {len(found)}/{len(questions)} in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return np.array(found, float)


def measure(rows: Sequence[Row], judge: RememberingJudge) -> list[Measured]:
    """The figures of every source that has rows."""
    found = []
    for source in dict.fromkeys(row.source for row in rows):
        here = [row for row in rows if row.source == source]
        questions = [row.question for row in here]
        borne_out = probabilities(judge, questions, source)
        alone = probabilities(
            judge, [SupportQuestion(each.claim, ("(nothing)",)) for each in questions], f"{source}, claim only"
        )
        found.append(figures(source, here, borne_out, alone))
    return found


def figures(source: str, rows: Sequence[Row], borne_out: Array, alone: Array) -> Measured:
    """What the judge's probabilities are worth on one source; a row without an answer counts as a coin."""
    wrong = np.array([row.label != "supported" for row in rows])
    weights = group_weights([row.group for row in rows])
    risk = 1 - np.nan_to_num(borne_out, nan=0.5)
    area = auroc_interval(risk, wrong, weights)
    said = risk >= 0.5
    accuracy = np.mean([said[wrong].mean(), (~said[~wrong]).mean()])
    shared = np.array([_overlap(row) for row in rows])
    return Measured(
        source=source,
        rows=len(rows),
        supported=int((~wrong).sum()),
        auroc=area.value,
        low=area.low,
        high=area.high,
        balanced_accuracy=float(accuracy),
        ece=ece(risk, wrong),
        majority=float(max(wrong.mean(), 1 - wrong.mean())),
        overlap_auroc=auroc_interval(-shared, wrong, weights[:1]).value,
        claim_only_auroc=auroc_interval(-np.nan_to_num(alone, nan=0.5), wrong, weights[:1]).value,
        answered=float(np.mean(~np.isnan(borne_out))),
        target_scores=confidence_scores(risk, wrong),
    )


def confidence_scores(risk: Array, wrong: npt.NDArray[np.bool_]) -> dict[str, dict[str, float]]:
    """Scores that punish a confident error more than abstaining: right 1, abstained 0, wrong ``-t/(1-t)``."""
    error = (risk >= 0.5) != wrong
    confidence = np.maximum(risk, 1 - risk)
    every = np.ones(len(risk), bool)
    return {
        str(target): {
            "never": round(target_score(error, every, target), 4),
            "always": 0.0,
            "tuned": round(target_score(error, confidence >= target, target), 4),
        }
        for target in TARGET_CONFIDENCES
    }


def _overlap(row: Row) -> float:
    said = set(words(row.claim))
    return len(said & set(words(" ".join(row.evidence)))) / max(1, len(said))


def lines(found: Iterable[Measured], judge: str) -> list[Line]:
    """The figures beside their targets and their baselines."""
    rows = []
    for each in found:
        note = (
            f"{each.rows} rows, {each.low:.2f} to {each.high:.2f}; words in common {each.overlap_auroc:.2f}, claim alone "
            f"{each.claim_only_auroc:.2f}; balanced accuracy {each.balanced_accuracy:.2f}, majority {each.majority:.2f}; ECE {each.ece:.2f}"
        )
        rows.append(Line(f"{judge} on {each.source}: AUROC", each.auroc, at_least=TARGETS.get(each.source), note=note))
    return rows


def write(found: Sequence[Measured], judge: RememberingJudge, per_cell: int, path: Path = RESULTS) -> None:
    """Keep the figures with what they were made with; those of other sources stay, if they are of the same judge."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if kept.get("identity") != judge.identity or kept.get("prompt") != PROMPT_VERSION:
        kept = {"sources": {}}
    support = judge.standing().support
    kept |= {
        "command": "python -m tests.benchmarks.claims --write",
        "judge": judge.name,
        "identity": judge.identity,
        "prompt": PROMPT_VERSION,
        "admission": None if support is None else {"auroc": support.auroc, "low": support.low},
        "chosen_on": f"groups whose digest is a multiple of {CHOSEN_ON}, which are not measured",
    }
    for each in found:
        figures_ = {name: _rounded(getattr(each, name)) for name in Measured.__dataclass_fields__ if name != "source"}
        kept["sources"][each.source] = {"rows_per_label": per_cell, **figures_}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def local_judge(named: str, threads: int) -> RememberingJudge:
    """The judge with its memory of earlier runs, on so many threads if it is a file."""
    from verifier.judges.local import LocalModel
    from verifier.judges.model_judge import ModelJudge

    if named.endswith(".gguf"):
        return open_judge(ModelJudge(LocalModel(Path(named).expanduser(), threads=threads)), kept_in())
    return open_judge(named, kept_in())


def main(arguments: list[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--judge", default=str(QWEN))
    parser.add_argument("--rows", type=int, default=200, help="of each source and label")
    parser.add_argument("--sources", default=",".join(SOURCES))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    wanted = options.sources.split(",")
    rows = [row for row in read_rows(options.shared, options.rows) if row.source in wanted]
    judge = local_judge(options.judge, options.threads)
    found = measure(rows, judge)
    print(table(lines(found, judge.name)))
    for each in found:
        print(f"{each.source}: {dict(each.target_scores)}")
    if options.write:
        write(found, judge, options.rows)
    judge.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
