"""Checkers of verdicts that were stored: whose rules they stand for, and when they are not believed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import citations
from citations.types import CheckedReference, Reference, Status
from tests.citations.cases.run_case import Ran
from tests.verifier.samples import checked, reference
from verifier.findings import finding_of, judge
from verifier.rules import rules_digest
from verifier.store import open_store
from verifier.store.connect import closing_engine
from verifier.store.recorder import Recorder
from verifier.store.scans import ScanKey


def recheck_after_change(ran: Ran, _: bool) -> str:
    """A verdict of other rules is judged again, although what was asked for is the same."""
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(shutil.copytree(Path(citations.__file__).parent, Path(folder) / "citations"))
        with (changed / "verdict.py").open("a") as stream:
            stream.write("\n")
        rules_digest.cache_clear()
        before, after = rules_digest(), rules_digest(changed)
        judged = _judged_again(ran, Path(folder), before, after, resume=True)
    return "" if before != after and judged else "the verdict of the earlier rules was taken over"


def verify_again(ran: Ran, _: bool) -> str:
    """A scan that is not asked to resume judges everything, although the same rules judged it before."""
    with tempfile.TemporaryDirectory() as folder:
        rules = rules_digest()
        taken_over = not _judged_again(ran, Path(folder), rules, rules, resume=True)
        judged = _judged_again(ran, Path(folder), rules, rules, resume=False)
    return "" if taken_over and judged else "what is stored decides"


def _judged_again(ran: Ran, folder: Path, before: str, after: str, *, resume: bool) -> bool:
    """Whether a reference that was judged and stored under one digest is judged anew under another."""
    ref, asked = reference(), []

    def check(references: Sequence[Reference]) -> Iterator[CheckedReference]:
        asked.extend(references)
        return (checked(Status.VERIFIED, each) for each in references)

    with closing_engine(open_store(f"sqlite:///{folder / 'x.db'}")) as engine:
        earlier = Recorder(engine, ScanKey("scan", ("refs.bib",), before))
        earlier.add(finding_of(checked(Status(ran.case.input["cache_row"]["verdict"]), ref)))
        earlier._write()
        judge([ref], check, record=Recorder(engine, ScanKey("scan", ("refs.bib",), after)), resume=resume)
    return bool(asked)
