"""Asks a model questions, labels what it answers, and keeps the features of the labelled spans: one visit a question.

The prompt is computed once. All answers to it are drawn in one batch, and drawing ends as soon as one finished answer is
right and another wrong, because such a question teaches nothing about always-right and always-wrong answers. The answer
that stands for the question is then read over the prompt that is still held.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from probes.batch import Branches, Drawn, Sampling
from probes.capture import Floats
from probes.cett import EPSILON
from probes.errors import QuestionsUnreadable
from probes.features import FeatureHeader, FeatureRow, FeatureWriter, Region, cut_to_whole_lines, read_rows
from probes.label import AliasLabeller, LabelledSpan, Labeller, Outcome, label_question, together
from probes.questions import Question
from probes.recorder import text_decoder
from probes.template import ChatTemplate
from probes.version import code_version, llama_cpp_version

SUFFIX = " Respond with the answer only, without any explanation."
"""Words behind a question, those of Gao et al."""


@dataclass(frozen=True, slots=True)
class CollectOptions:
    """How questions are put and answered."""

    samples: int = 10
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    system: str = ""
    suffix: str = SUFFIX


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer to a question, with what is known of each of its tokens."""

    text: str
    ids: tuple[int, ...]
    ends: tuple[int, ...]
    """Offset in ``text`` behind each token."""
    logprobs: tuple[float, ...]
    entropies: tuple[float, ...]
    finished: bool
    """The model ended it itself."""
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything that was learnt about one question."""

    item: str
    question_sha256: str
    outcome: Outcome
    agreement: float
    representative: int
    samples: tuple[Sample, ...]
    """Finished answers; fewer than were asked for where drawing ended early."""
    spans: tuple[LabelledSpan, ...]
    """Labelled spans of the representative."""


def collect(
    branches: Branches,
    questions: Iterable[Question],
    folder: Path,
    options: CollectOptions,
    *,
    labeller: Labeller | None = None,
    keep_going: Callable[[Collected], bool] = lambda _collected: True,
) -> int:
    """Visit the questions that the folder does not hold yet, until ``keep_going`` says no; how many were visited.

    The folder holds ``samples.jsonl`` with all answers and a folder of features, ``features``; a killed run goes on where
    it was.

    Raises:
        NoChatTemplate: the model has none.
        QuestionsUnreadable: ``samples.jsonl`` is damaged.
        FeaturesUnreadable: the folder holds features that were made in another way.
        ContextOverflow: a question is longer than the context.

    """
    labeller = labeller or AliasLabeller()
    prompts = Prompts(branches.llama, options)
    folder.mkdir(parents=True, exist_ok=True)
    done = _done(folder)
    visited = 0
    with (
        FeatureWriter(folder / "features", header(branches, prompts, options)) as writer,
        (folder / "samples.jsonl").open("a", encoding="utf-8") as file,
    ):
        for question in questions:
            if question.id in done:
                continue
            found = visit(branches, question, prompts, options, labeller, writer)
            file.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
            file.flush()
            visited += 1
            if not keep_going(found):
                break
    return visited


def visit(
    branches: Branches,
    question: Question,
    prompts: Prompts,
    options: CollectOptions,
    labeller: Labeller,
    writer: FeatureWriter,
) -> Collected:
    """Ask one question, label the answers, and write the features of the spans of the one that stands for them."""
    asked = branches.hold(prompts.tokens(question.question), prompts.shared)

    def disagree(drawn: Sequence[Drawn]) -> bool:
        texts = [text_of(branches, each)[0] for each in drawn if each.finished]
        return bool(texts) and together([labeller.label(question, text).outcome for text in texts]) is Outcome.MIXED

    seed = int.from_bytes(hashlib.sha256(f"{options.seed}:{question.id}".encode()).digest()[:8])
    drawn = branches.draw(options.sampling, seed, disagree)
    ended = [each for each in drawn if each.finished] or drawn
    texts = [text_of(branches, each) for each in ended]
    label = label_question(question, [text for text, _ in texts], labeller)
    chosen = label.representative
    samples = tuple(
        Sample(text, tuple(each.ids), ends, tuple(each.logprobs), tuple(each.entropies), each.finished, outcome)
        for (text, ends), each, outcome in zip(texts, ended, label.outcomes, strict=True)
    )
    found = Collected(
        question.id,
        question.sha256,
        label.outcome,
        label.agreement,
        chosen,
        samples,
        label.spans if samples[chosen].ids else (),
    )
    if found.spans:
        shares = branches.read(samples[chosen].ids)
        for span in found.spans:
            write_span(writer, question, found, span, asked, shares)
    return found


def write_span(
    writer: FeatureWriter, question: Question, found: Collected, span: LabelledSpan, asked: Floats, shares: Floats
) -> None:
    """Write one labelled span's features; nothing where no token stands in it."""
    row = feature_row(question, found, span)
    if row is not None:
        writer.append(row, span_values(found, span, asked, shares))


def feature_row(question: Question, found: Collected, span: LabelledSpan) -> FeatureRow | None:
    """What is known of one labelled span without the model; ``None`` where no token stands in it."""
    sample = found.samples[found.representative]
    inside = _inside(sample, span)
    if not inside.any():
        return None
    logprobs, entropies = np.array(sample.logprobs)[inside], np.array(sample.entropies)[inside]
    return FeatureRow(
        item=question.id,
        group=question.group,
        source=question.source,
        kind=span.kind,
        right=span.right,
        start=span.start,
        end=span.end,
        tokens=int(inside.sum()),
        answer_tokens=len(sample.ids),
        samples=len(found.samples),
        agreement=found.agreement,
        logprob_mean=float(logprobs.mean()),
        logprob_first=float(logprobs[0]),
        logprob_min=float(logprobs.min()),
        entropy_mean=float(entropies.mean()),
        entropy_first=float(entropies[0]),
        entropy_max=float(entropies.max()),
        question_sha256=question.sha256,
        stratum=question.stratum,
    )


def span_values(found: Collected, span: LabelledSpan, asked: Floats, shares: Floats) -> dict[Region, Floats]:
    """A span's values: means over its tokens, over the other tokens, and the prompt's last token."""
    inside = _inside(found.samples[found.representative], span)
    others = np.concatenate([asked[:-1], shares[~inside]])
    return {
        Region.ANSWER: shares[inside].mean(axis=0),
        Region.OTHER: others.mean(axis=0) if len(others) else asked[-1],
        Region.PROMPT: asked[-1],
    }


def _inside(sample: Sample, span: LabelledSpan) -> npt.NDArray[np.bool_]:
    """Which tokens of an answer stand in a span, wholly or in part."""
    starts = (0, *sample.ends[:-1])
    return np.array([s < span.end and e > span.start for s, e in zip(starts, sample.ends, strict=True)], bool)


class Prompts:
    """Questions with the words behind them, in the model's chat template, as tokens.

    Raises:
        NoChatTemplate: the model has none.

    """

    def __init__(self, llama: Any, options: CollectOptions) -> None:
        """Take the template from the model's file."""
        self._template, self._options = ChatTemplate(llama), options
        self.shared = _common(self.tokens("Who wrote it?"), self.tokens("9 + 2 is what"))

    @property
    def template_sha256(self) -> str:
        """Digest of the template."""
        return self._template.sha256

    def tokens(self, question: str) -> list[int]:
        """Tokens of the whole prompt."""
        return self._template.tokens(question + self._options.suffix, self._options.system)


def header(branches: Branches, prompts: Prompts, options: CollectOptions) -> FeatureHeader:
    """What has to stand in front of the features of a run."""
    widths = {len(norms) for norms in branches.norms}
    return FeatureHeader(
        model=branches.facts,
        template_sha256=prompts.template_sha256,
        llama_cpp=llama_cpp_version(),
        system=options.system,
        suffix=options.suffix,
        samples=options.samples,
        max_tokens=options.sampling.max_tokens,
        temperature=options.sampling.temperature,
        top_k=options.sampling.top_k,
        top_p=options.sampling.top_p,
        seed=options.seed,
        code=code_version(),
        layers=len(branches.norms),
        ffn_width=max(widths),
        epsilon=EPSILON,
    )


def text_of(branches: Branches, drawn: Drawn) -> tuple[str, tuple[int, ...]]:
    """The text of an answer and the offset behind each of its tokens; bytes that are no character are dropped."""
    decoder = text_decoder()
    text, ends = "", []
    for piece in branches.pieces(drawn.ids):
        text += decoder.decode(piece)
        ends.append(len(text))
    return text, tuple(ends)


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    same = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        same += 1
    return same


def _done(folder: Path) -> set[str]:
    """Ids of the questions that were visited; a line without an end is cut off."""
    path = folder / "samples.jsonl"
    done = set()
    if path.exists():
        cut_to_whole_lines(path)
        try:
            done = {json.loads(line)["item"] for line in path.read_bytes().split(b"\n")[:-1]}
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise QuestionsUnreadable(f"{path} is damaged: {error}", hint="collect into another folder") from error
    if (folder / "features" / "rows.jsonl").exists():
        done |= {row.item for row in read_rows(folder / "features")}
    return done
