"""Who could know a reference, and without whose answer it may not be accused: ``registries/coverage.json`` and its reader.

The table is data; ``verifier explain coverage`` prints it. The first rule that fits a reference decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from citations.registries.interface import Coverage
from citations.types import Fields, Kind
from citations.venues import venue_key

OFFLINE = "offline"
TABLE = "coverage"
"""Stands among the essential names for what no registry can be held to: the table itself speaks."""
DOI_ORG = "doi_org"


_INSTITUTION = re.compile(
    r"(?i)^(?!.*\b(?:journal|review|bulletin|proceedings|conference|transactions|annals|acta|papers|memoirs|press|studies)\b)"
    r".*\b(?:universit\w+|school of|institut\w*|department of|faculty of|college|laborator\w+)\b"
)
"""An institution where a journal should stand: lecture notes, reports and theses are cited like that."""


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """What is known about a registry beforehand."""

    name: str
    title: str
    """Its name as people write it."""
    local: bool
    """Costs no request."""
    independent: bool
    """Its records are its own, so that it can be a second source."""
    built_in: bool
    """This version can ask it."""
    needs_key: bool
    """Without a key it answers too seldom to be essential."""
    note: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is asked for references of some kind, and who is essential."""

    name: str
    kinds: frozenset[Kind]
    venues: frozenset[str]
    """Keys of venues it is restricted to; empty for all."""
    needs: tuple[str, ...]
    """Names of fields that the reference must hold; ``persons`` for an author who is no institution."""
    from_year: int | None
    """Older works are not accused."""
    months_until_indexed: int
    """So long after its year has ended a work may be missing honestly; 0 where registering and publishing are one act."""
    ask: tuple[str, ...]
    """Registries in the order of asking."""
    essential: tuple[str, ...]
    """All of these must refute."""
    one_of: tuple[str, ...]
    """And at least one of these."""
    why: str


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """The whole table, as printed."""

    registries: tuple[RegistryFacts, ...]
    rules: tuple[Rule, ...]
    agencies: Mapping[str, str]
    """DOI prefix to the registry that can answer for it; all others belong to Crossref until it says no."""

    def facts(self, name: str) -> RegistryFacts | None:
        """What is known about the registry, ``None`` for a plug-in."""
        return next((facts for facts in self.registries if facts.name == name), None)


@dataclass(frozen=True, slots=True)
class Essentials:
    """Who must refute a reference before it may be accused."""

    names: frozenset[str]
    """Empty: nobody could know it."""
    uncovered: Mapping[str, str]
    """Members of ``names`` that cannot be held to an answer in this run, with the reason in words."""
    rule: Rule


@lru_cache(maxsize=1)
def coverage_table() -> CoverageTable:
    """The table that ships with the package."""
    data = json.loads(files("citations.registries").joinpath("coverage.json").read_text(encoding="utf-8"))
    registries = tuple(RegistryFacts(name=name, **facts) for name, facts in data["registries"].items())
    agencies = {prefix: each["registry"] for each in data["agencies"] for prefix in each["prefixes"]}
    return CoverageTable(registries, tuple(_rule(each) for each in data["rules"]), agencies)


def registry_title(name: str) -> str:
    """The registry as people write it in a sentence; a plug-in goes by its own name.

    >>> registry_title("semantic_scholar"), registry_title("offline")
    ('Semantic Scholar', 'the offline index')
    """
    facts = coverage_table().facts(name)
    if facts is None:
        return "the coverage table" if name == TABLE else name
    return f"the {facts.title}" if facts.local else facts.title


def _rule(each: Mapping[str, Any]) -> Rule:
    return Rule(
        name=each["name"],
        kinds=frozenset(Kind(kind) for kind in each["kinds"]),
        venues=frozenset(venue_key(venue) for venue in each["venues"]),
        needs=tuple(each.get("with", ())),
        from_year=each["from_year"],
        months_until_indexed=each["months_until_indexed"],
        ask=tuple(each["ask"]),
        essential=tuple(each["essential"]),
        one_of=tuple(each["one_of"]),
        why=each["why"],
    )


def kind_of(fields: Fields) -> Kind:
    """The kind, guessed from the other fields where it was not read.

    >>> kind_of(Fields(title="Pattern recognition", publisher="Springer", year=2006)).value
    'book'
    """
    if fields.kind in {Kind.ARTICLE, Kind.UNKNOWN} and _INSTITUTION.search(fields.venue):
        return Kind.REPORT
    if fields.kind is not Kind.UNKNOWN:
        return fields.kind
    if fields.venue or fields.doi or fields.pmid:
        return Kind.ARTICLE if fields.volume and fields.venue else Kind.UNKNOWN
    if fields.arxiv:
        return Kind.PREPRINT
    if fields.publisher or fields.isbn:
        return Kind.BOOK
    return Kind.WEBSITE if fields.url else Kind.UNKNOWN


def rule_for(fields: Fields) -> Rule:
    """The first rule that fits."""
    kind = kind_of(fields)
    venue = venue_key(fields.venue) if fields.venue else ("arxiv" if kind is Kind.PREPRINT and fields.arxiv else "")
    return next(rule for rule in coverage_table().rules if _fits(rule, kind, venue, fields))


def _fits(rule: Rule, kind: Kind, venue: str, fields: Fields) -> bool:
    return (
        kind in rule.kinds
        and (not rule.venues or venue in rule.venues)
        and all(_holds(fields, name) for name in rule.needs)
    )


def _holds(fields: Fields, name: str) -> bool:
    if name == "persons":
        return any(author.family for author in fields.authors)
    return bool(getattr(fields, name))


def essentials(
    fields: Fields,
    present: Mapping[str, Coverage],
    *,
    today: date,
    refuted: Collection[str] = (),
    keyed: Collection[str] = (),
    index_is_complete: Callable[[Fields], bool] | None = None,
) -> Essentials:
    """Who must refute this reference, given who can be asked in this run and who already answered.

    ``refuted`` are registries that answered and do not hold it, ``keyed`` those with a key, ``index_is_complete`` says
    whether the offline index holds the venue and year so fully that its silence counts.
    """
    rule = rule_for(fields)
    if not rule.essential and not rule.one_of:
        return Essentials(frozenset(), {}, rule)
    uncovered = {name: reason for name in rule.essential if (reason := _not_able(name, keyed))}
    names = set(rule.essential)
    if rule.one_of:
        names.add(_choose(rule.one_of, fields, present, refuted, keyed, index_is_complete) or TABLE)
    if TABLE in names:
        titles = [facts.title for name in rule.one_of if (facts := coverage_table().facts(name))]
        uncovered[TABLE] = f"none of {', '.join(titles)} can be held to an answer here"
    too_old_or_new = _outside_years(rule, fields, today)
    if too_old_or_new:
        names.add(TABLE)
        uncovered[TABLE] = too_old_or_new
    return Essentials(frozenset(names), uncovered, rule)


def _choose(
    group: tuple[str, ...],
    fields: Fields,
    present: Mapping[str, Coverage],
    refuted: Collection[str],
    keyed: Collection[str],
    index_is_complete: Callable[[Fields], bool] | None,
) -> str:
    """The member of the group whose silence counts: one that has answered, else one that can be held to an answer."""

    def counts(name: str) -> bool:
        return name in present and (name != OFFLINE or (index_is_complete is not None and index_is_complete(fields)))

    answered = next((name for name in group if name in refuted and counts(name)), "")
    return answered or next((name for name in group if counts(name) and not _not_able(name, keyed)), "")


def _not_able(name: str, keyed: Collection[str]) -> str:
    facts = coverage_table().facts(name)
    if facts is None or name in keyed:
        return ""
    if not facts.built_in:
        return f"{facts.title} cannot be asked by this version"
    return f"{facts.title} has no key and answers too seldom" if facts.needs_key else ""


def _outside_years(rule: Rule, fields: Fields, today: date) -> str:
    year = fields.year
    if year is None:
        return ""
    if rule.from_year is not None and year < rule.from_year:
        return f"works before {rule.from_year} are registered only in part"
    months_since_it_ended = (today.year - year - 1) * 12 + today.month - 1
    if year <= today.year and months_since_it_ended < rule.months_until_indexed and rule.months_until_indexed:
        return "too new to be held to an entry in the registries"
    return ""
