"""``verifier probe export``: a probe's neurons as a table, or as an adapter that any llama.cpp program can apply."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from verifier.cli.console import Console, output
from verifier.cli.options import QUIET, SortedCommand
from verifier.errors import VerifierError

HELP = """Write a probe's neurons as CSV, or as a LoRA adapter that scales those of positive weight.

The adapter's scale is the factor less 1: -1 silences the neurons, 2 triples them. It needs no callback, so it works on
a GPU and in a server.

\b
verifier probe export h_neurons.json > neurons.csv
verifier probe export h_neurons.json --model model.gguf --lora adapter.gguf
llama-cli -m model.gguf --lora-scaled adapter.gguf -1
"""
_PATH = click.Path(path_type=Path)
FIELDS = ("layer", "index", "weight", "mean", "std", "frequency")


@click.command("export", cls=SortedCommand, help=HELP)
@click.argument("probe", metavar="PROBE", type=_PATH)
@click.option("--lora", metavar="FILE", type=_PATH, help="Write the adapter; needs --model.")
@click.option("--model", metavar="FILE", type=_PATH, help="The model that the probe is for, a .gguf file.")
@click.option("-o", "--output", "target", metavar="FILE", help="Write the CSV to a file.")
@QUIET
def command(probe: Path, *, lora: Path | None, model: Path | None, target: str | None, quiet: int) -> None:
    """Write the table, or the adapter."""
    if (lora is None) != (model is None):
        raise VerifierError(
            "--lora and --model belong together", hint=f"verifier probe export {probe} --model M --lora A"
        )
    if lora is not None and model is not None:
        _adapter(probe, model, lora, Console(quiet=quiet))
        return
    from probes.artefact import load_probe

    neurons = load_probe(probe).neurons
    with output(target) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows([getattr(neuron, name) for name in FIELDS] for neuron in neurons)


def _adapter(probe: Path, model: Path, lora: Path, console: Console) -> None:
    from probes.artefact import load_probe
    from probes.errors import ProbeMismatch
    from probes.gguf import digest
    from probes.lora import write_lora
    from probes.types import Neuron

    loaded = load_probe(probe)
    if digest(model) != loaded.model.sha256:
        raise ProbeMismatch(
            f"the probe is for {loaded.model.name} {loaded.model.quantisation}, and {model} is another file"
        )
    neurons = [Neuron(each.layer, each.index) for each in loaded.neurons if each.weight > 0]
    try:
        write_lora(lora, model, neurons)
    except OSError as error:
        raise VerifierError(f"{lora} cannot be written: {error.strerror or error}") from error
    console.note(
        f"{lora} scales {len(neurons)} neurons; give it with --lora-scaled {lora} SCALE, where SCALE is factor - 1"
    )
