"""Packages of other people that are imported in our place: the names are common words.

Imports nothing but the standard library, because whatever else it imported could be the wrong one.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

OUR_PACKAGES = ("citations", "probes", "verifier")
HOME = Path(__file__).resolve().parent.parent
"""The folder that holds our packages."""
CURE = "start `verifier` without that folder on PYTHONPATH and from another working directory, or rename the package"


def shadow(package: str) -> str:
    """Where another package of this name is imported from; empty if ours is, ``nowhere`` if none is.

    Nothing is imported, and nothing is raised.
    """
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        return "nowhere"
    places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or [])
    folders = [Path(place).parent if spec.origin else Path(place) for place in places]
    if any(folder.resolve() == HOME / package for folder in folders):
        return ""
    return places[0] if places else "nowhere"


def shadow_sentence(package: str, place: str) -> str:
    """What is wrong, in one sentence."""
    return f"{package} is imported from {place}, not from {HOME}"
