"""What reaches a program while a model writes, in each of the three modes. Needs no key and no model.

    pip install openai
    python examples/streaming.py                                    # a small model and registries on loopback
    OPENAI_API_KEY=... python examples/streaming.py --real MODEL    # the real ones

``after``: everything at once, and the report at the end. ``holdback``: sentences once they are checked, citations once they
are complete. ``buffer``: nothing before all of it is checked.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext

import openai
from loopback import loopback

import verifier


def read(client: openai.OpenAI, model: str, question: str) -> None:
    """Print what arrives, and how it ends."""
    text = ""
    with client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": question}], stream=True
    ) as stream:
        try:
            for chunk in stream:
                text += "".join(choice.delta.content or "" for choice in chunk.choices)
            end = "whole"
        except verifier.Blocked as error:
            end = f"blocked: {error}"
        except verifier.Withheld as error:
            end = f"withheld: {error}"
    report = verifier.get_report(stream, timeout=60)
    found = [finding.status.value for finding in report.findings]
    print(f"  {len(text)} characters arrived, the last of them {text.strip()[-30:]!r}\n  {end}; found {found}")


def main() -> None:
    """Run against loopback, or against the real thing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", metavar="MODEL", help="ask OpenAI and the real registries; needs OPENAI_API_KEY")
    real = parser.parse_args().real
    with nullcontext(None) if real else loopback() as address, openai.OpenAI(base_url=address) as bare:
        for mode in ("after", "holdback", "buffer"):
            client = verifier.wrap(bare.with_options(), mode=mode, registries=True, timeout=30)
            for question in ("Name a paper by Turing.", "Please invent a paper."):
                print(f"{mode}: {question}")
                read(client, real or "m", question)


if __name__ == "__main__":
    main()
