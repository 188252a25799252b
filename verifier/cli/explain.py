"""``verifier explain``: what a word or code in the output means."""

from __future__ import annotations

import difflib
from itertools import groupby

import click

from citations.coverage import Rule, coverage_table
from verifier.cli.console import say
from verifier.cli.options import SortedCommand
from verifier.errors import VerifierError
from verifier.pages import pages

HELP = """Explain a verdict, an error code, an exit code, or the table of who must answer (coverage).

\b
verifier explain not_found
verifier explain coverage
"""


@click.command("explain", cls=SortedCommand, help=HELP)
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Print a page, or the list of pages."""
    if code is None:
        _print_list()
    elif code == "coverage":
        _print_coverage()
    else:
        _print_page(code)


def _print_list() -> None:
    for group, members in groupby(pages(), key=lambda each: each.group):
        say(f"{group}:")
        for each in members:
            say(f"  {each.code:<26}{each.summary}")
    say("Tables:\n  coverage                  who is asked about which works, and who must answer")


def _print_page(code: str) -> None:
    known = {each.code: each for each in pages()}
    folded = {name.replace("_", "-"): name for name in known}
    name = folded.get(code.strip("[] ").casefold().replace("_", "-"))
    if name is None:
        near = difflib.get_close_matches(code, [*known, "coverage"], n=1)
        hint = f"did you mean `verifier explain {near[0]}`?" if near else "`verifier explain` lists all codes"
        raise VerifierError(f"there is no page about {code!r}", hint=hint)
    say(f"{name} ({known[name].group.lower()})\n\n{known[name].text}")


def _print_coverage() -> None:
    table = coverage_table()
    say("A reference may be called not_found only if all its essential registries answered and hold no such work.\n")
    for rule in table.rules:
        say(f"{rule.name}: {_kinds(rule)}")
        say(f"  asked      {', '.join(rule.ask) or 'nobody'}")
        must = list(rule.essential) + ([f"one of {', '.join(rule.one_of)}"] if rule.one_of else [])
        say(f"  essential  {'; '.join(must) or 'nobody, so it is never accused'}")
        if rule.from_year:
            say(f"  years      from {rule.from_year}")
        if rule.months_until_indexed:
            say(f"  patience   {rule.months_until_indexed} months after its year")
        say(f"  why        {rule.why}\n")
    for facts in table.registries:
        state = "asked by this version" if facts.built_in else "not asked by this version"
        say(f"{facts.name:<18}{facts.title}: {state}. {facts.note}")


def _kinds(rule: Rule) -> str:
    kinds = ", ".join(sorted(kind.value for kind in rule.kinds))
    some = ", ".join(sorted(rule.venues, key=len)[:8]) + (" and others" if len(rule.venues) > 8 else "")
    venues = f" in {some}" if rule.venues else ""
    fields = f" with {', '.join(rule.needs)}" if rule.needs else ""
    return kinds + venues + fields
