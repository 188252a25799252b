"""Samples of what passed, which people judge without being told the verdict; and what they decided, to learn from.

Flags alone show how often an accusation is right, never how many are missing. So a share of what passes enters the queue
beside the flags: drawn by a digest of the run and the finding, so that a run that is resumed draws the same, and the riskier
the likelier.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from verifier.errors import StoreError
from verifier.fusion import Sort, features
from verifier.learning import Label
from verifier.learning_misses import Stratum
from verifier.store.connect import reading
from verifier.store.flags import same_flag, write_flag
from verifier.store.reviews import FlagState, Review, ReviewAnswer, read_review, state_of, votes
from verifier.store.stored import FlagKind, Keeping
from verifier.store.tables import audits, flags, reviewers, reviews, row
from verifier.types import Decision, Flagged, Signal

LOWEST_RANK, HIGHEST_RANK = 400_000, 950_000
"""Samples are strewn among the flags: where one stands in the queue tells nothing."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Band:
    """A range of risks, which is a stratum of the sample."""

    name: str
    below: float
    times: float
    """By how much likelier than the share that was asked for its findings are drawn."""


BANDS = (Band("low", 0.1, 1.0), Band("middle", 0.3, 2.0), Band("high", 1.01, 3.0))
"""Nearly all that passes is in the first. The others are drawn as their larger variance asks for (Neyman 1934), roughly."""
UNKNOWN = Band("unknown", 0.0, 3.0)
"""Of what passed without any risk."""


@dataclass(frozen=True, slots=True)
class AuditDraw:
    """Which share of what passes is drawn in one run."""

    run: str
    """What tells one run from others, and is the same when it is resumed."""
    share: float

    def chance(self, flagged: Flagged) -> float:
        """With which chance the finding is drawn."""
        return min(1.0, self.share * band(flagged).times)

    def draws(self, flagged: Flagged) -> bool:
        """Whether it is drawn: the same for the same run and finding."""
        return flagged.decision is Decision.PASS and _uniform(self.run, flagged.fingerprint) < self.chance(flagged)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What people decided, of one sort of finding."""

    labels: tuple[Label, ...]
    strata: tuple[Stratum, ...]


def band(flagged: Flagged) -> Band:
    """The stratum of a finding."""
    if flagged.risk is None:
        return UNKNOWN
    value = flagged.risk.value
    return next(each for each in BANDS if value < each.below)


def draw_samples(
    connection: Connection, scan_id: int, findings: Sequence[Flagged], audit: AuditDraw, now: datetime, keeping: Keeping
) -> frozenset[str]:
    """Put what is drawn into the queue as blind flags and return their fingerprints.

    What is in the database already, as a sample or a flag, is not drawn again; nor is anything at a level of storage that
    keeps no words, because nobody could judge it.
    """
    drawn: set[str] = set()
    if not keeping.level.keeps_words:
        return frozenset()
    for finding in sorted((each for each in findings if audit.draws(each)), key=lambda each: each.fingerprint):
        if same_flag(connection, finding) is not None:
            continue
        number = write_flag(connection, scan_id, finding, now, keeping)
        rank = LOWEST_RANK + int(_uniform("rank", finding.fingerprint) * (HIGHEST_RANK - LOWEST_RANK))
        values = row(flag_id=number, stratum=band(finding).name, probability=audit.chance(finding), drawn_at=now)
        connection.execute(update(flags).where(flags.c.id == number).values(blind=True, rank=rank))
        try:
            with connection.begin_nested():
                connection.execute(insert(audits).values(values))
        except IntegrityError:
            continue  # another process drew it meanwhile
        drawn.add(finding.fingerprint)
    return frozenset(drawn)


def show_flagged(connection: Connection, numbers: Sequence[int]) -> None:
    """Let samples that are flagged after all be flags like others: what a claim is compared with may change."""
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        connection.execute(delete(audits).where(audits.c.flag_id.in_(some)))
        shown = flags.c.id.in_(some) & flags.c.blind
        connection.execute(update(flags).where(shown).values(blind=False))


def reviewed(engine: Engine, sort: Sort) -> Reviewed:
    """The decisions that count now, one for each finding, and what the samples stand for.

    Votes of a reviewer whose every token was revoked do not count, nor what was opened again; a quorum must be reached.
    Raises ``StoreError`` where the database cannot be read.
    """
    kind = _kind(sort)
    with reading(engine) as connection:
        ruled = list(_ruled(connection, kind))
        decided = {each.flag_id: each for each in ruled}
        drawn = _drawn(connection, kind)
        strata = _strata(drawn, decided)
        weights = {each.name: each.passed / each.decided for each in strata if each.decided}
        bands = {each.flag_id: each.stratum for each in drawn}
        labels = []
        for each, signals in _with_signals(connection, ruled):
            stratum = bands.get(each.flag_id, "")
            weight = weights[stratum] if stratum else 1.0
            labels.append(Label(each.group, sort, features(signals), each.wrong, each.at, stratum, weight))
    return Reviewed(tuple(each for each in labels if each.values), strata)


def strata_of(connection: Connection, sort: Sort) -> tuple[Stratum, ...]:
    """The samples of one sort, what they stand for and what was decided about them."""
    kind = _kind(sort)
    decided = {each.flag_id: each for each in _ruled(connection, kind, samples_only=True)}
    return _strata(_drawn(connection, kind), decided)


def _kind(sort: Sort) -> FlagKind:
    return FlagKind.CLAIM if sort is Sort.CLAIM else FlagKind.REFERENCE


@dataclass(frozen=True, slots=True)
class _Ruling:
    """What was decided about one flag, and when."""

    flag_id: int
    group: str
    wrong: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class _Drawn:
    flag_id: int
    stratum: str
    probability: float


def _ruled(connection: Connection, kind: FlagKind, *, samples_only: bool = False) -> Iterator[_Ruling]:
    """Decided flags by their number; only those that have a vote can be."""
    revoked = _revoked(connection)
    columns = (flags.c.subject_digest, flags.c.fingerprint, flags.c.quorum)
    statement = (
        select(reviews, *columns)
        .join(flags, flags.c.id == reviews.c.flag_id)
        .where(flags.c.kind == kind.value)
        .order_by(reviews.c.flag_id, reviews.c.id)
    )
    if samples_only:
        statement = statement.join(audits, audits.c.flag_id == flags.c.id)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(statement).mappings()
    for number, some in groupby(rows, key=lambda each: each["flag_id"]):
        kept = list(some)
        given = [each for each in map(read_review, kept) if each.reviewer not in revoked]
        state = state_of(given, kept[0]["quorum"])
        at = _decided_at(given, state)
        if at is not None:
            group = kept[0]["subject_digest"] or kept[0]["fingerprint"]
            yield _Ruling(int(number), group, state is FlagState.ACCEPTED, at)


def _revoked(connection: Connection) -> frozenset[str]:
    """Names whose every token was taken back."""
    held = connection.execute(select(reviewers.c.name, reviewers.c.revoked_at)).all()
    valid = {name for name, revoked_at in held if revoked_at is None}
    return frozenset(name for name, _ in held) - valid


def _decided_at(given: Sequence[Review], state: FlagState) -> datetime | None:
    """When the last vote of the side that won was cast; ``None`` where no person decided it."""
    if not state.is_decided:
        return None
    won = ReviewAnswer.ACCEPT if state is FlagState.ACCEPTED else ReviewAnswer.REJECT
    return max((each.at for each in votes(given) if each.answer is won), default=None)


def _drawn(connection: Connection, kind: FlagKind) -> list[_Drawn]:
    statement = (
        select(audits.c.flag_id, audits.c.stratum, audits.c.probability)
        .join(flags, flags.c.id == audits.c.flag_id)
        .where(flags.c.kind == kind.value)
        .order_by(audits.c.flag_id)
    )
    return [_Drawn(*each) for each in connection.execute(statement)]


def _strata(drawn: Sequence[_Drawn], decided: dict[int, _Ruling]) -> tuple[Stratum, ...]:
    return tuple(
        Stratum(
            name,
            sum(1 / each.probability for each in some),
            len(some),
            sum(each.flag_id in decided for each in some),
            sum(each.flag_id in decided and decided[each.flag_id].wrong for each in some),
        )
        for name in sorted({each.stratum for each in drawn})
        for some in [[each for each in drawn if each.stratum == name]]
    )


def _with_signals(connection: Connection, ruled: Sequence[_Ruling]) -> Iterator[tuple[_Ruling, tuple[Signal, ...]]]:
    for start in range(0, len(ruled), _AT_ONCE):
        some = ruled[start : start + _AT_ONCE]
        wanted = select(flags.c.id, flags.c.finding).where(flags.c.id.in_([each.flag_id for each in some]))
        found = {each.id: each.finding for each in connection.execute(wanted)}
        for each in some:
            yield each, _read_signals(found[each.flag_id])


def _read_signals(finding: str) -> tuple[Signal, ...]:
    try:
        return _signals().validate_python(json.loads(finding).get("signals", []))
    except (ValueError, AttributeError, ValidationError) as error:
        raise StoreError("a stored finding cannot be read: its row is damaged") from error


@cache
def _signals() -> TypeAdapter[tuple[Signal, ...]]:
    return TypeAdapter(tuple[Signal, ...])


def _uniform(run: str, item: str) -> float:
    """A number from 0 to 1 that is the same for the same texts and otherwise as good as random."""
    digest = hashlib.sha256(f"{run}\n{item}".encode("utf-8", "surrogatepass")).hexdigest()
    return int(digest[:13], 16) / 16**13
