"""Recognises the reports that this tool wrote, so that one in a scanned folder is neither scanned nor kept from renewal."""

from __future__ import annotations

import re
from pathlib import Path

_BEGINNING = re.compile(
    rb"# Citations of [^\n]*\n\n[^\n]*\(factprobe "
    rb"|[^\n]+: (?:\[[^\]\n]{1,200}\] )?(?:verified|mismatch|not_found|fabricated|retracted|unverifiable|unchecked|unreadable|failed)  "
)
_ENDING = re.compile(rb"(?:^|\n)% \d+ of \d+ entries corrected; look at each before you use it\s*\Z")
_PEEK = 4_000


def is_own_report(path: Path) -> bool:
    """Whether a file is a report in Markdown, text or BibTeX, by its first or last line; false if it cannot be read."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_PEEK)
            stream.seek(max(0, path.stat().st_size - 200))
            return bool(_BEGINNING.match(head) or _ENDING.search(stream.read()))
    except OSError:
        return False
