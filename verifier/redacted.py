"""What a log may say of an error: its type and its place, never its words, which may quote the text under test or a key."""

from __future__ import annotations

import traceback
from pathlib import Path


def redacted(error: BaseException) -> str:
    """The type of an error, and file and line where it was raised.

    >>> redacted(ValueError("sk-secret"))
    'ValueError'
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
