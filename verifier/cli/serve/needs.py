"""What the servers cannot do without, said in one line."""

from __future__ import annotations

from importlib.util import find_spec

from verifier.errors import ExtraMissing

INSTALL = "pip install '.[server]'"


def needs_server(*modules: str) -> None:
    """Refuse where a library of the extra is not installed; raises ``ExtraMissing``."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise ExtraMissing(f"serving needs {', '.join(missing)}, not installed here", hint=INSTALL)
