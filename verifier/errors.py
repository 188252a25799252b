"""Errors of ``verifier``: a code to look up, one sentence, a hint, and the exit code of the command line.

VerifierError
 ├─ ArchiveUnreadable   a zip of evidence is none, or was damaged
 ├─ CalibrationUnreadable  a learnt calibration is none, or was damaged
 ├─ ConfigError         a setting cannot be understood
 ├─ ExtraMissing        a command needs a part that is not installed
 ├─ StoreError          the database cannot be opened, read or written
 │   ├─ StoreNeedsUpgrade  the database has another schema than this program
 │   └─ UnknownFlag        the database holds no such flag
 ├─ NotLearnt           there are too few reviews, or what they teach would be worse
 ├─ ModelError          the local model cannot be loaded or run
 ├─ EvidenceUnreadable  the folder of evidence is missing or holds nothing readable
 ├─ WrongArgument       a call was given something that it cannot use; a ``TypeError`` too
 ├─ CannotServe         a server cannot listen where it was told to
 ├─ RequestRefused      a request to the review page that is not answered (BadRequest, NotSignedIn, NotAllowed, TooManyTries)
 ├─ CheckFailed         checking a text failed, and the caller asked to be told
 └─ AnswerError         an answer was not let through; ``report`` says why
     ├─ Blocked         none of it has left
     └─ Withheld        some of it had left, and the rest was kept back
"""

from __future__ import annotations

from functools import partial
from typing import Any

from verifier.types import Report


class VerifierError(Exception):
    """Base of all errors that a user can cause; ``str()`` of it is one sentence."""

    code = "verifier-error"
    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the sentence and the hint (a command to type, or what to change)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(VerifierError):
    """A setting has a value that cannot be used."""

    code = "config-error"


class ExtraMissing(VerifierError):
    """The command needs an extra that is not installed."""

    code = "extra-missing"


class StoreError(VerifierError):
    """The database cannot be opened, read or written."""

    code = "store-error"


class StoreNeedsUpgrade(StoreError):
    """The database was made by another version of the schema."""

    code = "store-needs-upgrade"


class UnknownFlag(StoreError):
    """The database holds no flag of that number: it was never there, or it was forgotten."""

    code = "unknown-flag"


class ArchiveUnreadable(VerifierError):
    """The file is no zip of evidence that this program wrote, or it was damaged or changed since."""

    code = "archive-unreadable"


class ModelError(VerifierError):
    """The local model is missing, damaged, or cannot run the request."""

    code = "model-error"


class CannotServe(VerifierError):
    """A server cannot listen where it was told to, or what passes between it and others could be read on its way."""

    code = "cannot-serve"


class RequestRefused(VerifierError):
    """A server does not do what was asked of it; nothing was changed."""

    code = "request-refused"
    status = 400
    """Of the HTTP answer."""


class BadRequest(RequestRefused):
    """What was sent to a server cannot be read: no filter, no form, too long. Nothing was changed."""

    code = "bad-request"

    def __init__(self, message: str, status: int = 400, *, hint: str = "") -> None:
        """Keep the status of the answer."""
        super().__init__(message, hint=hint)
        self.status = status


class NotSignedIn(RequestRefused):
    """The server asks for a token, and none that holds came with the request. Tokens are made by ``verifier review token``."""

    code = "not-signed-in"
    status = 401


class NotAllowed(RequestRefused):
    """The request is understood and forbidden: it comes from another site, from an old page, or is for admins."""

    code = "not-allowed"
    status = 403


class TooManyTries(RequestRefused):
    """The address sent too many wrong tokens; it is listened to again after some minutes."""

    code = "too-many-tries"
    status = 429

    def __init__(self, wait_s: float) -> None:
        """Keep how long to wait."""
        super().__init__(f"too many wrong tokens came from here; try again in {wait_s:.0f} s")
        self.wait_s = wait_s


class CheckFailed(VerifierError):
    """Checking a text failed; raised only where the policy says ``on_error="closed"``."""

    code = "check-failed"


class WrongArgument(VerifierError, TypeError):
    """A call was given an argument that it cannot use; the sentence names it, and never holds what was given."""

    code = "wrong-argument"


class AnswerError(VerifierError):
    """An answer of a model was not let through, because of what was found in it."""

    code = "answer-error"

    def __init__(self, message: str, *, report: Report, complaints: tuple[str, ...] = (), hint: str = "") -> None:
        """Keep the report and what is wrong, a line each; the message holds nothing of the answer."""
        super().__init__(message, hint=hint)
        self.report = report
        self.complaints = complaints

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it comes through from another process as what it is."""
        made = partial(type(self), report=self.report, complaints=self.complaints, hint=self.hint)
        return made, (self.message,)


class Blocked(AnswerError):
    """None of the answer has left."""

    code = "blocked"


class Withheld(AnswerError):
    """Some of the answer had left before the fault was found; the rest was kept back."""

    code = "withheld"


class EvidenceUnreadable(VerifierError):
    """The folder of evidence is missing, or nothing in it can be read."""

    code = "evidence-unreadable"


class CalibrationUnreadable(VerifierError):
    """The file of a learnt calibration is none that this program wrote, or it was damaged since."""

    code = "calibration-unreadable"


class NotLearnt(VerifierError):
    """There are too few reviews to learn from, or what they teach would be worse than the calibration in force."""

    code = "not-learnt"
