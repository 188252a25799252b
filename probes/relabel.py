"""Labels stored answers again: by another rule, by a second model, or after a rule was mended. No model is asked.

A run's ``samples.jsonl`` keeps every answer, so what is right can be decided anew as often as one likes; ``extract`` then
reads the features of the spans that changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from probes.collect import Collected, Sample
from probes.errors import QuestionsUnreadable
from probes.label import LabelledSpan, Labeller, Outcome, label_question
from probes.questions import Question

SAMPLES = "samples.jsonl"


@dataclass(frozen=True, slots=True)
class Relabelled:
    """What was found of one question's answers: a line of a file of labels."""

    item: str
    rule: str
    """Who labelled."""
    outcome: Outcome
    outcomes: tuple[Outcome, ...]
    """One for each stored answer."""
    agreement: float
    representative: int
    spans: tuple[LabelledSpan, ...]


def relabel(
    run: Path,
    questions: Mapping[str, Question],
    target: Path,
    labeller: Labeller,
    rule: str,
    *,
    keep_going: Callable[[Collected, Relabelled], bool] = lambda _before, _now: True,
) -> int:
    """Label the stored answers of a run that ``target`` does not hold yet; how many questions were labelled.

    Answers to questions that are not among ``questions`` are left out. A killed run goes on where it was.

    Raises:
        QuestionsUnreadable: the run has no answers, or a file is damaged or was labelled by another rule.

    """
    done = {each.item: each.rule for each in read_labels(target)} if target.exists() else {}
    others = sorted(set(done.values()) - {rule})
    if others:
        raise QuestionsUnreadable(f"{target} holds labels by {others[0]!r}", hint="write into another file")
    target.parent.mkdir(parents=True, exist_ok=True)
    labelled = 0
    with target.open("a", encoding="utf-8") as file:
        for collected in read_samples(run):
            question = questions.get(collected.item)
            if question is None or collected.item in done:
                continue
            found = labels_of(question, collected, labeller, rule)
            file.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
            file.flush()
            labelled += 1
            if not keep_going(collected, found):
                break
    return labelled


def labels_of(question: Question, collected: Collected, labeller: Labeller, rule: str) -> Relabelled:
    """Label one question's stored answers, and choose the one that stands for them, as collecting does."""
    texts = [sample.text for sample in collected.samples]
    label = label_question(question, texts, labeller)
    chosen, spans = label.representative, label.spans
    if label.outcome is Outcome.MIXED:  # the first answer alone, as whoever asks once would get it
        chosen, spans = 0, labeller.label(question, texts[0]).spans
    kept = spans if collected.samples[chosen].ids else ()
    return Relabelled(collected.item, rule, label.outcome, label.outcomes, label.agreement, chosen, kept)


def with_labels(collected: Collected, labels: Relabelled) -> Collected:
    """What was collected, with other labels."""
    return replace(
        collected,
        outcome=labels.outcome,
        agreement=labels.agreement,
        representative=labels.representative,
        spans=labels.spans,
    )


def read_samples(run: Path) -> Iterator[Collected]:
    """The stored answers of a run, question by question; a line that is still being written is not seen.

    Raises:
        QuestionsUnreadable: the folder has no answers, or they are damaged.

    """
    for row in _lines(run / SAMPLES, "verifier probe collect makes them"):
        try:
            yield Collected(
                **{
                    **row,
                    "outcome": Outcome(row["outcome"]),
                    "samples": tuple(_sample(each) for each in row["samples"]),
                    "spans": _spans(row["spans"]),
                }
            )
        except (KeyError, TypeError, ValueError) as error:
            raise QuestionsUnreadable(f"{run / SAMPLES} is damaged: {error}") from error


def read_labels(path: Path) -> list[Relabelled]:
    """A file of labels; a line without an end is cut off.

    Raises:
        QuestionsUnreadable: the file is missing or damaged.

    """
    if path.exists():
        content = path.read_bytes()
        if content.rfind(b"\n") + 1 != len(content):
            os.truncate(path, content.rfind(b"\n") + 1)
    try:
        return [
            Relabelled(
                **{
                    **row,
                    "outcome": Outcome(row["outcome"]),
                    "outcomes": tuple(map(Outcome, row["outcomes"])),
                    "spans": _spans(row["spans"]),
                }
            )
            for row in _lines(path, "verifier probe label makes it")
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise QuestionsUnreadable(f"{path} is damaged: {error}") from error


def _lines(path: Path, hint: str) -> Iterator[dict[str, Any]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise QuestionsUnreadable(f"{path} cannot be read: {error.strerror}", hint=hint) from error
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        try:
            yield dict(json.loads(line))
        except (ValueError, TypeError) as error:
            raise QuestionsUnreadable(f"line {number} of {path} is damaged: {error}") from error


def _sample(row: Mapping[str, Any]) -> Sample:
    lists = {name: tuple(row[name]) for name in ("ids", "ends", "logprobs", "entropies")}
    return Sample(text=row["text"], finished=bool(row["finished"]), outcome=Outcome(row["outcome"]), **lists)


def _spans(rows: Sequence[Mapping[str, Any]]) -> tuple[LabelledSpan, ...]:
    return tuple(LabelledSpan(**row) for row in rows)
