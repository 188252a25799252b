"""The database of scans, references, evidence and flags. Import from its modules: they load SQLAlchemy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine


def open_store(url: str) -> Engine:
    """A database ready to use: made, and if it is a local SQLite file brought up to date.

    Raises ``StoreError`` or ``StoreNeedsUpgrade`` with the command to type.
    """
    from verifier.store.connect import connect
    from verifier.store.upgrade import ensure

    engine = connect(url)
    try:
        ensure(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine
