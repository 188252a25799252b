"""``verifier probe install``: a probe from a file or an address, kept for the model that it is for."""

from __future__ import annotations

import click

from verifier.cli.console import Console, print_path
from verifier.cli.options import QUIET, SortedCommand
from verifier.harmless import inline

HELP = """Put a probe where it is found by its model.

The file is checked before it is kept; reading it runs no code.

\b
verifier probe install detector.json
verifier probe install https://example.org/detector.json --sha256 3f7a...
"""


@click.command("install", cls=SortedCommand, help=HELP)
@click.argument("source", metavar="FILE|URL")
@QUIET
@click.option("--sha256", default="", metavar="HEX", help="Digest that the file must have.")
def command(source: str, *, sha256: str, quiet: int) -> None:
    """Fetch, check, keep."""
    from probes.install import install_probe
    from verifier.probing import validation

    kept = install_probe(source, sha256=sha256)
    probe, console = kept.probe, Console(quiet=quiet)
    console.note(
        f"{inline(probe.name)} for {inline(probe.model.name)} {inline(probe.model.quantisation)}: {inline(validation(probe))}"
    )
    console.note(f"SHA-256 {kept.sha256}" + ("" if sha256 else " (not compared: give it with --sha256)"))
    print_path(kept.path)
