"""``verifier review``: the queue of flags, by hand in the terminal or from a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from citations.types import Status
from verifier.cli.console import say
from verifier.cli.desk import answering, opened
from verifier.cli.keyboard import keyboard
from verifier.cli.options import DB, ROW, SortedCommand
from verifier.cli.report import command as report_command
from verifier.cli.tokens import command as token_command
from verifier.errors import VerifierError
from verifier.harmless import inline
from verifier.render.flags import decided_record, item_record, summary_record

if TYPE_CHECKING:
    from verifier.store.filters import QueueFilter
    from verifier.store.reviews import Decided

HELP = """Go through what was flagged: one item, one decision, one key (? lists them). Every answer is kept at once.

\b
verifier review
verifier review --verdict fabricated --as "Ana Lima"
verifier review --web
verifier review decide 12 reject --note "it is in the library's catalogue"
"""
_LIST_HELP = """List the flags that wait, the gravest first.

\b
verifier review list --paper paper.pdf
verifier review list --state rejected --format json
"""
_SHOW_HELP = """Show one flag with its evidence and its reviews.

\b
verifier review show 12
"""
_DECIDE_HELP = """Answer a flag: accept (it is wrong indeed), reject (a false alarm), skip, note, or response (of the author).

\b
verifier review decide 12 accept
verifier review decide 12 reject --note "exists in print" --format json
"""
_WORKS_HELP = """List the works that reviewers confirmed: their word, never counted as a registry's.

\b
verifier review works
"""
_REVOKE_HELP = """Take the confirmation of a work back; what was dismissed by it is open again.

\b
verifier review revoke 3
"""
_UNDO_HELP = """Take back your latest answer that still stands.

\b
verifier review undo
"""
_STATISTICS_HELP = """Count the answers: by day, by verdict, agreement, and how often each sign of trouble was right.

\b
verifier review statistics --format json
"""
FORMAT = click.option(
    "--format", "format_name", type=click.Choice(["json", "text"]), default="text", help="json or text."
)
AS = click.option("--as", "reviewer", metavar="NAME", help="Who answers; your account's name unless given.")
QUORUM = click.option(
    "--quorum", type=click.IntRange(min=1, max=9), default=1, show_default=True, help="Votes a decision needs."
)
_FILTERS = (
    click.option("--kind", type=click.Choice(["claim", "reference"]), help="Only flags of this kind."),
    click.option("--paper", default="", metavar="FILE", help="Only what stands in this file, named as it was scanned."),
    click.option("--risk-above", type=click.FloatRange(0, 1), metavar="P", help="Only flags with a higher risk."),
    click.option("--search", default="", metavar="WORDS", help="Only flags that hold all the words."),
    click.option("--verdict", type=click.Choice([each.value for each in Status]), metavar="VERDICT", help="Only this."),
)


def _filters(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in _FILTERS:
        function = option(function)
    return function


@click.group("review", help=HELP, invoke_without_command=True)
@DB
@_filters
@AS
@QUORUM
@click.option("--web", is_flag=True, help="Open the queue as a page in the browser.")
@click.pass_context
def command(
    ctx: click.Context, /, db: str | None, reviewer: str | None, quorum: int, *, web: bool, **filters: Any
) -> int | None:
    """Open the queue in the terminal or the browser, unless a command is named."""
    if ctx.invoked_subcommand is not None:
        return None
    if web:
        from verifier.cli.serve.review import serve_page

        serve_page(db, reviewer, quorum, view=queue_path(**filters), opens=True)
        return 0
    from verifier.review import Session, review

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise VerifierError(
            "reviewing needs a terminal", hint="verifier review list, then verifier review decide ID ..."
        )
    with opened(db) as engine, keyboard() as terminal:
        votes = review(Session(engine, answering(reviewer), _filter(filters), quorum), terminal)
    say(f"{votes} decided")
    return 0


command.add_command(token_command)


command.add_command(report_command)


@command.command("list", cls=SortedCommand, help=_LIST_HELP)
@DB
@_filters
@FORMAT
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, metavar="N", help="At most N.")
@click.option(
    "--state",
    type=click.Choice(["accepted", "all", "disputed", "open", "rejected"]),
    default="open",
    show_default=True,
    help="Where they stand.",
)
def list_command(db: str | None, format_name: str, limit: int, state: str, **filters: Any) -> None:
    """Print one line a flag."""
    from verifier.store.queue import queue

    with opened(db) as engine:
        page = queue(engine, _filter(filters, state), limit=limit)
    if format_name == "json":
        say(json.dumps([summary_record(each) for each in page.items], indent=2))
        return
    for each in page.items:
        word = "sample" if each.blind else each.status.value
        line = f"{each.id}  {word}  {each.state.value}  {inline(each.paper)}  {inline(each.excerpt, 120)}"
        say(line)
    if page.after:
        say(f"more than {limit}; see more with --limit", err=True)
    if not page.items:
        say("no such flag", err=True)


@command.command("show", cls=SortedCommand, help=_SHOW_HELP)
@click.argument("flag_id", metavar="ID", type=ROW)
@DB
@FORMAT
def show_command(flag_id: int, db: str | None, format_name: str) -> None:
    """Print everything about one flag."""
    from verifier.review import item_lines
    from verifier.store.queue import flag

    with opened(db) as engine:
        item = flag(engine, flag_id)
    if format_name == "json":
        say(json.dumps(item_record(item), indent=2))
        return
    for line in item_lines(item):
        say(line)


@command.command("decide", cls=SortedCommand, help=_DECIDE_HELP)
@click.argument("flag_id", metavar="ID", type=ROW)
@click.argument("answer", type=click.Choice(["accept", "note", "reject", "response", "skip"]))
@AS
@DB
@FORMAT
@click.option("--note", default="", metavar="TEXT", help="Why.")
@QUORUM
@click.option("--work", default="", metavar="ID|URL", help="With reject: where you found the work.")
def decide_command(flag_id: int, answer: str, reviewer: str | None, db: str | None, **options: Any) -> None:
    """Write one review."""
    from verifier.store.adjudications import confirm_work
    from verifier.store.reviews import ReviewAnswer, decide, remark, respond

    name, note, work = answering(reviewer), options["note"], options["work"]
    if work and answer != "reject":
        raise VerifierError("only a false alarm comes with the work that was found", hint="leave out --work")
    if answer in {"note", "response"} and not note.strip():
        raise VerifierError(f"a {answer} needs words", hint=f'verifier review decide {flag_id} {answer} --note "..."')
    with opened(db) as engine:
        if work:  # before the vote, so that what cannot be confirmed is refused whole
            confirm_work(engine, flag_id, name, work, note)
        if answer == "note":
            done = remark(engine, flag_id, name, note)
        elif answer == "response":
            done = respond(engine, flag_id, name, note)
        else:
            done = decide(engine, flag_id, ReviewAnswer(answer), name, note=note, quorum=options["quorum"])
    _print_decided(done, options["format_name"])


@command.command("works", cls=SortedCommand, help=_WORKS_HELP)
@DB
def works_command(db: str | None) -> None:
    """Print one line a confirmed work."""
    from verifier.store.adjudications import list_confirmed

    with opened(db) as engine:
        works = list_confirmed(engine)
    for each in works:
        revoked = f"  revoked by {inline(each.revoked_by, 60)}" if each.revoked_at else ""
        who = f"confirmed by {inline(each.confirmed_by, 60)}, {each.confirmed_at:%Y-%m-%d}"
        say(f"{each.id}  {inline(each.title, 120)}  {inline(each.identifier, 120)}  {who}{revoked}")
    if not works:
        say("no work was confirmed", err=True)


@command.command("revoke", cls=SortedCommand, help=_REVOKE_HELP)
@click.argument("work_id", metavar="WORK", type=ROW)
@AS
@DB
def revoke_command(work_id: int, reviewer: str | None, db: str | None) -> None:
    """Take a confirmation back."""
    from verifier.store.adjudications import revoke_work

    with opened(db) as engine:
        reopened = revoke_work(engine, work_id, answering(reviewer))
    numbers = ", ".join(f"#{each}" for each in reopened)
    say(f"revoked; open again: {numbers or 'no flag'}")


@command.command("undo", cls=SortedCommand, help=_UNDO_HELP)
@AS
@DB
@FORMAT
def undo_command(reviewer: str | None, db: str | None, format_name: str) -> None:
    """Write the review that takes back another."""
    from verifier.store.reviews import undo

    name = answering(reviewer)
    with opened(db) as engine:
        done = undo(engine, name)
    if done is None:
        raise VerifierError(f"{name} has no answer to take back", hint="name another reviewer with --as")
    _print_decided(done, format_name)


@command.command("statistics", cls=SortedCommand, help=_STATISTICS_HELP)
@DB
@FORMAT
def statistics_command(db: str | None, format_name: str) -> None:
    """Print counts."""
    from dataclasses import asdict

    from verifier.review import miss_words
    from verifier.store.statistics import statistics

    with opened(db) as engine:
        found = statistics(engine)
    if format_name == "json":
        say(json.dumps(asdict(found), indent=2, default=str))
        return
    for verdict in found.verdicts:
        say(
            f"{verdict.status.value}: {verdict.open} open, {verdict.accepted} accepted, {verdict.rejected} rejected, "
            f"{verdict.disputed} disputed"
        )
    for each in found.precisions:
        say(
            f"{inline(each.name)}: right in {each.accepted} of {each.decided} "
            f"(95 % interval {each.low:.0%} to {each.high:.0%})"
        )
    for line in map(miss_words, found.misses):
        say(line)
    if found.agreement.rate is not None:
        say(f"agreement: {found.agreement.agreed} of {found.agreement.pairs} pairs of votes")


def queue_path(**filters: Any) -> str:
    """The address of the same queue on the review page."""
    given = {name: value for name, value in filters.items() if value}
    return f"/queue?{urlencode(given)}" if given else "/queue"


def _filter(filters: dict[str, Any], state: str = "open") -> QueueFilter:
    from verifier.store.filters import QueueFilter
    from verifier.store.reviews import FlagState
    from verifier.store.stored import FlagKind

    return QueueFilter(
        kind=FlagKind(filters["kind"]) if filters["kind"] else None,
        verdict=Status(filters["verdict"]) if filters["verdict"] else None,
        paper=filters["paper"],
        risk_above=filters["risk_above"],
        state=None if state == "all" else FlagState(state),
        search=filters["search"],
    )


def _print_decided(done: Decided, format_name: str) -> None:
    from verifier.review import decided_line

    if format_name == "json":
        say(json.dumps(decided_record(done), indent=2))
    else:
        say(decided_line(done))
