"""Errors of ``citations``: a code to look up, one sentence, and what to type.

CitationsError
 ├─ UnreadableInput   the file cannot be read as what it claims to be
 │   └─ NoReferences  the file can be read, and holds no reference
 ├─ IndexMissing      no offline index where one was asked for
 ├─ IndexDamaged      the index exists and cannot be opened
 └─ UnknownRegistry   no registry of that name
"""

from __future__ import annotations


class CitationsError(Exception):
    """Base of all errors that a user can cause; ``str()`` of it is one sentence."""

    code = "citations-error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the sentence and the hint (a command to type, or what to change)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class UnreadableInput(CitationsError):
    """The input cannot be read: missing, encrypted, binary, too large, or not what its name says."""

    code = "unreadable-input"


class NoReferences(UnreadableInput):
    """The file can be read, and no reference or list of references was found in it.

    Named on the command line it is an error; one that a folder brought along is listed as a gap. For prose use
    `verifier check`. A scanned PDF needs a text layer (`ocrmypdf in.pdf out.pdf`).
    """

    code = "no-references"


class IndexMissing(CitationsError):
    """There is no offline index at the place named."""

    code = "index-missing"


class IndexDamaged(CitationsError):
    """The offline index cannot be opened or was made by another version."""

    code = "index-damaged"


class UnknownRegistry(CitationsError):
    """A registry was named that does not exist."""

    code = "unknown-registry"
