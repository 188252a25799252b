"""``verifier probe intervene``: scale a probe's neurons and count what the model then does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console as Screen

from verifier.cli.console import Console, ProgressLine, output, say
from verifier.cli.options import QUIET, SortedCommand
from verifier.cli.probe.needs import needs_figures
from verifier.errors import VerifierError

if TYPE_CHECKING:
    from probes.intervene import ChoiceQuestion, InterveneOptions, Ran

HELP = """Scale the neurons of a probe, let the model answer, and count what its answers do.

PROMPTS is JSONL: {"prompt": "...", "complies": "a pattern"} or {"prompt": "...", "option": "B"} a line. Random sets of
as many neurons run beside the probe's; answers that no rule can read are counted by themselves. A killed run goes on
where it was.

\b
verifier probe intervene prompts.jsonl --model model.gguf --probe h_neurons.json --record run.jsonl
verifier probe intervene prompts.jsonl --model model.gguf --probe h_neurons.json --record run.jsonl \\
  --text wiki.txt --choices arc.jsonl --html curve.html
"""
_PATH = click.Path(path_type=Path)


@click.command("intervene", cls=SortedCommand, help=HELP)
@click.argument("prompts", metavar="PROMPTS", type=_PATH)
@click.option("--alphas", default="0,0.5,1,1.5,2,2.5,3", show_default=True, metavar="NUMBERS", help="Factors to try.")
@click.option("--choices", "choices_path", metavar="FILE", type=_PATH, help="Multiple choice: question, choices, gold.")
@click.option(
    "--context",
    default=2048,
    show_default=True,
    type=click.IntRange(0),
    metavar="TOKENS",
    help="Room for prompt and answer.",
)
@click.option("--html", metavar="FILE", help="Write the curve as a page.")
@click.option("--limit", default=100, show_default=True, metavar="N", help="Most prompts that are taken.")
@click.option("--limit-choices", default=50, show_default=True, metavar="N", help="Most questions of --choices.")
@click.option("--limit-text", default=4000, show_default=True, metavar="N", help="Characters of --text.")
@click.option(
    "--max-tokens", default=256, show_default=True, type=click.IntRange(1), metavar="N", help="Longest answer."
)
@click.option("--model", required=True, metavar="FILE", type=_PATH, help="The model, a .gguf file.")
@click.option(
    "--probe", "probe_path", required=True, metavar="FILE", type=_PATH, help="Its neurons of positive weight."
)
@QUIET
@click.option("--random-sets", default=5, show_default=True, metavar="N", help="Sets of random neurons.")
@click.option("--record", required=True, metavar="FILE", type=_PATH, help="JSONL that every answer goes into.")
@click.option("--seed", default=0, show_default=True, metavar="N", help="Decides the random sets.")
@click.option("--system", default="", metavar="TEXT", help="System message.")
@click.option("--text", "text_path", metavar="FILE", type=_PATH, help="A text whose perplexity is measured.")
@click.option("--threads", default=None, type=int, metavar="N", help="Threads of llama.cpp.")
def command(model: Path, probe_path: Path, html: str | None, quiet: int, **options: Any) -> None:
    """Run the experiment, print the table, write the page."""
    if html:
        needs_figures()
    from probes.effects import effects
    from probes.report.curve import curve_page, curve_table, slope_sentences

    line = ProgressLine(Console(quiet=quiet))
    try:
        ran = _run(model, probe_path, options, line)
    finally:
        line.clear()
    study = effects(ran.outcomes, ran.costs)
    Screen().print(curve_table(study))
    for sentence in slope_sentences(study):
        say(sentence)
    if html:
        with output(html) as target:
            target.write(curve_page(study, f"{options['prompts'].name}: neurons of {probe_path.name} scaled"))


def _run(model: Path, probe_path: Path, options: dict[str, Any], line: ProgressLine) -> Ran:
    from probes.artefact import load_probe, must_match, template_digest
    from probes.behaviour import read_behaviour
    from probes.intervene import intervene
    from probes.probed import ProbedLlama
    from probes.types import Neuron

    prompts = options["prompts"]
    items = read_behaviour(_text(prompts), str(prompts))[: options["limit"]]
    probe = load_probe(probe_path)
    neurons = [Neuron(each.layer, each.index) for each in probe.neurons if each.weight > 0]
    how = _how(options)
    threads = options["threads"]
    engine = ProbedLlama(model, None, n_ctx=options["context"], n_threads=threads, n_threads_batch=threads)
    try:
        must_match(probe, engine.facts, template_digest(engine.metadata))
        return intervene(engine, items, neurons, options["record"], how, progress=line.show)
    finally:
        engine.close()


def _how(options: dict[str, Any]) -> InterveneOptions:
    from probes.intervene import InterveneOptions

    text, choices = options["text_path"], options["choices_path"]
    return InterveneOptions(
        alphas=_alphas(options["alphas"]),
        random_sets=options["random_sets"],
        max_tokens=options["max_tokens"],
        seed=options["seed"],
        system=options["system"],
        text=_text(text)[: options["limit_text"]] if text else "",
        choices=_choices(choices)[: options["limit_choices"]] if choices else (),
    )


def _alphas(text: str) -> tuple[float, ...]:
    try:
        found = tuple(sorted({float(each) for each in text.split(",")}))
    except ValueError as error:
        raise VerifierError(
            f"--alphas {text}: not numbers with commas between them", hint="--alphas 0,1,2,3"
        ) from error
    if not all(abs(each) <= 100 for each in found):
        raise VerifierError(f"--alphas {text}: a factor is larger than 100", hint="--alphas 0,1,2,3")
    return found


def _text(path: Path) -> str:
    from probes.files import read_text

    try:
        return read_text(path)
    except OSError as error:
        raise VerifierError(f"{path} cannot be read: {error.strerror}") from error


def _choices(path: Path) -> tuple[ChoiceQuestion, ...]:
    from probes.intervene import ChoiceQuestion

    found = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        try:
            row = json.loads(line)
            choices = tuple(str(each) for each in row["choices"])
            right = int(row["gold"])
            _ = choices[right]
            found.append(ChoiceQuestion(str(row["question"]), choices, right))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            hint = '{"question": "...", "choices": ["a", "b"], "gold": 0}'
            raise VerifierError(f"{path}:{number} is no question with choices", hint=hint) from error
    return tuple(found)
