"""``verifier serve mcp``: the checks as tools of an assistant, over standard input and output."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.cli.options import DB, SortedCommand
from verifier.config import load_settings
from verifier.errors import EvidenceUnreadable

HELP = """Offer the checks to an assistant as MCP tools, over standard input and output.

The tools are verify_citations, check_claims and list_flags; none of them writes. An assistant starts this command
itself: name it in the assistant's settings.

\b
verifier serve mcp
verifier serve mcp --offline --db reviews.db
"""


@click.command("mcp", cls=SortedCommand, help=HELP)
@DB
@click.option("--evidence", metavar="DIR", help="Folder of .txt, .md, .pdf as evidence for claims.")
@click.option("--judge", metavar="MODEL|URL", help="Second model: a .gguf file, or http://host/v1#model.")
@click.option("--offline", is_flag=True, help="Ask only index and cache.")
def command(db: str | None, evidence: str | None, judge: str | None, offline: bool) -> int:
    """Serve until standard input ends."""
    from verifier.checker import Checker
    from verifier.integrations.mcp import mcp_server

    folder = Path(evidence) if evidence else None
    if folder is not None and not folder.is_dir():
        raise EvidenceUnreadable(f"there is no folder {folder}", hint="give a folder of .txt, .md or .pdf files")
    with Checker(registries=not offline, evidence=folder, judge=judge) as checker:
        mcp_server(checker, load_settings({"db": db}).db).run("stdio")
    return 0
