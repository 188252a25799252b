"""Which rules judged: a stored verdict may stand for a new one only if the same rules would judge again."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import citations


@lru_cache(maxsize=8)
def rules_digest(folder: Path = Path(citations.__file__).parent) -> str:
    """Digest of the code and the tables that read, match and judge references.

    It is taken from the files themselves, so that no change of a rule can be forgotten.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
