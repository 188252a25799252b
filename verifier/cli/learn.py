"""``verifier learn``: a better calibration from what people decided, adopted only where it is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.console import say, say_sentence
from verifier.cli.options import DB, SortedCommand
from verifier.config import Settings, load_settings
from verifier.errors import NotLearnt
from verifier.fusion import Sort, shipped
from verifier.harmless import inline
from verifier.learning_file import InForce, adopt, in_force, learnt_path, read_learnt, undo
from verifier.render.words import moment

if TYPE_CHECKING:
    from verifier.learning import Adopted, Lesson
    from verifier.store.audits import Reviewed

HELP = """Learn from the reviews how likely each finding is wrong, and print how many faults passed unseen.

\b
verifier learn --dry-run
verifier learn
verifier learn --undo

It needs 200 reviewed findings, 30 accepted and 30 rejected. What the earlier decisions teach is held against the later ones,
and adopted only where it fits them better than the calibration in force, which is kept. Risks change, verdicts do not.
"""
_SHOW_HELP = """Show the calibration in force and where it comes from.

\b
verifier learn show
"""
_WORDS = {Sort.CITATION: "citations", Sort.CLAIM: "claims"}


@dataclass(frozen=True, slots=True)
class _Learnt:
    """What came of one sort."""

    sort: Sort
    reviewed: Reviewed
    lesson: Lesson | None
    """``None`` where there was too little to learn from."""
    missing: str = ""


@click.group("learn", help=HELP, invoke_without_command=True)
@DB
@click.option("--dry-run", is_flag=True, help="Say what would be learnt, and change nothing.")
@click.option("--undo", "undoing", is_flag=True, help="Go back to the calibration before.")
@click.pass_context
def command(ctx: click.Context, /, db: str | None, *, dry_run: bool, undoing: bool) -> None:
    """Learn, unless a command is named."""
    if ctx.invoked_subcommand is not None:
        return
    if dry_run and undoing:
        raise click.UsageError("name either --dry-run or --undo")
    settings = load_settings({"db": db})
    if undoing:
        _undo(settings)
    else:
        _learn(settings, dry_run=dry_run)


@command.command("show", cls=SortedCommand, help=_SHOW_HELP)
@DB
def show_command(db: str | None) -> None:
    """Print what is in force."""
    settings = load_settings({"db": db})
    now, path = in_force(settings), learnt_path(settings)
    if now.problem:
        say_sentence(f"warning: {now.problem}")
    say(f"in force: {now.name}")
    if now.learnt is None:
        return
    for each in reversed(read_learnt(path) if path is not None else ()):
        say(f"{each.name}: {_origin(each)}")
    for sort in Sort:
        model = now.model(sort)
        own = " (of the program)" if model == shipped(sort) else ""
        weights = ", ".join(f"{each.name} {each.weight:+.2f}" for each in model.weights if each.weight)
        say(f"{_WORDS[sort]}{own}: bias {model.bias:+.2f}, {weights}")


def _origin(adopted: Adopted) -> str:
    sorts = [word for word, model in zip(_WORDS.values(), (adopted.citation, adopted.claim), strict=True) if model]
    return (
        f"{' and '.join(sorts)}, from {adopted.labels} reviewed findings ({adopted.samples} samples of what passed) "
        f"until {moment(adopted.learnt_until)}, on {inline(adopted.base)}, reviews {adopted.reviews_sha256[:12]}"
    )


def _learn(settings: Settings, *, dry_run: bool) -> None:
    from verifier.learning import LEARNT, reviews_digest

    path = _place(settings)
    now = in_force(settings)
    if now.problem:
        say_sentence(f"warning: {now.problem}")
    found = _reviewed(settings)
    for sort, each in found.items():
        _print_misses(sort, each)
    labels = [label for each in found.values() for label in each.labels]
    digest = reviews_digest(labels)
    if now.learnt and (now.learnt.reviews_sha256, now.learnt.base) == (digest, shipped(Sort.CITATION).name):
        say(f"nothing was decided since {now.name} was learnt")
        return
    name = f"{LEARNT}{digest[:12]}"
    made = [_lesson(sort, each, now, name) for sort, each in found.items()]
    for learnt in made:
        _print_lesson(learnt)
    if not any(each.lesson is not None and each.lesson.model is not None for each in made):
        raise _nothing(made, now)
    if dry_run:
        say(f"nothing was changed; `verifier learn` would adopt {name}")
        return
    adopt(path, _adopted(name, digest, made, now))
    say(f"{name} is in force, kept in {inline(str(path), 300)}; `verifier learn --undo` goes back to {now.name}")


def _place(settings: Settings) -> Path:
    path = learnt_path(settings)
    if path is None:
        raise NotLearnt(
            "there is no place to keep what is learnt",
            hint="name a database with --db and leave VERIFIER_CALIBRATION unset",
        )
    read_learnt(path)  # a damaged file is not overwritten unasked
    return path


def _reviewed(settings: Settings) -> dict[Sort, Reviewed]:
    from verifier.store import open_store
    from verifier.store.audits import reviewed
    from verifier.store.connect import closing_engine, must_exist

    must_exist(settings.db)
    with closing_engine(open_store(settings.db)) as engine:
        return {sort: reviewed(engine, sort) for sort in Sort}


def _lesson(sort: Sort, reviewed: Reviewed, now: InForce, name: str) -> _Learnt:
    from verifier.learn import learn
    from verifier.learning import shortage

    missing = shortage(reviewed.labels)
    if missing:
        return _Learnt(sort, reviewed, None, missing)
    return _Learnt(sort, reviewed, learn(reviewed.labels, shipped(sort), now.model(sort), name))


def _print_misses(sort: Sort, reviewed: Reviewed) -> None:
    from verifier.learning_misses import miss_rate
    from verifier.review import miss_words
    from verifier.store.statistics import Misses

    drawn = sum(each.drawn for each in reviewed.strata)
    if drawn or reviewed.labels:
        say(miss_words(Misses(sort, drawn, miss_rate(reviewed.strata))))


def _print_lesson(learnt: _Learnt) -> None:
    lesson, word = learnt.lesson, _WORDS[learnt.sort]
    if lesson is None:
        return
    wrong = sum(each.wrong for each in learnt.reviewed.labels)
    samples = sum(each.sampled for each in learnt.reviewed.labels)
    number = len(learnt.reviewed.labels)
    say(f"{word}: {number} reviewed findings ({wrong} wrong, {samples} samples of what passed)")
    if lesson.judged:
        say(
            f"{word}: on the {lesson.later} later decisions, log loss {lesson.before.log_loss:.4f} -> "
            f"{lesson.after.log_loss:.4f}, calibration error {lesson.before.ece:.4f} -> {lesson.after.ece:.4f}"
        )
    if lesson.model is not None and lesson.weights:
        say(f"{word}: weights of their own for {', '.join(lesson.weights)}")
    if lesson.refused:
        say(f"{word}: not adopted: {lesson.refused}")


def _nothing(made: Sequence[_Learnt], now: InForce) -> NotLearnt:
    """Why nothing was learnt, in one sentence."""
    refused = [each for each in made if each.lesson is not None]
    if refused:
        why = "; ".join(f"of {_WORDS[each.sort]}, {each.lesson.refused}" for each in refused if each.lesson)
        return NotLearnt(f"{now.name} stays in force: {why}", hint="review more, also the samples of what passed")
    closest = max(made, key=lambda each: len(each.reviewed.labels))
    return NotLearnt(
        f"there are too few reviews of {_WORDS[closest.sort]} to learn from: {closest.missing}", hint="verifier review"
    )


def _adopted(name: str, digest: str, made: Sequence[_Learnt], now: InForce) -> Adopted:
    """What was learnt now, beside what holds on of what was learnt before."""
    from verifier.learning import Adopted

    before = now.learnt
    models = {each.sort: each.lesson.model if each.lesson else None for each in made}
    labels = [label for each in made for label in each.reviewed.labels]
    return Adopted(
        name=name,
        base=shipped(Sort.CITATION).name,
        reviews_sha256=digest,
        learnt_until=max(each.decided_at for each in labels),
        labels=len(labels),
        samples=sum(each.sampled for each in labels),
        citation=models[Sort.CITATION] or (before.citation if before else None),
        claim=models[Sort.CLAIM] or (before.claim if before else None),
    )


def _undo(settings: Settings) -> None:
    path = learnt_path(settings)
    gone = None if path is None else undo(path)
    if gone is None:
        raise NotLearnt("nothing was learnt that could be undone", hint="verifier learn show")
    say(f"{gone.name} is no longer in force; {in_force(settings).name} is")
