"""``verifier scan``: the reference lists of papers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from citations.extract import Extractor, Limits, Source, extractor_for, open_document
from citations.types import Extracted
from verifier.asking import open_registries, registry_address
from verifier.cli.console import output
from verifier.cli.options import SortedCommand, shared_options
from verifier.cli.run import Run, begin, conclude, opened
from verifier.config import without_password
from verifier.errors import VerifierError
from verifier.policy import ExitCode
from verifier.scan import Extract, Read, read, scan

HELP = """Check the reference lists of papers: .bib .bbl .tex .pdf .txt .md, folders, or - for standard input.

\b
verifier scan paper.pdf
verifier scan refs.bib --offline --format html -o report.html

Exit codes: 0 clean, 1 findings, 2 unreadable input, 3 too much unchecked.
"""


@click.command("scan", cls=SortedCommand, help=HELP)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--max-bytes", type=click.IntRange(min=1), metavar="N", help="Largest file that is read.")
@click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="Most pages of a PDF that are read.")
@click.option(
    "--only-cited/--all-entries",
    default=None,
    help="Of the .bib files of a .tex or .md paper, check what it cites (default), or all. A list printed in the paper itself "
    "(thebibliography) is always checked whole.",
)
@click.option("--dry-run", is_flag=True, help="Print who would be asked what, and ask nobody.")
@shared_options
def command(paths: tuple[str, ...], *, dry_run: bool, **options: Any) -> int:
    """Scan, print the report, return the exit code."""
    first = next((Path(path) for path in paths if path != "-"), Path.cwd())
    start = first if first.is_dir() else first.parent
    run = begin(shlex.join(["verifier", "scan", *paths]), start, options, paths)
    limits = replace(Limits(), max_bytes=run.settings.max_bytes, max_pages=run.settings.max_pages)
    reader = _reader(limits, only_cited=run.settings.only_cited)
    if dry_run:
        return _dry_run(run, read(paths, reader, options.get("output")))
    with opened(run, "scan", paths) as opening:
        report = scan(
            paths,
            reader,
            opening.check,
            around=opening.around,
            record=opening.record,
            resume=run.is_resuming,
            on_finding=opening.on_finding,
            target=options.get("output"),
            lean=opening.stream is not None,
        )
        return conclude(run, opening, report)


def _dry_run(run: Run, content: Read) -> ExitCode:
    """Print what would be asked; opens no connection, no cache and no database."""
    from verifier.planned import planned
    from verifier.render.planned import DryRun, render_json, render_text

    render = {"text": render_text, "json": render_json}.get(run.format_name)
    if render is None:
        raise VerifierError(f"a dry run cannot be printed as {run.format_name}", hint="--format text or --format json")
    asking = open_registries(run.settings)
    try:
        plans = planned(content.references, asking.registries)
    finally:
        asking.close()
    addresses = {each.name: without_password(registry_address(run.settings, each.name)) for each in asking.registries}
    if run.console.quiet < 2:
        with output(run.options.get("output")) as out:
            render(DryRun(content, plans, addresses, offline=run.settings.offline), out)
    return ExitCode.UNREADABLE if content.failed or content.lost else ExitCode.CLEAN


def _reader(limits: Limits, *, only_cited: bool) -> Extract:
    def read(source: Source) -> Iterator[Extracted]:
        document = open_document(source.name, root=source.root, limits=limits)
        extractor = extractor_for(document)
        if not only_cited:
            extractor = _whole(extractor)
        return extractor.extract(document)

    return read


def _whole(extractor: Extractor) -> Extractor:
    """The same, taking all that the paper's bibliography files hold."""
    from citations.extract.latex import LatexExtractor
    from citations.extract.text import TextExtractor

    return replace(extractor, whole_lists=True) if isinstance(extractor, LatexExtractor | TextExtractor) else extractor
