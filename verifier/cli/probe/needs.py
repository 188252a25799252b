"""What a command cannot do without, said in one line."""

from __future__ import annotations

from importlib.util import find_spec

from probes.errors import INSTALL
from verifier.errors import ExtraMissing


def needs_training() -> None:
    """Refuse where scikit-learn is not installed.

    Raises:
        ExtraMissing: it is not.

    """
    _need("sklearn", "scikit-learn", "training and evaluating probes")


def needs_figures() -> None:
    """Refuse where matplotlib is not installed.

    Raises:
        ExtraMissing: it is not.

    """
    _need("matplotlib", "matplotlib", "the figures of the page")


def _need(module: str, name: str, what: str) -> None:
    if find_spec(module) is None:
        raise ExtraMissing(f"{what} need {name}, which is not installed", hint=INSTALL)
