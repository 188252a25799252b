"""``verifier ask``: a local model answers, and its citations are checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from probes.errors import ProbesError
from probes.types import GenerateOptions
from verifier.cli.console import Console
from verifier.cli.options import SortedCommand, shared_options
from verifier.cli.run import begin, conclude, opened
from verifier.errors import ModelError
from verifier.generation import Generation

HELP = """Let a local GGUF model answer, then check what it cites; - reads the prompt from standard input.

\b
verifier ask --model model.gguf "Give five references on retrieval-augmented generation."
verifier ask --model model.gguf --seed 3 --temperature 0.8 - < prompt.txt

What is flagged is stored with how sure the model was and what its neurons say. Doubtful words
stand on a colour.
"""
ANSWER = "answer"
"""Name under which the model's text stands in reports."""


@click.command("ask", cls=SortedCommand, help=HELP)
@click.argument("prompt", metavar="PROMPT|-")
@click.option(
    "--context",
    default=4096,
    show_default=True,
    type=click.IntRange(0),
    metavar="TOKENS",
    help="Holds prompt and answer.",
)
@click.option("--gpu-layers", default=0, show_default=True, metavar="N", help="Layers on the GPU; -1 for all.")
@click.option(
    "--max-tokens", default=512, show_default=True, type=click.IntRange(1), metavar="N", help="Longest answer."
)
@click.option("--model", required=True, metavar="FILE", help="The model, a .gguf file.")
@click.option(
    "--probe",
    default="auto",
    show_default=True,
    metavar="auto|none|FILE",
    help="Which probe watches.",
)
@click.option("--seed", default=0, show_default=True, metavar="N", help="Decides the answer.")
@click.option("--system", default="", metavar="TEXT", help="System message.")
@click.option("--temperature", default=0.0, show_default=True, help="0: always the likeliest.")
@shared_options
def command(prompt: str, model: str, **options: Any) -> int:
    """Generate, check, print the report, return the exit code."""
    from verifier.pipeline import Prose, check_text

    words = sys.stdin.read() if prompt == "-" else prompt
    run = begin(f"verifier ask --model {model}", Path.cwd(), options, (model,))
    shown = run.options.get("format_name") in {None, "text"} and run.options.get("output") is None
    generation = generate(words, Path(model), options, run.console, shown=shown and not run.console.quiet)
    with opened(run, "ask", (ANSWER,), generation=generation) as opening:
        report = check_text(
            Prose(generation.text, name=ANSWER, asked=words),
            opening.check,
            around=opening.around,
            record=opening.record,
            on_finding=opening.on_finding,
            more_signals=generation.signals,
        )
        return conclude(run, opening, report)


def generate(prompt: str, model: Path, options: dict[str, Any], console: Console, *, shown: bool) -> Generation:
    """Run the model; its text appears on standard output as it comes where the report is text.

    Raises:
        ModelError: the model or its engine is missing, damaged, or the prompt does not fit.

    """
    from probes.engine import LocalEngine
    from verifier.cli.heat import HeatStream
    from verifier.probing import chosen_probe, introduction, marking_threshold, watching

    how = GenerateOptions(max_tokens=options["max_tokens"], temperature=options["temperature"], seed=options["seed"])
    try:
        probe = chosen_probe(options["probe"])
        engine = LocalEngine(model, context=options["context"], gpu_layers=options["gpu_layers"], probe=probe)
        try:
            console.note(f"{engine.facts.name} is answering")
            for sentence in introduction(engine):
                console.note(sentence)
            coloured = shown and engine.probe is not None and console.has_colour(sys.stdout)
            prevalence = engine.probe.calibration.prevalence if engine.probe else 0.5
            stream = HeatStream(engine, marking_threshold(engine.probe), coloured, prevalence)
            traces = []
            for trace in engine.generate(prompt, how, system=options["system"]):
                traces.append(trace)
                if shown:
                    stream.show(trace.text)
            if shown:
                stream.finish()
            scores = [each.score for each in engine.scored(final=True)]
            return Generation.of(traces, engine.facts.name, watching(engine), scores)
        finally:
            engine.close()
    except ProbesError as error:
        raise ModelError(error.message, hint=error.hint) from error
