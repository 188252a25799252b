"""Registries as people write them."""

from __future__ import annotations

REGISTRY_NAMES = {
    "arxiv": "arXiv",
    "crossref": "Crossref",
    "datacite": "DataCite",
    "dblp": "DBLP",
    "doi_org": "doi.org",
    "europe_pmc": "Europe PMC",
    "offline": "offline index",
    "openalex": "OpenAlex",
    "openlibrary": "Open Library",
    "pubmed": "PubMed",
    "semantic_scholar": "Semantic Scholar",
}


def registry_name(name: str) -> str:
    """A registry as people write it."""
    return REGISTRY_NAMES.get(name, name)
