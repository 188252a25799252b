"""Writes the generated blocks of README.md; the tests compare them with what the program does now.

``python -m tests.docs.generate`` rewrites the file; ``stale()`` says which blocks would change.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

from citations.testing.replay import read_works
from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Status
from verifier.cli import main as verifier
from verifier.pages import pages

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- begin: (?P<name>[\w-]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL)
RECORDS = ROOT / "tests" / "benchmarks" / "results"
SHIPPED = "probe-qwen2.5-coder-1.5b-instruct-q4_k_m"
SMALL = "probe-smollm2-135m-instruct-q4_1"
COMMANDS = ("scan", "check", "ask", "index build")


@contextmanager
def simulated_registries() -> Iterator[None]:
    """The registries on loopback, holding the example works; settings, cache and database of nobody."""
    before = dict(os.environ)
    with (
        tempfile.TemporaryDirectory() as folder,
        RegistryServer(read_works([ROOT / "examples" / "works.jsonl"])) as server,
    ):
        os.environ.update({f"VERIFIER_{name.upper()}_URL": server.url(name) for name in REGISTRIES})
        os.environ.update({name: f"{folder}/{name}" for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")})
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def example() -> str:
    """What the five example entries give."""
    with simulated_registries():
        done = CliRunner().invoke(verifier, ["scan", "examples/five.bib"], env={"COLUMNS": "120"})
    return f"```console\n$ verifier scan examples/five.bib\n{settled(done.stdout)}```\n"


def settled(text: str) -> str:
    """The text without what differs from run to run: times, durations and ports."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "2026-11-25 12:00 UTC", text)
    text = re.sub(r"in \d+\.\d s", "in 1.0 s", text)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8765", text)


def verdicts() -> str:
    """The verdicts and their first sentence, from the pages of ``verifier explain``."""
    known = {page.code: page for page in pages()}
    rows = [f"| `{status.value}` | {known[status.value].summary} |" for status in Status]
    return "\n".join(["| verdict | meaning |", "|---|---|", *rows, ""])


def probes() -> str:
    """What the shipped probes reach on answers that they never saw, from the committed records of their evaluation."""
    detector, sparse = (
        json.loads((RECORDS / f"{SHIPPED}-{kind}.json").read_text()) for kind in ("detector", "h_neurons")
    )
    small = json.loads((RECORDS / f"{SMALL}-detector.json").read_text())["evaluations"][0]["metrics"]
    metrics = detector["evaluations"][0]["metrics"]
    gains = {each["name"]: each["gain"] for each in metrics["baselines"]}
    citations = next(each for each in detector["validity"] if each["kind"] == "citation")
    few = sparse["evaluations"][0]["metrics"]["auroc"]
    random_gain = next(gain for name, gain in gains.items() if name.startswith("random neurons"))
    beyond = gains["logits + question + length + last prompt token"]
    shown = "" if beyond["low"] > 0 else ", which is no gain that was shown,"
    return (
        f"The shipped detector of {detector['probe']} was held to {metrics['rows']} TriviaQA answers that it never saw: AUROC\n"
        f"{_told(metrics['auroc'])}, {_told(gains['best logit stack'], signed=True)} over entropy, log probability and length\n"
        f"together, and {_told(beyond, signed=True)}{shown} over these with the question\n"
        f"and the last prompt token; ECE {metrics['ece']:.3f}. As many random neurons do as well ({_told(random_gain, signed=True)}); the\n"
        f"{sparse['h_neurons']} H-neurons reach {_told(few)} alone. For citations its weight is {citations['weight']:g}:\n"
        "there the checks of this project decide, and the neurons add nothing that was shown. The one of SmolLM2-135M reaches\n"
        f"{_told(small['auroc'])} on {small['rows']} answers, {small['rows'] - small['wrong']} of them right.\n"
        "`docs/probes.md` says more.\n"
    )


def _told(figure: dict[str, float], *, signed: bool = False) -> str:
    shape = "+.3f" if signed else ".3f"
    return f"{figure['value']:{shape}} [{figure['low']:{shape}}, {figure['high']:{shape}}]"


def commands() -> str:
    """The help of the main commands, as it is printed."""
    return "".join(
        f"<details><summary><code>verifier {name} --help</code></summary>\n\n```text\n{helped(name)}```\n\n</details>\n\n"
        for name in COMMANDS
    )


def helped(name: str) -> str:
    """The printed help of one command."""
    return CliRunner().invoke(verifier, [*name.split(), "--help"], env={"COLUMNS": "100"}, prog_name="verifier").stdout


BLOCKS: dict[str, Callable[[], str]] = {
    "example": example,
    "verdicts": verdicts,
    "commands": commands,
    "probes": probes,
}


def generated(text: str) -> str:
    """The text with all its generated blocks written anew."""
    return BLOCK.sub(lambda block: f"{block.group(1)}{BLOCKS[block.group('name')]()}{block.group(3)}", text)


def main() -> int:
    """Rewrite README.md where it is stale."""
    README.write_text(generated(README.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
