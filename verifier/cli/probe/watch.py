"""``verifier probe watch``: a chat with a local model, its doubtful spans marked while it writes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from probes.engine import LocalEngine
from probes.spans import find_spans
from probes.types import GenerateOptions
from verifier.cli.console import Console, say
from verifier.cli.heat import HeatStream
from verifier.cli.options import COLOUR, QUIET, SortedCommand
from verifier.harmless import inline
from verifier.probing import chosen_probe, introduction, marking_threshold

HELP = """Chat with a local GGUF model and see its doubtful words while it writes.

Words stand on a colour by their risk; a name, date, number or title over the threshold gets its risk behind it as soon
as it has ended, an answer of at most 80 characters as a whole, and all of them are listed below the answer. What is not
marked may be wrong too. Each question stands alone. Ctrl-C stops an answer, end of input or an empty line ends the chat.
Nothing is stored.

\b
verifier probe watch --model model.gguf
echo "Who wrote Middlemarch?" | verifier probe watch --model model.gguf
"""


@click.command("watch", cls=SortedCommand, help=HELP)
@COLOUR
@click.option(
    "--context",
    default=4096,
    show_default=True,
    type=click.IntRange(0),
    metavar="TOKENS",
    help="Room for question and answer.",
)
@click.option(
    "--max-tokens", default=512, show_default=True, type=click.IntRange(1), metavar="N", help="Longest answer."
)
@click.option(
    "--model", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The model, a .gguf file."
)
@click.option("--probe", default="auto", show_default=True, metavar="auto|FILE", help="Which probe watches.")
@QUIET
@click.option("--system", default="", metavar="TEXT", help="System message.")
@click.option("--temperature", default=0.0, show_default=True, help="0 takes the likeliest token each time.")
def command(
    *,
    model: Path,
    probe: str,
    context: int,
    max_tokens: int,
    system: str,
    temperature: float,
    quiet: int,
    colour: str,
) -> None:
    """Open the model and answer until there is no question any more."""
    console = Console(quiet=quiet, colour=colour)
    how = GenerateOptions(max_tokens=max_tokens, temperature=temperature)
    engine = LocalEngine(model, context=context, probe=chosen_probe(probe))
    try:
        console.note(engine.facts.name)
        for sentence in introduction(engine):
            console.note(sentence)
        while question := _question(console):
            _answer(engine, question, how, system, console)
    finally:
        engine.close()


def _question(console: Console) -> str:
    """The next line of the user; empty at the end of the input."""
    if sys.stdin.isatty() and not console.quiet:
        say("> ", nl=False, err=True)
    try:
        return sys.stdin.readline().strip()
    except KeyboardInterrupt:
        return ""


def _answer(engine: LocalEngine, question: str, how: GenerateOptions, system: str, console: Console) -> None:
    threshold = marking_threshold(engine.probe)
    prevalence = engine.probe.calibration.prevalence if engine.probe else 0.5
    coloured = engine.probe is not None and console.has_colour(sys.stdout)
    stream = HeatStream(engine, threshold, coloured, prevalence)
    text = ""
    try:
        for trace in engine.generate(question, how, system=system):
            text += trace.text
            stream.show(trace.text)
    except KeyboardInterrupt:
        say("", err=True)
        console.note("stopped")
    stream.finish()
    marked = marked_spans(engine, text, threshold)
    for sentence in marked:
        say(sentence)
    if engine.probe is not None and not marked:
        console.note("  nothing is marked, which does not make it right")


def marked_spans(engine: LocalEngine, text: str, threshold: float | None) -> list[str]:
    """One line for each span of an answer whose risk lies over the threshold, the riskiest first."""
    risks = [(engine.risk(span.start, span.end), span) for span in find_spans(text)]
    over = [(risk, span) for risk, span in risks if risk is not None and threshold is not None and risk > threshold]
    return [
        f"  {risk:.2f}  {inline(text[span.start : span.end])}  ({span.kind.value})"
        for risk, span in sorted(over, key=lambda each: -each[0])
    ]
