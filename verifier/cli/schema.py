"""``verifier schema``: the JSON Schema of what ``json`` and ``jsonl`` emit."""

from __future__ import annotations

import json
from typing import Any

import click

from verifier.cli.console import say
from verifier.cli.options import SortedCommand

HELP = """Print the JSON Schema of the emitted records.

\b
verifier schema > factprobe.schema.json
verifier schema --of report
"""


@click.command("schema", cls=SortedCommand, help=HELP)
@click.option(
    "--of", type=click.Choice(["lines", "report"]), default="lines", help="One jsonl line, or the json object."
)
def command(of: str) -> None:
    """Print the schema."""
    say(json.dumps(schema(of), indent=2, sort_keys=True))


def schema(of: str) -> dict[str, Any]:
    """The schema of one ``jsonl`` line (``lines``) or of the whole ``json`` object (``report``)."""
    from pydantic import TypeAdapter

    from verifier.render.records import Record, ReportRecord
    from verifier.types import SCHEMA_VERSION

    adapter: TypeAdapter[Any] = TypeAdapter(Record if of == "lines" else ReportRecord)
    made = adapter.json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "version": SCHEMA_VERSION, **made}
