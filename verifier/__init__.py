"""The middleware: signals to findings, kept and reported.

Names are loaded when they are used, so that ``import verifier`` stays cheap.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verifier.checker import Checker, Subject
    from verifier.checking import acheck, check
    from verifier.config import Settings, load_settings
    from verifier.errors import AnswerError, Blocked, CheckFailed, VerifierError, Withheld, WrongArgument
    from verifier.hooks import on
    from verifier.keeping import keeper
    from verifier.pipeline import check_text
    from verifier.policy import ExitCode, FailOn, OnError, Policy
    from verifier.types import (
        Claim,
        ClaimFinding,
        Decision,
        Finding,
        Gap,
        Judgement,
        Passage,
        Report,
        Risk,
        Signal,
        Stance,
    )
    from verifier.wrapping.attach import aget_report, get_report
    from verifier.wrapping.verified import verified
    from verifier.wrapping.watching import wrap

__version__ = "0.1.0"
logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = [
    "AnswerError",
    "Blocked",
    "CheckFailed",
    "Checker",
    "Claim",
    "ClaimFinding",
    "Decision",
    "ExitCode",
    "FailOn",
    "Finding",
    "Gap",
    "Judgement",
    "OnError",
    "Passage",
    "Policy",
    "Report",
    "Risk",
    "Settings",
    "Signal",
    "Stance",
    "Subject",
    "VerifierError",
    "Withheld",
    "WrongArgument",
    "__version__",
    "acheck",
    "aget_report",
    "check",
    "check_text",
    "get_report",
    "keeper",
    "load_settings",
    "on",
    "verified",
    "wrap",
]

_HOMES = {
    "AnswerError": "errors",
    "Blocked": "errors",
    "CheckFailed": "errors",
    "Checker": "checker",
    "Claim": "types",
    "ClaimFinding": "types",
    "Decision": "types",
    "ExitCode": "policy",
    "FailOn": "policy",
    "Finding": "types",
    "Gap": "types",
    "Judgement": "types",
    "OnError": "policy",
    "Passage": "types",
    "Policy": "policy",
    "Report": "types",
    "Risk": "types",
    "Settings": "config",
    "Signal": "types",
    "Stance": "types",
    "Subject": "checker",
    "VerifierError": "errors",
    "Withheld": "errors",
    "WrongArgument": "errors",
    "acheck": "checking",
    "check": "checking",
    "check_text": "pipeline",
    "aget_report": "wrapping.attach",
    "get_report": "wrapping.attach",
    "keeper": "keeping",
    "load_settings": "config",
    "on": "hooks",
    "verified": "wrapping.verified",
    "wrap": "wrapping.watching",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'verifier' has no attribute {name!r}")
    return getattr(import_module(f"verifier.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
