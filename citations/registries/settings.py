"""Where the registries are, who asks, and how patient the asking is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Patience:
    """Bounds on one request to a registry; all times in seconds."""

    connect_s: float = 3.0
    """Until the host takes the connection."""
    read_s: float = 10.0
    """Between two pieces of an answer."""
    total_s: float = 20.0
    """For one whole attempt, so that a host that drips a byte now and then is cut off as well."""
    attempts: int = 3
    """Attempts for one request, the first included."""
    backoff_s: float = 1.0
    """Longest wait before the second attempt; doubles with each further one, with full jitter."""
    backoff_ceiling_s: float = 15.0
    retry_after_ceiling_s: float = 20.0
    """Longest ``Retry-After`` that is waited for; beyond it the registry counts as rate-limited."""
    slow_s: float = 4.0
    """From here on an answer counts as slow."""
    bear_s: float = 30.0
    """How long a registry may give slow answers only; then it is not asked until ``cooldown_s`` is over."""
    body_bytes: int = 20_000_000
    """Largest body that is read, after decompression."""
    redirects: int = 4
    cooldown_s: float = 60.0
    """Before a registry that failed again and again gets one more trial; doubles when that fails."""


def without_credentials(text: str) -> str:
    """The text with user names and passwords taken out of its URLs: as it may be printed and kept.

    >>> without_credentials("list of https://someone:secret@mirror.example.org/v1")
    'list of https://mirror.example.org/v1'
    """
    return re.sub(r"(?<=//)[^/?#\s]*@", "", text)


@dataclass(frozen=True, slots=True, repr=False)
class RegistrySettings:
    """Everything the registries need to know; immutable, and printed without its keys and passwords.

    >>> RegistrySettings(semantic_scholar_key="secret").offline
    False
    >>> "secret" in repr(RegistrySettings(semantic_scholar_key="secret"))
    False
    """

    mailto: str = ""
    """Address of whoever asks; opens Crossref's polite pool and DataCite's larger quota."""
    semantic_scholar_key: str = field(default="", repr=False)
    crossref_url: str = "https://api.crossref.org"
    semantic_scholar_url: str = "https://api.semanticscholar.org"
    arxiv_url: str = "https://export.arxiv.org"
    datacite_url: str = "https://api.datacite.org"
    doi_org_url: str = "https://doi.org"
    offline: bool = False
    """Answer from the cache alone."""
    refresh: bool = False
    """Ask again although the cache holds an answer; what comes back is kept."""
    cache_dir: Path | None = None
    """Folder of kept answers and shared rate limits; ``None`` keeps both in memory."""
    patience: Patience = Patience()
    paced: bool = True
    """Keep the registries' pace; ``False`` only for simulated ones that publish no limits."""

    def __repr__(self) -> str:
        """All but the secrets."""
        shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
        return without_credentials(f"RegistrySettings({', '.join(shown)})")

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> RegistrySettings:
        """Settings from the variables that users of these registries already have, and from ours.

        ``CROSSREF_MAILTO``, ``SEMANTIC_SCHOLAR_API_KEY`` or ``S2_API_KEY``, ``VERIFIER_OFFLINE``, ``VERIFIER_CACHE``
        (a folder), and ``VERIFIER_CROSSREF_URL`` and its like for each registry. Empty counts as unset.

        >>> RegistrySettings.from_environment({"VERIFIER_ARXIV_URL": "http://localhost:8000/arxiv/"}).arxiv_url
        'http://localhost:8000/arxiv'
        """
        usual = cls()
        return cls(
            mailto=env.get("CROSSREF_MAILTO", "").strip(),
            semantic_scholar_key=(env.get("SEMANTIC_SCHOLAR_API_KEY") or env.get("S2_API_KEY") or "").strip(),
            crossref_url=_url(env, "CROSSREF", usual.crossref_url),
            semantic_scholar_url=_url(env, "SEMANTIC_SCHOLAR", usual.semantic_scholar_url),
            arxiv_url=_url(env, "ARXIV", usual.arxiv_url),
            datacite_url=_url(env, "DATACITE", usual.datacite_url),
            doi_org_url=_url(env, "DOI_ORG", usual.doi_org_url),
            offline=env.get("VERIFIER_OFFLINE", "").strip().lower() in {"1", "true", "yes", "on"},
            cache_dir=_cache_dir(env),
        )


def _url(env: Mapping[str, str], registry: str, usual: str) -> str:
    """Base URL of one registry without a closing slash."""
    return (env.get(f"VERIFIER_{registry}_URL", "").strip() or usual).rstrip("/")


def _cache_dir(env: Mapping[str, str]) -> Path:
    """Folder named by the user, or the platform's own for caches."""
    named = env.get("VERIFIER_CACHE", "").strip()
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("factprobe", appauthor=False))
