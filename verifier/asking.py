"""From settings to who is asked: registries and offline index, opened once for a run and closed at its end."""

from __future__ import annotations

import difflib
import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citations.index.manifest import MANIFEST
from citations.types import CheckedReference, Reference
from verifier.config import Settings
from verifier.errors import ConfigError
from verifier.rules import rules_digest

if TYPE_CHECKING:
    from citations.check import Progress
    from citations.match.evidence import Arbiter
    from citations.registries.cache import AnswerCache
    from citations.registries.interface import Registry
    from citations.registries.offline import OfflineIndex
    from citations.registries.settings import RegistrySettings


_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asking:
    """The registries of one run."""

    registries: tuple[Registry, ...]
    has_index: bool
    keyed: frozenset[str] = frozenset()
    """Registries that have a key."""
    cache: AnswerCache | None = None
    """Where the registries keep bodies."""
    on_progress: Callable[[Progress], None] | None = None
    closed_venue: Callable[[str, int], str] | None = None
    """Given venue and year: a sentence if the index holds every paper of it, otherwise empty."""
    arbiter: Arbiter | None = None
    """A second opinion where the rules abstain."""

    def check(self, references: Sequence[Reference], *, budget_s: float | None = None) -> Iterator[CheckedReference]:
        """Check references, each yielded as soon as it is done; what is open when the time is over is unavailable."""
        from citations.check import CheckOptions, check

        options = CheckOptions(
            keyed=self.keyed, closed_venue=self.closed_venue, budget_s=budget_s, arbiter=self.arbiter
        )
        return check(references, self.registries, options=options, progress=self.on_progress)

    def body(self, sha256: str) -> bytes | None:
        """The body of an answer of this run or an earlier one, as long as the cache has it."""
        return None if self.cache is None else self.cache.body(sha256)

    def close(self) -> None:
        """Release connections, cache and index; what a registry of a plug-in raises meanwhile keeps no other open."""
        for registry in self.registries:
            try:
                registry.close()
            except Exception as error:  # noqa: BLE001  the run is over, and its verdicts stand
                _LOG.warning("%s: could not be closed (%s)", registry.name, type(error).__name__)
        if self.cache is not None:
            self.cache.close()


def open_registries(settings: Settings, on_progress: Callable[[Progress], None] | None = None) -> Asking:
    """Everybody the settings name; raises ``CitationsError`` or ``ConfigError`` for names that do not exist.

    An index that was asked for and is missing is an error; the default place may be empty.
    """
    from citations.registries import load
    from citations.registries.cache import AnswerCache

    wanted = settings.registries or None
    online = load([name for name in wanted if name != "offline"] if wanted else None, registry_settings(settings))
    index = _open_index(settings)
    registries = (index, *online) if index else online
    keyed = frozenset({"semantic_scholar"} if settings.semantic_scholar_api_key else ())
    cache = AnswerCache(Path(settings.cache))
    closed_venue = index.closed_venue if index else None
    return Asking(registries, index is not None, keyed, cache, on_progress, closed_venue)


def registry_settings(settings: Settings) -> RegistrySettings:
    """Our settings in the words of the registries."""
    from citations.registries.settings import RegistrySettings

    usual = RegistrySettings(
        mailto=settings.crossref_mailto,
        semantic_scholar_key=settings.semantic_scholar_api_key,
        offline=settings.offline,
        cache_dir=Path(settings.cache),
    )
    known = [each.name.removesuffix("_url") for each in fields(RegistrySettings) if each.name.endswith("_url")]
    for each in settings.urls:
        if each.registry not in known:
            near = difflib.get_close_matches(each.registry, known, n=1)
            raise ConfigError(
                f"{settings.origin(f'urls.{each.registry}')}: there is no registry {each.registry!r}",
                hint=f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}",
            )
    urls: dict[str, Any] = {f"{each.registry}_url": each.url for each in settings.urls}
    return replace(usual, **urls)


def registry_address(settings: Settings, name: str) -> str:
    """Where a registry is asked; empty for the index and for a plug-in without an address among the settings."""
    return str(getattr(registry_settings(settings), f"{name}_url", ""))


def settings_digest(settings: Settings) -> str:
    """Digest of what can change a verdict: who is asked, what the index holds, and the rules of judging.

    Being offline cannot change one, because what it leaves unchecked is asked again.
    """
    urls = [(each.registry, each.url) for each in settings.urls]
    index = [settings.index, _generation(Path(settings.index))]
    text = json.dumps([rules_digest(), settings.registries, urls, index, settings.only_cited])
    return hashlib.sha256(text.encode()).hexdigest()


def _generation(index: Path) -> str:
    """Which state of the index answers; empty where there is none."""
    try:
        return hashlib.sha256((index / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def _open_index(settings: Settings) -> OfflineIndex | None:
    folder = Path(settings.index)
    if settings.registries and "offline" not in settings.registries:
        return None
    if settings.origin("index") == "default" and not folder.is_dir():
        return None
    from citations.index.search import Index
    from citations.registries.offline import OfflineIndex

    Index.open(folder)  # a missing or damaged index is the user's to know, before anything is asked
    return OfflineIndex(folder)
