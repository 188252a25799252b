"""Labels stored answers again: by another rule, by a second model, or after a rule was mended. No model is asked.

A run's ``samples.jsonl`` keeps every answer, so what is right can be decided anew as often as one likes; ``extract`` then
reads the features of the spans that changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from probes.collect import Collected
from probes.errors import QuestionsUnreadable
from probes.features import cut_to_whole_lines
from probes.label import LabelledSpan, Labeller, Outcome, label_question
from probes.questions import Question
from probes.strict import decode, parse

SAMPLES = "samples.jsonl"
BEGIN = b'{"item": '
"""How a line of labels begins, by which one that is half written is told from another file's."""
Row = TypeVar("Row")


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

    Answers to questions that are not among ``questions`` are left out. A killed run goes on where it was. What the labeller
    leaves undecided is not written, so that it is asked about again.

    Raises:
        QuestionsUnreadable: the run has no answers, or a file is damaged or was labelled by another rule.

    """
    done = {each.item: each.rule for each in read_labels(target)} if target.exists() else {}
    others = sorted(set(done.values()) - {rule})
    if others:
        raise QuestionsUnreadable(f"{target} holds labels by {others[0]!r}", hint="write into another file")
    target.parent.mkdir(parents=True, exist_ok=True)
    labelled = 0
    cut_to_whole_lines(target)
    with target.open("a", encoding="utf-8") as file:
        for collected in read_samples(run):
            question = questions.get(collected.item)
            if question is None or collected.item in done:
                continue
            found = labels_of(question, collected, labeller, rule)
            if found.outcome is not Outcome.UNDECIDED:
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
    spans = label.spans if collected.samples[label.representative].ids else ()
    return Relabelled(collected.item, rule, label.outcome, label.outcomes, label.agreement, label.representative, spans)


def with_labels(collected: Collected, labels: Relabelled) -> Collected:
    """What was collected, with other labels.

    Raises:
        QuestionsUnreadable: the labels are of other answers.

    """
    answers = len(collected.samples)
    length = len(collected.samples[labels.representative].text) if 0 <= labels.representative < answers else -1
    if len(labels.outcomes) != answers or any(not 0 <= span.start < span.end <= length for span in labels.spans):
        raise QuestionsUnreadable(f"the labels of {labels.item!r:.60} are those of other answers")
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
    path = run / SAMPLES
    yield from _rows(path, _content(path, "verifier probe collect makes them"), _collected)


def read_labels(path: Path) -> list[Relabelled]:
    """A file of labels; a line that is still being written is not seen.

    Raises:
        QuestionsUnreadable: the file is missing or damaged, or holds something else.

    """
    content = _content(path, "verifier probe label makes it")
    half = content[content.rfind(b"\n") + 1 :]
    if not (half.startswith(BEGIN) or BEGIN.startswith(half)):
        raise QuestionsUnreadable(f"{path} ends with something that is no label", hint="name another file")
    return list(_rows(path, content, _relabelled))


def _content(path: Path, hint: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise QuestionsUnreadable(f"{path} cannot be read: {error.strerror}", hint=hint) from error


def _rows(path: Path, content: bytes, read: Callable[[Any], Row]) -> Iterator[Row]:
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        try:
            yield read(parse(line))
        except (ValueError, TypeError, KeyError) as error:
            raise QuestionsUnreadable(f"line {number} of {path} is damaged: {error}") from error


def _collected(row: Any) -> Collected:
    """The answers of a line; texts are read apart, because they may be of any length and hold any character."""
    texts = [_text(each["text"]) for each in row["samples"]]
    bare = {**row, "item": "", "samples": [{**each, "text": ""} for each in row["samples"]]}
    found: Collected = decode(Collected, bare, "the line")
    if not 0 <= found.representative < len(texts):
        raise ValueError(f"there is no answer {found.representative}")
    for sample in found.samples:
        if len({len(each) for each in (sample.ids, sample.ends, sample.logprobs, sample.entropies)}) > 1:
            raise ValueError("an answer has figures for some of its tokens only")
    samples = tuple(replace(sample, text=text) for sample, text in zip(found.samples, texts, strict=True))
    return replace(found, item=_text(row["item"]), samples=samples)


def _relabelled(row: Any) -> Relabelled:
    found: Relabelled = decode(Relabelled, {**row, "item": ""}, "the line")
    return replace(found, item=_text(row["item"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.40} is no text")  # noqa: TRY004 - one kind of error for all that is wrong with a line
    return value
