"""Processes that work on one database until they are done or killed, and tell what was kept."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from citations.types import Status
from tests.verifier.samples import checked, reference
from verifier.findings import finding_of
from verifier.store.connect import connect
from verifier.store.holds import hold
from verifier.store.queue import next_flag
from verifier.store.reviews import ReviewAnswer, decide
from verifier.store.scans import ScanKey, add_findings, begin_scan
from verifier.store.upgrade import upgrade
from verifier.types import Finding

Tell = Callable[[int], None]
"""Called with a number once what it stands for is kept."""
BATCH = 20
PATIENCE_S = 60.0
_NOUNS = ("comet", "glacier", "harbour", "lantern", "meadow", "orchard")


@dataclass(frozen=True, slots=True)
class Child:
    """A running process, and where it tells."""

    pid: int
    told: int

    def killed_after(self, busy_s: float) -> list[int]:
        """What it told until it was killed, after so many seconds of work: on a busy machine those are many of the clock."""
        until = time.monotonic() + PATIENCE_S
        while self._worked_s() < busy_s and time.monotonic() < until:
            time.sleep(0.001)
        os.kill(self.pid, signal.SIGKILL)
        return self._heard()[1]

    def _worked_s(self) -> float:
        """Seconds on the processor, endless once it has ended."""
        try:
            worked = Path(f"/proc/{self.pid}/schedstat").read_text(encoding="ascii").split()[0]
            state = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except OSError:
            return float("inf")
        return float("inf") if state == "Z" else int(worked) / 1e9

    def finished(self) -> tuple[int, list[int]]:
        """Its exit code, and what it told."""
        return self._heard()

    def _heard(self) -> tuple[int, list[int]]:
        with os.fdopen(self.told, "rb") as stream:
            lines = stream.read().split(b"\n")[:-1]
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), [int(line) for line in lines]


def start(work: Callable[[Tell], None]) -> Child:
    """Run the work in a process of its own, which has everything loaded already, so that a kill hits the work itself."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    code = 1
    try:
        os.close(reading)
        work(lambda number: os.write(writing, b"%d\n" % number) and None)
        code = 0
    except BaseException:  # noqa: BLE001  the child ends here, whatever it was
        traceback.print_exc()
    finally:
        os._exit(code)


def finding(number: int) -> Finding:
    """A work that exists nowhere; no two numbers give works that are alike."""
    digits = hashlib.sha256(b"%d" % number).hexdigest()
    words = " ".join(f"{noun}{digits[4 * place : 4 * place + 4]}" for place, noun in enumerate(_NOUNS))
    return finding_of(checked(Status.NOT_FOUND, reference(number, f"Of {words}", file=f"paper{number % 50}.bib")))


def write_flags(url: str, numbers: Iterator[int], tell: Tell) -> None:
    """Store findings in batches, as a scan does, and tell the numbers of those that are kept."""
    engine = connect(url)
    scan = begin_scan(engine, ScanKey("scan", (str(os.getpid()),), "soak"), "0.1.0")
    waiting: list[int] = []
    for number in numbers:
        waiting.append(number)
        if len(waiting) == BATCH:
            add_findings(engine, scan, [finding(each) for each in waiting], lambda sha256: sha256.encode() * 20)
            for each in waiting:
                tell(each)
            waiting = []
    engine.dispose()


def review_flags(url: str, reviewer: str, tell: Tell, *, most: int = 1_000_000, patience_s: float = 0.0) -> None:
    """Take the next flag, hold it, decide it, and tell the number of the review once it is kept."""
    engine = connect(url)
    random_ = random.Random(reviewer)
    until = time.monotonic() + patience_s
    done = 0
    while done < most:
        found = next_flag(engine, reviewer)
        if found is None:
            if time.monotonic() > until:
                break
            time.sleep(0.05)
            continue
        if hold(engine, found.id, reviewer):
            answer = random_.choice([ReviewAnswer.ACCEPT, ReviewAnswer.REJECT])
            tell(decide(engine, found.id, answer, reviewer).review.id)
            done += 1
    engine.dispose()


def upgrade_database(url: str, tell: Tell) -> None:
    """Bring the schema up to date."""
    engine = connect(url)
    tell(int(upgrade(engine)))
    engine.dispose()
