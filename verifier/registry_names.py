"""Registries as people write them."""

from __future__ import annotations

from citations.coverage import coverage_table


def registry_name(name: str) -> str:
    """A registry by its title in the coverage table; a plug-in goes by its own name."""
    facts = coverage_table().facts(name)
    return name if facts is None else facts.title
