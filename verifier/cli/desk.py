"""What the commands of the review desk share: the database, and who answers."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from verifier.config import load_settings
from verifier.errors import VerifierError

if TYPE_CHECKING:
    from sqlalchemy import Engine


@contextmanager
def opened(db: str | None) -> Iterator[Engine]:
    """The database, which must be there: nobody reviews an empty one by mistake."""
    from verifier.store import open_store
    from verifier.store.connect import closing_engine, must_exist

    url = load_settings({"db": db}).db
    must_exist(url)
    with closing_engine(open_store(url)) as engine:
        yield engine


def answering(name: str | None) -> str:
    """The name that answers bear: the one that was given, otherwise that of whoever is signed in at this machine."""
    from verifier.store.reviewers import reviewer_name

    return reviewer_name(name or _account())


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise VerifierError("nobody knows who you are", hint='name yourself with --as "NAME"') from error
