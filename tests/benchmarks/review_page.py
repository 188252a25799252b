"""The review page over many flags: how long a page takes, and how long after a key the next item is painted.

``python -m tests.benchmarks.review_page [--flags N] [--db URL] [--keys N]``. The page is a process of its own, asked over
loopback, one request at a time; its own CPU time a request stands beside the time on the clock, because other programs may
be at work. The keys are pressed in Debian's Chromium where it is installed with its driver.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from sqlalchemy import Engine, insert, select

from citations.types import Status
from tests.benchmarks.lines import Line, Unit, table
from tests.verifier.samples import checked, reference
from tests.verifier.server.review.browser import start_browser
from verifier.findings import finding_of
from verifier.fingerprint import short_digest
from verifier.store import open_store
from verifier.store.connect import closing_engine
from verifier.store.flags import RANKS
from verifier.store.queue import count
from verifier.store.scans import ScanKey, add_findings, begin_scan
from verifier.store.tables import flag_papers, flags

ROOT = Path(__file__).resolve().parents[2]
TICK_S = os.sysconf("SC_CLK_TCK")
WORDS = [
    f"{start}{end}" for start in "bdfgklmnprst" for end in ("asin", "erol", "itum", "onic", "urea", "alph", "esta")
]
STATUSES = (Status.FABRICATED, Status.RETRACTED, Status.NOT_FOUND, Status.NOT_FOUND, Status.MISMATCH, Status.MISMATCH)
AT_ONCE = 5_000
WATCH = """
window.painted = []; let pressed = null;
addEventListener('keydown', (event) => { pressed = event.timeStamp; }, true);
new MutationObserver((changes) => {
  if (pressed === null || !changes.some((each) => [...each.addedNodes].some((node) => node.id === 'main'))) return;
  const from = pressed; pressed = null;
  requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - from)));
}).observe(document.body, { childList: true });
"""
"""A timer that is set when a frame is drawn fires once it is painted."""


@dataclass(frozen=True)
class Asked:
    """One kind of request, asked many times."""

    seconds: tuple[float, ...]
    cpu_s: float
    """Of the server, for each request."""

    def share_ms(self, share: float) -> float:
        """So long the slowest requests beyond the share took at least."""
        return 1000 * sorted(self.seconds)[int(share * (len(self.seconds) - 1))]


def fill(engine: Engine, number: int) -> None:
    """Flags of made-up works, in three thousand papers, most of them open."""
    one = finding_of(checked(Status.NOT_FOUND, reference(1, "One of many")))
    add_findings(engine, begin_scan(engine, ScanKey("scan", ("many.bib",), "d"), "0"), [one])
    with engine.connect() as connection:
        template = dict(connection.execute(select(flags).limit(1)).mappings().one())
    first = template.pop("id") + 1
    chance = random.Random(6)
    for start in range(0, number, AT_ONCE):
        numbers = range(start, min(number, start + AT_ONCE))
        rows = [{**template, **_changed(chance, each), "id": first + each} for each in numbers]
        papers = [
            {"flag_id": first + each, "paper_digest": short_digest(f"paper{each % 3000}.pdf")}
            | {"paper": f"paper{each % 3000}.pdf", "seen_at": template["created_at"]}
            for each in numbers
        ]
        with engine.begin() as connection:
            connection.execute(insert(flags), rows)
            connection.execute(insert(flag_papers), papers)


def _changed(chance: random.Random, number: int) -> dict[str, object]:
    title = " ".join(chance.choices(WORDS, k=9))
    status, risk = chance.choice(STATUSES), chance.random()
    return {
        "fingerprint": f"{number:064x}",
        "excerpt": title,
        "searchable": f"{title}\npaper{number % 3000}.pdf\n",
        "subject_digest": short_digest(title),
        "status": status.value,
        "state": chance.choices(("open", "accepted", "rejected"), (8, 1, 1))[0],
        "risk": risk,
        "rank": RANKS[status] + int(1000 * risk),
    }


@contextmanager
def served(url: str) -> Iterator[tuple[str, int]]:
    """The address of the page, and its process."""
    command = [sys.executable, "-m", "verifier", "serve", "review", "--port", "0", "--as", "Ana", "--db", url]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = next(each for each in process.stderr if each.startswith("review at "))
            yield line.split()[2].rstrip("/,"), process.pid
        finally:
            process.terminate()


def cpu_s(process: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK_S


def ask(session: requests.Session, process: int, addresses: list[str]) -> Asked:
    """Ask for each address in turn."""
    session.get(addresses[0], timeout=600).raise_for_status()
    seconds, before = [], cpu_s(process)
    for address in addresses:
        started = time.perf_counter()
        session.get(address, timeout=600).raise_for_status()
        seconds.append(time.perf_counter() - started)
    return Asked(tuple(seconds), (cpu_s(process) - before) / len(addresses))


def queries(base: str, times: int) -> dict[str, tuple[list[str], float]]:
    """What is asked for, and how long 95 of 100 may take, in milliseconds."""
    chance = random.Random(7)
    places = [
        f"{RANKS[chance.choice(STATUSES)] + chance.randrange(1000)}.{chance.randrange(1, 10**6)}" for _ in range(times)
    ]
    searches = [f"{chance.choice(WORDS)}+{chance.choice(WORDS)}" for _ in range(times)]
    return {
        "queue page": ([f"{base}/queue?after={each}" for each in places], 100),
        "queue page of a verdict": ([f"{base}/queue?verdict=mismatch&after={each}" for each in places], 100),
        "queue page of a paper": ([f"{base}/queue?paper=paper{each}.pdf" for each in range(times)], 100),
        "next item": ([f"{base}/next.json?after={each}" for each in places], 50),
        "search": ([f"{base}/queue?search={each}" for each in searches], 200),
        "search of one word": ([f"{base}/queue?search={each}" for each in WORDS[:times]], 200),
        "statistics": ([f"{base}/statistics"] * 5, 0),
    }


def painted(base: str, keys: int) -> tuple[float, ...]:
    """Milliseconds from key to painted item, key by key."""
    from selenium.webdriver.common.action_chains import ActionChains

    with TemporaryDirectory() as folder:
        browser = start_browser(Path(folder))
        try:
            browser.get(f"{base}/next")
            browser.execute_script(WATCH)
            for number in range(keys):
                time.sleep(0.8)  # the time a person takes at the least, in which the next item is loaded
                ActionChains(browser).send_keys("a" if number % 2 else "x").perform()
                while len(browser.execute_script("return painted")) <= number:
                    time.sleep(0.02)
            return tuple(browser.execute_script("return painted"))
        finally:
            browser.quit()


def measure(url: str, number: int, times: int, keys: int) -> list[Line]:
    """Every line of the table."""
    with closing_engine(open_store(url)) as engine:
        if not count(engine):
            started = time.perf_counter()
            fill(engine, number)
            print(f"{number:,} flags made in {time.perf_counter() - started:.0f} s", flush=True)
    lines = []
    with served(url) as (base, process), requests.Session() as session:
        for name, (addresses, most) in queries(base, times).items():
            asked = ask(session, process, addresses)
            note = f"median {asked.share_ms(0.5):.0f} ms, {1000 * asked.cpu_s:.0f} ms of the server's CPU"
            lines.append(Line(f"{name}, p95", asked.share_ms(0.95), Unit.MILLISECONDS, at_most=most or None, note=note))
        if keys:
            shown = sorted(painted(base, keys))
            note = f"median {shown[len(shown) // 2]:.0f} ms, {keys} keys"
            p95 = shown[int(0.95 * (len(shown) - 1))]
            lines.append(Line("key to painted item, p95", p95, Unit.MILLISECONDS, at_most=150, note=note))
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.review_page", description=__doc__)
    parser.add_argument("--flags", type=int, default=100_000, metavar="N")
    parser.add_argument("--times", type=int, default=60, metavar="N", help="requests of each kind")
    parser.add_argument("--keys", type=int, default=50, metavar="N", help="0 for none")
    parser.add_argument("--db", default="", metavar="URL", help="filled if it is empty; a new SQLite file unless given")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        url = options.db or f"sqlite:///{folder}/flags.db"
        print(table(measure(url, options.flags, options.times, options.keys)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
