"""One module a registry; the table of them stands here."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from citations.errors import UnknownRegistry

if TYPE_CHECKING:
    from citations.registries.interface import Registry
    from citations.registries.settings import RegistrySettings

__all__ = ["BUILT_IN", "GROUP", "load", "names"]

_LOG = logging.getLogger(__name__)

GROUP = "factprobe.registries"
"""Entry-point group in which other distributions offer registries: a callable that takes a ``Session``."""

BUILT_IN = {
    "crossref": "citations.registries.crossref:Crossref",
    "semantic_scholar": "citations.registries.semantic_scholar:SemanticScholar",
    "arxiv": "citations.registries.arxiv:Arxiv",
    "datacite": "citations.registries.datacite:DataCite",
    "doi_org": "citations.registries.doi_org:DoiOrg",
}
"""Name -> ``module:Class``; another registry is one module and one line here. Imported when it is asked for."""


def names() -> tuple[str, ...]:
    """All registries that can be loaded, the built-in ones first."""
    return tuple(dict.fromkeys([*BUILT_IN, *(each.name for each in entry_points(group=GROUP))]))


def load(names: Sequence[str] | None, settings: RegistrySettings) -> tuple[Registry, ...]:
    """The named registries on one HTTP session, all of them for ``None``.

    Raises ``UnknownRegistry`` for a name that does not exist. An installed registry that fails to load is left out
    with a warning that names its distribution, unless it was asked for by name.
    """
    from citations.registries.session import Session

    session = Session(settings)
    offered = {each.name: each for each in entry_points(group=GROUP)}
    loaded = []
    for name in dict.fromkeys(names if names is not None else [*BUILT_IN, *offered]):
        if name in BUILT_IN:
            module, _, attribute = BUILT_IN[name].partition(":")
            loaded.append(getattr(import_module(module), attribute)(session))
        elif name in offered:
            registry = _plugged_in(offered[name], session, wanted=names is not None)
            loaded += [registry] if registry else []
        else:
            raise UnknownRegistry(
                f"there is no registry named {name!r}", hint=f"known: {', '.join([*BUILT_IN, *offered])}"
            )
    return tuple(loaded)


def _plugged_in(entry: EntryPoint, session: Any, *, wanted: bool) -> Any:
    """A registry of another distribution, ``None`` if it cannot be loaded and nobody asked for it."""
    try:
        return entry.load()(session)
    except Exception as error:
        owner = entry.dist.name if entry.dist else "an unknown distribution"
        if wanted:
            raise UnknownRegistry(f"the registry {entry.name!r} of {owner} cannot be loaded") from error
        _LOG.warning("the registry %r of %s cannot be loaded (%s)", entry.name, owner, type(error).__name__)
        return None
