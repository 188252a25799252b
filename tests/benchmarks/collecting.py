"""What sharing a prompt saves while answers are collected: several at once in a batch, against one after the other.

``python -m tests.benchmarks.collecting MODEL.gguf [--questions 12] [--samples 10] [--json FILE]``

Both sides put the same questions in the model's template and draw as many answers of at most as many tokens, on one thread.
``llama_cpp.Llama`` reuses the prompt that it holds. Ours also reads every neuron of the prompt, as collecting does. Compared
is processor time a written token, median over the questions of each question's ratio, so that a busy machine disturbs
both sides alike; beside it stands for how many questions the greedy text is the same. The questions are our own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from probes.batch import Branches, Sampling
from probes.collect import CollectOptions, Prompts, text_of

ABOUT = {
    "capital": ["France", "Peru", "Kenya", "Norway", "Japan", "Egypt", "Chile", "Poland", "Cuba", "Nepal", "Ghana", "Iran"],
    "largest river": ["Brazil", "China", "Russia", "Spain", "Iraq", "Austria", "Sudan", "Canada"],
    "official language": ["Brazil", "Austria", "Senegal", "Iran", "Mexico", "Greece", "Cuba", "Thailand"],
    "currency": ["India", "Sweden", "Brazil", "Poland", "Turkey", "Israel", "Vietnam", "Kenya"],
}  # fmt: skip
QUESTIONS = [f"What is the {what} of {country}?" for what, countries in ABOUT.items() for country in countries]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--questions", type=int, default=12)
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--tokens", type=int, default=30)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = measure(options.model, QUESTIONS[: options.questions], options.samples, options.tokens)
    print(f"{options.model.name}: {options.samples} answers to each of {options.questions} questions")
    print(
        f"a token of answers that share their prompt: {found['ratio']:.2f}x the speed [{found['low']}, {found['high']}]"
    )
    print(f"greedy text the same: {found['same_greedy']} of {options.questions}")
    if options.json:
        options.json.write_text(json.dumps({"model": options.model.name, **found}, indent=1) + "\n", encoding="utf-8")


def measure(model: Path, questions: list[str], samples: int, tokens: int) -> dict[str, Any]:
    """Ratios of processor time a token, theirs over ours, and how many greedy texts agree."""
    import llama_cpp

    theirs = llama_cpp.Llama(str(model), n_ctx=1024, n_threads=1, n_threads_batch=1, verbose=False)
    ratios, same = [], 0
    with Branches(model, samples, threads=1) as ours:
        prompts = Prompts(ours.llama, CollectOptions(samples=samples))
        for number, question in enumerate(questions):
            prompt = prompts.tokens(question)
            one = timed(partial(batched, ours, prompts, prompt, tokens, number))
            other = timed(partial(in_turn, theirs, prompt, samples, tokens, number))
            if number:  # the first warms up
                ratios.append(other / one)
            same += greedy(ours, prompts, prompt, tokens) == likeliest(theirs, prompt, tokens)
    return {
        "questions": len(questions),
        "samples": samples,
        "tokens": tokens,
        "ratio": round(statistics.median(ratios), 3),
        "low": round(min(ratios), 3),
        "high": round(max(ratios), 3),
        "same_greedy": same,
    }


def batched(ours: Branches, prompts: Prompts, prompt: list[int], tokens: int, seed: int) -> int:
    ours.hold(prompt, prompts.shared)
    return sum(len(each.ids) for each in ours.draw(Sampling(max_tokens=tokens), seed))


def in_turn(theirs: Any, prompt: list[int], samples: int, tokens: int, seed: int) -> int:
    drawn = (
        theirs.create_completion(
            prompt,
            max_tokens=tokens,
            temperature=1.0,
            top_k=50,
            top_p=0.9,
            repeat_penalty=1.0,
            seed=seed * 100 + number,
        )
        for number in range(samples)
    )
    return sum(int(each["usage"]["completion_tokens"]) for each in drawn)


def greedy(ours: Branches, prompts: Prompts, prompt: list[int], tokens: int) -> str:
    ours.hold(prompt, prompts.shared)
    return text_of(ours, ours.draw(Sampling(max_tokens=tokens, temperature=0.0), 0)[0])[0]


def likeliest(theirs: Any, prompt: list[int], tokens: int) -> str:
    answer = theirs.create_completion(prompt, max_tokens=tokens, temperature=0.0, repeat_penalty=1.0)
    return str(answer["choices"][0]["text"])


def timed(generate: Callable[[], int]) -> float:
    """Processor time in seconds a token."""
    used = time.process_time()
    written = generate()
    return (time.process_time() - used) / max(1, written)


if __name__ == "__main__":
    main()
