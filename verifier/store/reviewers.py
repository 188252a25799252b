"""Who may review over the network: named tokens, kept as digests, each revocable, each with a role."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Engine, RowMapping, insert, select, update

from verifier.errors import StoreError
from verifier.store.connect import reading, writing_to
from verifier.store.reviews import PROGRAM, stored_name
from verifier.store.tables import reviewers, row, utc

TOKEN_BYTES = 32


class Role(StrEnum):
    """What a token allows."""

    REVIEWER = "reviewer"
    """Look and answer."""
    ADMIN = "admin"
    """Also make and revoke tokens, revoke confirmed works, forget and export."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A token's owner."""

    id: int
    name: str
    role: Role
    created_at: datetime
    revoked_at: datetime | None = None


def add_reviewer(engine: Engine, name: str, role: Role = Role.REVIEWER) -> tuple[Reviewer, str]:
    """A reviewer and their new token, which is shown once and kept as a digest alone.

    A name may have several tokens at a time. Raises ``StoreError`` for an empty name and for that of the program.
    """
    name = reviewer_name(name)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = row(name=name, role=role.value, token_sha256=_digest(token), created_at=datetime.now(UTC))
    with writing_to(engine) as connection:
        number = connection.execute(insert(reviewers).values(values).returning(reviewers.c.id)).scalar_one()
    return Reviewer(number, name, role, values["created_at"]), token


def reviewer_name(name: str) -> str:
    """The name as every table keeps it, so that holds and answers of one person are found by one name.

    Raises ``StoreError`` for an empty name and for that of the program.
    """
    kept = stored_name(name)
    if not kept or kept.casefold() == PROGRAM:
        raise StoreError(f"{kept!r} is no name for a reviewer", hint="give the person's own name")
    return kept


def reviewer_of(engine: Engine, token: str) -> Reviewer | None:
    """Whose token it is; ``None`` if it is nobody's or was revoked."""
    digest = _digest(token)  # the digest is looked up, so that the time taken tells nothing about any token
    valid = (reviewers.c.token_sha256 == digest) & reviewers.c.revoked_at.is_(None)
    with reading(engine) as connection:
        found = connection.execute(select(reviewers).where(valid)).mappings().first()
    return None if found is None else _reviewer(found)


def reviewer_numbered(engine: Engine, number: int) -> Reviewer | None:
    """Whose row it is; ``None`` if there is none or its token was revoked."""
    valid = (reviewers.c.id == number) & reviewers.c.revoked_at.is_(None)
    with reading(engine) as connection:
        found = connection.execute(select(reviewers).where(valid)).mappings().first()
    return None if found is None else _reviewer(found)


def list_reviewers(engine: Engine) -> tuple[Reviewer, ...]:
    """Every token that was made, revoked ones too, oldest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(reviewers).order_by(reviewers.c.id)).mappings().all()
    return tuple(_reviewer(each) for each in rows)


def revoke_reviewer(engine: Engine, name: str) -> int:
    """Revoke every token of the name at once; their reviews stay. Returns how many were valid until now."""
    valid = (reviewers.c.name == stored_name(name)) & reviewers.c.revoked_at.is_(None)
    with writing_to(engine) as connection:
        return connection.execute(update(reviewers).where(valid).values(revoked_at=datetime.now(UTC))).rowcount


def _reviewer(stored: RowMapping) -> Reviewer:
    return Reviewer(
        id=stored["id"],
        name=stored["name"],
        role=Role(stored["role"]),
        created_at=utc(stored["created_at"]),
        revoked_at=None if stored["revoked_at"] is None else utc(stored["revoked_at"]),
    )


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
