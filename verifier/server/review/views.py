"""The views that only look: each gives a page and its twin. They change nothing but who looks at the flag that they show."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import asdict, dataclass

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from verifier.errors import StoreError, UnknownFlag
from verifier.harmless import inline
from verifier.review import KEYS
from verifier.server.review.desk import Desk, Viewer
from verifier.server.review.filters import Wanted, read_wanted
from verifier.server.review.item import Progress, item_page, progress, twin_of_item
from verifier.server.review.lists import (
    Listed,
    history_page,
    queue_page,
    reviewers_page,
    statistics_page,
    works_page,
)
from verifier.server.review.replies import Shown, is_for_program
from verifier.store.holds import hold
from verifier.store.queue import FlagItem, FlagSummary, flag, next_flag

MAX_NUMBER = 2**31 - 1
"""The greatest number of a row that every database can hold."""
_TRIES = 50
_NUMBER = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class EndPage:
    """Nothing follows: what is left, and where it is."""

    query: str
    progress: Progress
    is_from_start: bool
    was_skipped: bool


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key and what it does."""

    key: str
    meaning: str


@dataclass(frozen=True, slots=True)
class KeysPage:
    """The keys."""

    lines: tuple[KeyLine, ...]


def show_queue(desk: Desk, request: Request, viewer: Viewer) -> Shown:
    """The flags under the filter of the address."""
    return _listed("queue.html", queue_page(desk.engine, viewer.name, read_wanted(request.query_params)))


def show_flag(desk: Desk, request: Request, viewer: Viewer) -> Shown:
    """One flag, which is kept for the viewer while they look at it."""
    item = _claimed(desk.engine, row_number(request), viewer.name)
    return shown_item(desk, item, viewer, read_wanted(request.query_params))


def show_next(desk: Desk, request: Request, viewer: Viewer) -> Shown | Response:
    """The next flag that is nobody else's: a browser is sent to it, a program gets it."""
    wanted = read_wanted(request.query_params)
    was_skipped = request.query_params.get("skipped") == "1"
    found = claim_next(desk.engine, viewer.name, wanted, skipped=was_skipped)
    if found is None:
        page = EndPage(wanted.query, progress(desk.engine, viewer.name, wanted), not wanted.after, was_skipped)
        return Shown("end.html", page, {"id": None, "waiting": page.progress.waiting, "today": page.progress.today})
    if is_for_program(request):
        return shown_item(desk, flag(desk.engine, found.id), viewer, wanted)
    query = f"?{wanted.query}" if wanted.query else ""
    return RedirectResponse(f"/flags/{found.id}{query}", 303)


def show_history(desk: Desk, _request: Request, viewer: Viewer) -> Shown:
    """The viewer's last answers."""
    return _listed("history.html", history_page(desk.engine, viewer.name))


def show_statistics(desk: Desk, _request: Request, _viewer: Viewer) -> Shown:
    """The counts so far."""
    return _listed("statistics.html", statistics_page(desk.engine))


def show_works(desk: Desk, _request: Request, _viewer: Viewer) -> Shown:
    """The works that reviewers confirmed."""
    return _listed("works.html", works_page(desk.engine))


def show_reviewers(desk: Desk, _request: Request, _viewer: Viewer) -> Shown:
    """Every token's owner; for admins."""
    return _listed("reviewers.html", reviewers_page(desk.engine))


def show_keys(_desk: Desk, _request: Request, _viewer: Viewer) -> Shown:
    """The keys and what they do; the page has no use for the terminal's own."""
    lines = tuple(KeyLine(key if key.strip() else "space", meaning) for key, meaning in KEYS.items() if key != "q")
    return Shown("keys.html", KeysPage(lines), {"keys": [asdict(each) for each in lines]})


def shown_item(desk: Desk, item: FlagItem, viewer: Viewer, wanted: Wanted) -> Shown:
    """A flag as page and record."""
    page = item_page(desk.engine, item, viewer.name, wanted)
    return Shown("item.html", page, twin_of_item(item, page))


def claim_next(engine: Engine, reviewer: str, wanted: Wanted, *, skipped: bool = False) -> FlagSummary | None:
    """The next flag of the queue, held for the reviewer; ``None`` where nothing follows."""
    after = wanted.after
    for _ in range(_TRIES):
        found = next_flag(engine, reviewer, wanted.filter, after=after, skipped=skipped)
        if found is None or hold(engine, found.id, reviewer):
            return found
        after = f"{found.rank}.{found.id}"
    return None


def row_number(request: Request) -> int:
    """The number in the address; raises ``UnknownFlag`` for one that no row can have."""
    return number_of(request.path_params["number"])


def number_of(text: str) -> int:
    """A text as the number of a row; raises ``UnknownFlag`` for one that no row can have.

    >>> number_of("12")
    12
    """
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if not 0 < number <= MAX_NUMBER:
        raise UnknownFlag(f"there is no flag {inline(text, 20)}", hint="the queue lists them")
    return number


def _claimed(engine: Engine, number: int, reviewer: str) -> FlagItem:
    item = flag(engine, number)
    if item.summary.state.is_decided:
        return item
    with suppress(StoreError):  # a database that cannot be written can still be looked at
        hold(engine, number, reviewer)
    return item


def _listed(template: str, listed: Listed) -> Shown:
    return Shown(template, listed.page, listed.record)
