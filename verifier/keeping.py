"""``verifier.keeper``: a hook that keeps what a program's checks flag, so that ``verifier review`` shows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from verifier.config import load_settings
from verifier.errors import WrongArgument
from verifier.types import Report

if TYPE_CHECKING:
    from sqlalchemy import Engine


def keeper(db: str | None = None, *, storage: str | None = None, retain: int | None = None) -> Callable[[Report], None]:
    """A hook for ``verifier.on("flagged", ...)`` that writes flagged citations and claims to a database.

    ``db`` is a path or URL, ``storage`` one of ``none``, ``hash``, ``excerpt`` and ``full``, ``retain`` the days after which
    scans and decided flags are removed; what is not given comes from the settings. A report holds no text, so that no text
    around a flag is kept. The database is opened at the first report.

    >>> import verifier
    >>> off = verifier.on("flagged", keeper("flags.db", storage="hash"))
    >>> off()

    Raises:
        WrongArgument: there is no such level, or no such number of days.

    """
    from verifier.store.levels import StorageLevel

    settings = load_settings({"db": db, "storage": storage, "retain": retain})
    if settings.storage not in list(StorageLevel):
        raise WrongArgument(f"verifier.keeper: storage must be one of {', '.join(StorageLevel)}, not {storage!r:.40}")
    if not isinstance(settings.retain, int) or settings.retain < 0:
        raise WrongArgument(f"verifier.keeper: retain must be a number of days, not {retain!r:.40}")
    level = StorageLevel(settings.storage)
    engine = cache(lambda: _opened(settings.db))

    def keep(report: Report) -> None:
        from verifier.store.recorder import Recorder, record_report
        from verifier.store.scans import ScanKey

        if level is not StorageLevel.NONE:
            key = ScanKey("check", report.inputs, "")
            record_report(Recorder(engine(), key, level=level, retain_days=settings.retain), report)

    return keep


def _opened(url: str) -> Engine:
    from verifier.store import open_store

    return open_store(url)
