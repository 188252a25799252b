"""One line around a client of a language model: every answer has a report. Needs no key and no model.

    pip install openai
    python examples/wrap.py                                    # a small model and registries on loopback
    OPENAI_API_KEY=... python examples/wrap.py --real MODEL    # the real ones

The answers are what they were. With ``mode="buffer"`` an answer with an invented work in it never reaches the program.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext

import openai
from loopback import loopback

import verifier


def show(client: openai.OpenAI, model: str) -> None:
    """Ask twice: once behind the program's back, once before the answer is given."""
    off = verifier.on("flagged", lambda report: print(f"hook: {len(report.findings)} citations, something is wrong"))
    after = verifier.wrap(client.with_options(), registries=True, timeout=30)
    for question in ("Name a paper by Turing.", "Please invent a paper."):
        answer = after.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])
        report = verifier.get_report(answer, timeout=60)
        print(f"{question} {[finding.status.value for finding in report.findings]}")
    held = verifier.wrap(client.with_options(), mode="buffer", registries=True, timeout=30)
    try:
        held.chat.completions.create(model=model, messages=[{"role": "user", "content": "Please invent a paper."}])
    except verifier.Blocked as error:
        print(f"{error}\n  {error.complaints[0]}")
    off()


def main() -> None:
    """Run against loopback, or against the real thing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", metavar="MODEL", help="ask OpenAI and the real registries; needs OPENAI_API_KEY")
    real = parser.parse_args().real
    with nullcontext(None) if real else loopback() as address, openai.OpenAI(base_url=address) as client:
        show(client, real or "m")


if __name__ == "__main__":
    main()
