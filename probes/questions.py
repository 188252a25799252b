"""Questions with the answers that count as right: read from JSONL or CSV, sampled by hash, kept apart from other sets."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from probes.aliases import normalised
from probes.errors import QuestionsUnreadable
from probes.files import read_text, replacing

ALIAS_SEPARATOR = "|"
"""Stands between accepted answers in a CSV file."""
KNOWN = ("id", "question", "answers", "source", "stratum", "asks")


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask a model, with the answers that count as right."""

    id: str
    question: str
    answers: tuple[str, ...]
    """Accepted answers; none where there is no right one, as for things that were made up."""
    source: str = ""
    stratum: str = ""
    """Popularity of what is asked about, where it is known."""
    asks: str = "answer"
    """What is asked for: ``answer``, or a field of a work: ``author``, ``year``, ``venue``, or ``references``."""
    more: dict[str, Any] = field(default_factory=dict)
    """Whatever else a file says about a question."""

    @property
    def sha256(self) -> str:
        """Digest of the question's words."""
        return hashlib.sha256(self.question.encode()).hexdigest()

    @property
    def group(self) -> str:
        """Questions of one group must not be split between training and test: those with the same first answer.

        Questions without an answer are grouped by their own words.
        """
        first = normalised(self.answers[0]) if self.answers else ""
        return hashlib.sha256((first or normalised(self.question)).encode()).hexdigest()[:16]


def read_questions(path: Path) -> list[Question]:
    """Questions of a JSONL or CSV file, gzipped or not, in the order of the file.

    A line of JSONL has ``question`` and ``answers`` (a list), optionally ``id``, ``source``, ``stratum``, ``asks``; a CSV
    file has these columns, answers separated by ``|``.

    Raises:
        QuestionsUnreadable: the file is missing, holds no question, or a question lacks something.

    """
    text = _read(path)
    is_csv = ".csv" in path.suffixes
    rows = _csv_rows(text, path) if is_csv else _json_rows(text, path)
    questions = [_question(row, path, number) for number, row in rows]
    if not questions:
        raise QuestionsUnreadable(f"{path} holds no question", hint="one JSON object a line: question, answers")
    return questions


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """Write questions as JSONL; the file appears whole."""
    with replacing(path) as file:
        file.writelines(json.dumps(asdict(each), ensure_ascii=False).encode() + b"\n" for each in questions)


def in_hash_order(questions: Iterable[Question], seed: int = 0) -> list[Question]:
    """Questions in an order that depends on nothing but their ids: every beginning of it is a fair sample."""
    return sorted(questions, key=lambda each: hashlib.sha256(f"{seed}:{each.id}".encode()).digest())


def apart_from(questions: Iterable[Question], others: Sequence[Question]) -> list[Question]:
    """The questions that share neither their words nor their first answer with any of ``others``."""
    asked = {normalised(each.question) for each in others}
    groups = {each.group for each in others}
    return [each for each in questions if normalised(each.question) not in asked and each.group not in groups]


def _read(path: Path) -> str:
    try:
        return read_text(path)
    except OSError as error:
        raise QuestionsUnreadable(f"the questions {path} cannot be read: {error.strerror}") from error


def _json_rows(text: str, path: Path) -> list[tuple[int, dict[str, Any]]]:
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise QuestionsUnreadable(f"line {number} of {path} is no JSON: {error}") from error
        if not isinstance(row, dict):
            raise QuestionsUnreadable(f"line {number} of {path} is no JSON object")
        rows.append((number, row))
    return rows


def _csv_rows(text: str, path: Path) -> list[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in ("question", "answers") if name not in (reader.fieldnames or ())]
    if missing:
        raise QuestionsUnreadable(
            f"{path} has no column {missing[0]!r}", hint=f"columns: question, answers (separated by {ALIAS_SEPARATOR})"
        )
    rows: list[tuple[int, dict[str, Any]]] = []
    for row in reader:
        answers = [each.strip() for each in (row["answers"] or "").split(ALIAS_SEPARATOR) if each.strip()]
        rows.append((reader.line_num, {**row, "answers": answers}))
    return rows


def _question(row: dict[str, Any], path: Path, number: int) -> Question:
    words, answers = row.get("question"), row.get("answers")
    if not isinstance(words, str) or not words.strip():
        raise QuestionsUnreadable(f"line {number} of {path} has no question", hint="give it a field `question`")
    if not isinstance(answers, list) or not all(isinstance(each, str) for each in answers):
        raise QuestionsUnreadable(
            f"line {number} of {path} has no list of answers", hint="give it a field `answers`, a list of strings"
        )
    more = row.get("more")
    return Question(
        id=str(row.get("id") or f"{path.stem}-{number}"),
        question=words.strip(),
        answers=tuple(answers),
        source=str(row.get("source") or path.name.partition(".")[0]),
        stratum=str(row.get("stratum") or ""),
        asks=str(row.get("asks") or "answer"),
        more=more if isinstance(more, dict) else {k: v for k, v in row.items() if k not in KNOWN},
    )
