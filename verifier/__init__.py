"""The middleware: signals to findings, kept and reported.

Names are loaded when they are used, so that ``import verifier`` stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verifier.config import Settings, load_settings
    from verifier.errors import VerifierError
    from verifier.pipeline import check_text
    from verifier.policy import ExitCode, FailOn, Policy
    from verifier.types import Decision, Finding, Gap, Report, Risk, Signal

__version__ = "0.1.0"

__all__ = [
    "Decision",
    "ExitCode",
    "FailOn",
    "Finding",
    "Gap",
    "Policy",
    "Report",
    "Risk",
    "Settings",
    "Signal",
    "VerifierError",
    "__version__",
    "check_text",
    "load_settings",
]

_HOMES = {
    "Decision": "types",
    "ExitCode": "policy",
    "FailOn": "policy",
    "Finding": "types",
    "Gap": "types",
    "Policy": "policy",
    "Report": "types",
    "Risk": "types",
    "Settings": "config",
    "Signal": "types",
    "VerifierError": "errors",
    "check_text": "pipeline",
    "load_settings": "config",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'verifier' has no attribute {name!r}")
    return getattr(import_module(f"verifier.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
