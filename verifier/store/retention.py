"""What is kept no longer: old scans, decided flags, a paper or a person that is to be forgotten."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, Select, Table, delete, insert, literal, or_, select, update

from citations.markup import to_ascii
from citations.types import Name
from verifier.errors import StoreError
from verifier.fingerprint import short_digest
from verifier.store.connect import reading, write
from verifier.store.flags import latest_paper
from verifier.store.levels import digest as digest_of
from verifier.store.reviews import FlagState
from verifier.store.stored import FlagKind
from verifier.store.tables import (
    bodies,
    checked_references,
    confirmed_works,
    evidence,
    flag_papers,
    flags,
    row,
    scans,
    texts,
    tombstones,
    traces,
    unreadable,
)
from verifier.store.transfer import wipe
from verifier.store.wire import Packed, read_flagged, unpacked
from verifier.types import ClaimFinding, Flagged

_WORD_OR_COMMA = re.compile(r"\w[\w'-]*|,")
_LOG = logging.getLogger(__name__)
_AT_ONCE = 500
_DECIDED = (FlagState.ACCEPTED.value, FlagState.REJECTED.value)
_DIGEST = re.compile(r'"body_sha256":"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Removed:
    """How much is kept no longer; a tombstone holds the numbers of flags by verdict and state."""

    flags: int
    references: int
    scans: int


def prune(engine: Engine, days: int, *, now: datetime | None = None) -> Removed:
    """Remove scans that began more than ``days`` ago, and flags decided and not seen since.

    What waits for a decision is never pruned, nor the evidence behind it.
    """
    before = (now or datetime.now(UTC)) - timedelta(days=days)
    old = select(scans.c.id).where(scans.c.started_at < before)
    decided = flags.c.state.in_(_DECIDED)

    def work(connection: Connection) -> Removed:
        ended = select(flags.c.id).where(decided, flags.c.last_seen_at < before)
        gone = list(connection.execute(ended).scalars())
        _bury(connection, "age", before.date().isoformat(), gone)
        references = connection.execute(
            delete(checked_references).where(checked_references.c.scan_id.in_(old))
        ).rowcount
        number = connection.execute(delete(scans).where(scans.c.started_at < before)).rowcount
        _remove_bodies(connection)
        return Removed(len(gone), references, number)

    return write(engine, work)


def expire(engine: Engine, days: int) -> None:
    """Prune what is older than so many days, if anything is, and let no text of it stand in the file.

    Another process that reads meanwhile may keep the file from being wiped; what it then still holds goes with the next
    ``db vacuum``.
    """
    before = datetime.now(UTC) - timedelta(days=days)
    old_scan = select(scans.c.id).where(scans.c.started_at < before)
    old_flag = select(flags.c.id).where(flags.c.state.in_(_DECIDED), flags.c.last_seen_at < before)
    with reading(engine) as connection:
        if not any(connection.execute(each.limit(1)).first() for each in (old_scan, old_flag)):
            return
    prune(engine, days)
    try:
        wipe(engine)
    except StoreError as error:
        _LOG.warning("%s", error.message)


def forget_paper(engine: Engine, paper: str) -> Removed:
    """Remove what is kept of one scanned file, named as it was scanned or by its whole path.

    A flag that was seen in another paper last stays with that one. Run ``vacuum`` afterwards, so that no page of the file
    holds the text any more.
    """
    clear = {paper, str(Path(paper).absolute())}
    names = clear | {digest_of(each) for each in clear}

    def work(connection: Connection) -> Removed:
        seen = flag_papers.c.paper_digest.in_([short_digest(each) for each in clear])
        gone = _seen_last_in(connection, names, select(flag_papers.c.flag_id).where(seen))
        _bury(connection, "paper", paper, gone)
        connection.execute(delete(flag_papers).where(seen))
        named = checked_references.c.file.in_(names)
        references = connection.execute(delete(checked_references).where(named)).rowcount
        connection.execute(delete(unreadable).where(unreadable.c.file.in_(names)))
        number = _forget_inputs(connection, names)
        _remove_bodies(connection)
        return Removed(len(gone), references, number)

    return write(engine, work)


def _seen_last_in(connection: Connection, names: set[str], candidates: Select[tuple[int]]) -> list[int]:
    """Which of the flags stand in a paper of these names now, and not in another since.

    A finding names its file itself; a claim is in the paper that it was seen in last.
    """
    columns = (flags.c.id, flags.c.kind, flags.c.finding, latest_paper().label("paper"))
    statement = select(*columns).where(flags.c.id.in_(candidates))
    gone = []
    for each in connection.execute(statement.order_by(flags.c.id)):
        found = read_flagged(FlagKind(each.kind), each.finding)
        if (each.paper if isinstance(found, ClaimFinding) else found.checked.reference.location.file) in names:
            gone.append(each.id)
    return gone


def forget_author(engine: Engine, name: str) -> Removed:
    """Remove every reference and flag that cites the person, given as ``Family``, ``Given Family`` or ``Family, Given``.

    A reference of which no author could be read counts by its words. A flagged claim and a whole text that name the person
    go too, and so do the works that reviewers confirmed for such a flag. What is kept for another reason, but names the
    person in the text around it or is unreadable, loses these words.
    """
    wanted = _folded(name)
    longest = max(re.findall(r"\w+", wanted) or [wanted], key=len)

    def cites(flagged: Flagged) -> bool:
        if isinstance(flagged, ClaimFinding):
            read = (passage.text for said in flagged.judgements for passage in said.passages)
            return any(_names_in(each, wanted) for each in (flagged.claim.text, flagged.claim.lead, *read))
        reference = flagged.checked.reference
        people = (*reference.fields.authors, *reference.fields.editors)
        return any(wanted in _names(each) for each in people) if people else _names_in(reference.raw, wanted)

    def work(connection: Connection) -> Removed:
        gone = [number for number, found in _findings(connection, flags, longest) if cites(found)]
        subjects = select(flags.c.subject_digest).where(flags.c.id.in_(gone))
        if gone:
            connection.execute(delete(confirmed_works).where(confirmed_works.c.subject_digest.in_(subjects)))
        _bury(connection, "author", name, gone)
        rows = [number for number, found in _findings(connection, checked_references, longest) if cites(found)]
        _delete(connection, checked_references, rows)
        _delete(connection, texts, [number for number, text in _texts(connection) if _names_in(text, wanted)])
        for number in _naming(connection, flags.c.context, wanted):
            nothing = {"context": "", "context_start": None, "context_end": None}
            connection.execute(update(flags).where(flags.c.id == number).values(nothing))
            connection.execute(delete(traces).where(traces.c.flag_id == number))
        for number in _naming(connection, unreadable.c.raw, wanted):
            connection.execute(update(unreadable).where(unreadable.c.id == number).values(raw=""))
        _remove_bodies(connection)
        return Removed(len(gone), len(rows), 0)

    return write(engine, work)


def _texts(connection: Connection) -> Iterator[tuple[int, str]]:
    """The whole texts that are kept, one at a time."""
    for number in connection.execute(select(texts.c.id)).scalars().all():
        found = connection.execute(select(texts.c.size, texts.c.compressed).where(texts.c.id == number)).one()
        yield number, unpacked(Packed(found.size, found.compressed)).decode("utf-8", "replace")


def _naming(connection: Connection, column: Column[str], wanted: str) -> list[int]:
    """The rows in which a text names somebody."""
    statement = select(column.table.c.id, column).where(column != "")
    rows = connection.execute(statement, execution_options={"yield_per": _AT_ONCE})
    return [number for number, text in rows if _names_in(text, wanted)]


def _names_in(text: str, wanted: str) -> bool:
    """Whether a folded name stands in a text as words of its own."""
    return f" {wanted} " in f" {' '.join(_WORD_OR_COMMA.findall(_folded(text)))} "


def _findings(connection: Connection, table: Table, word: str) -> Iterator[tuple[int, Flagged]]:
    """Findings in whose folded text a word stands; no database folds as we do, so all of them are looked through."""
    last = 0
    kind = table.c.kind if table is flags else literal(FlagKind.REFERENCE.value)
    while True:
        wanted = select(table.c.id, kind, table.c.finding).where(table.c.id > last).order_by(table.c.id)
        rows = connection.execute(wanted.limit(_AT_ONCE)).all()
        if not rows:
            return
        for number, sort, text in rows:
            if word in _folded(text):
                yield number, read_flagged(FlagKind(sort), text)
        last = rows[-1][0]


def _bury(connection: Connection, kind: str, name: str, gone: list[int]) -> None:
    """Delete flags with all that hangs on them, and keep how many there were of each sort."""
    counts: Counter[str] = Counter()
    for start in range(0, len(gone), _AT_ONCE):
        some = flags.c.id.in_(gone[start : start + _AT_ONCE])
        for status, state in connection.execute(select(flags.c.status, flags.c.state).where(some)):
            counts[f"{status} {state}"] += 1
    _delete(connection, flags, gone)
    salt = secrets.token_hex(8)
    digest = salt + hashlib.sha256(f"{salt}{name}".encode("utf-8", "surrogatepass")).hexdigest()[:48]
    values = row(kind=kind, digest=digest, counts=json.dumps(counts), at=datetime.now(UTC))
    connection.execute(insert(tombstones).values(values))


def _delete(connection: Connection, table: Table, numbers: list[int]) -> None:
    for start in range(0, len(numbers), _AT_ONCE):
        connection.execute(delete(table).where(table.c.id.in_(numbers[start : start + _AT_ONCE])))


def _forget_inputs(connection: Connection, names: set[str]) -> int:
    """Take the names out of the scans; a scan of nothing else goes with them."""
    likely = or_(*(scans.c.inputs.contains(json.dumps(each)[1:-1], autoescape=True) for each in names))
    removed = 0
    for number, inputs in connection.execute(select(scans.c.id, scans.c.inputs).where(likely)).all():
        kept = [each for each in json.loads(inputs) if each not in names]
        if kept:
            values = {"inputs": json.dumps(kept), "summary": None}
            connection.execute(update(scans).where(scans.c.id == number).values(values))
        else:
            connection.execute(delete(scans).where(scans.c.id == number))
            removed += 1
    return removed


def _remove_bodies(connection: Connection) -> None:
    """Remove registries' answers that neither a reference nor a flag stands on."""
    behind_references = select(evidence.c.body_sha256)
    gone = set(connection.execute(select(bodies.c.sha256).where(bodies.c.sha256.not_in(behind_references))).scalars())
    if not gone:  # the findings of all flags are much to read
        return
    findings = connection.execute(select(flags.c.finding), execution_options={"yield_per": _AT_ONCE})
    for text in findings.scalars():
        gone.difference_update(_DIGEST.findall(text))
    left = sorted(gone)
    for start in range(0, len(left), _AT_ONCE):
        connection.execute(delete(bodies).where(bodies.c.sha256.in_(left[start : start + _AT_ONCE])))


def _names(name: Name) -> set[str]:
    return {_folded(each) for each in (name.family, str(name), f"{name.family}, {name.given}", name.literal) if each}


def _folded(text: str) -> str:
    return " ".join(to_ascii(text).casefold().replace(",", " , ").split())
