"""Fetch a dump: what it is and how big is known before it starts; it goes on where it broke off; a half file is never whole.

The bytes lie in ``NAME.part`` until their number, and the digest if one is known, are right.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from citations.errors import CitationsError

if TYPE_CHECKING:
    import requests

_TIMEOUT_S = (10, 60)
_CHUNK = 1 << 15
_ATTEMPTS = 5
"""Failures in a row without a single new byte before it is given up."""
_PROGRESS_S = 0.1
_MAX_DIGEST_BYTES = 10_000
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_DIGEST = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b")
_USER_AGENT = "factprobe (https://pypi.org/project/factprobe)"


class DownloadFailed(CitationsError):
    """A dump could not be fetched, or is not the one that was published."""

    code = "download-failed"


@dataclass(frozen=True, slots=True)
class Offer:
    """A dump that can be fetched."""

    name: str
    url: str
    about: str
    """What it holds, in a few words."""
    licence: str
    digest_url: str = ""
    """Where its MD5 or SHA-256 is published, if anywhere."""
    digest: str = ""
    """Expected digest in hexadecimal digits, if the user or the publisher names one."""
    size_bytes: int | None = None
    """As the server says; ``None`` before it was asked, or if it does not say."""

    @property
    def file_name(self) -> str:
        """Name of the file it becomes."""
        return unquote(urlsplit(self.url).path).rsplit("/", 1)[-1] or self.name


OFFERS = (
    Offer(
        "dblp",
        "https://dblp.org/xml/dblp.xml.gz",
        "DBLP: computer science, 8 million works",
        "CC0 1.0",
        digest_url="https://dblp.org/xml/dblp.xml.gz.md5",
    ),
    Offer(
        "acl",
        "https://aclanthology.org/anthology.bib.gz",
        "ACL Anthology: computational linguistics, 110 thousand works",
        "free with credit to the ACL Anthology (materials CC BY 4.0)",
    ),
    Offer(
        "arxiv",
        "https://www.kaggle.com/api/v1/datasets/download/Cornell-University/arxiv",
        "arXiv metadata: physics, mathematics, computer science, 2.9 million preprints",
        "metadata CC0 1.0",
    ),
    Offer(
        "retraction-watch",
        "https://gitlab.com/crossref/retraction-watch-data/-/raw/main/retraction_watch.csv",
        "Retraction Watch: 70 thousand retractions and expressions of concern",
        "free to use with credit to Retraction Watch and Crossref",
    ),
)
"""The dumps ``verifier index get`` knows."""


def offer(name: str, *, url: str = "", sha256: str = "") -> Offer:
    """The dump of that name, from another address if one is given; ``KeyError`` for an unknown name."""
    found = {each.name: each for each in OFFERS}[name]
    if url:
        found = replace(found, url=url, digest_url="")
    return replace(found, digest=sha256.strip().lower()) if sha256 else found


def look(found: Offer) -> Offer:
    """The offer with its size and published digest; raises ``DownloadFailed`` if the server cannot be asked."""
    import requests

    try:
        with _session() as session:
            with _get(session, found.url, {}) as response:
                size = response.headers.get("Content-Length", "")
            digest = found.digest or (_published(session, found.digest_url) if found.digest_url else "")
    except (requests.RequestException, OSError) as error:
        raise DownloadFailed(
            f"{urlsplit(found.url).netloc} cannot be asked for {found.name}: {_words(error)}",
            hint="check the network, or name another address with --url",
        ) from error
    return replace(found, size_bytes=int(size) if size.isdigit() else None, digest=digest)


def download(found: Offer, folder: Path, *, progress: Callable[[int, int | None], None] | None = None) -> Path:
    """Fetch the dump into ``folder`` and return the whole file; raises ``DownloadFailed``, and then keeps what came.

    ``progress`` is told the bytes that are there and the bytes in all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / found.file_name
    part = target.with_name(f"{target.name}.part")
    if found.size_bytes and shutil.disk_usage(folder).free < found.size_bytes - _size(part):
        raise DownloadFailed(
            f"{found.file_name} needs {found.size_bytes:,} bytes, and {folder} has less space",
            hint="name another folder",
        )
    with _session() as session:
        _fetch(session, found, part, progress)
    if found.digest and (digest := _digest_of(part, len(found.digest))) != found.digest:
        part.unlink()
        raise DownloadFailed(
            f"{found.file_name} is not the file that was published: its digest is {digest}, not {found.digest}",
            hint="try again; if it stays so, ask whoever runs the server",
        )
    part.replace(target)
    _note(part).unlink(missing_ok=True)
    return target


def _fetch(
    session: requests.Session, found: Offer, part: Path, progress: Callable[[int, int | None], None] | None
) -> None:
    """All bytes into ``part``, however often the connection breaks, as long as each attempt brings some."""
    import requests

    failures = 0
    while True:
        before = _size(part)
        try:
            total = _attempt(session, found, part, progress)
            if total is None or _size(part) == total:
                return
            reason = f"{_size(part):,} of {total:,} bytes came"
        except (requests.RequestException, OSError) as error:
            reason = _words(error)
        failures = 0 if _size(part) > before else failures + 1
        if failures >= _ATTEMPTS:
            raise DownloadFailed(
                f"{found.name} could not be fetched from {urlsplit(found.url).netloc}: {reason}",
                hint="give the same command again later; it goes on where it stopped",
            )
        time.sleep(min(0.2 * 2**failures, 5.0) if failures else 0)


def _attempt(
    session: requests.Session, found: Offer, part: Path, progress: Callable[[int, int | None], None] | None
) -> int | None:
    """Ask for the bytes that are missing; the number of bytes in all, ``None`` if the server does not say."""
    start, validator = _state(part, found.url)
    headers = {"Range": f"bytes={start}-", "If-Range": validator} if start else {}
    with _get(session, found.url, headers) as response:
        mode = "wb"
        total = _whole(response)
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            told = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
            if told is None or int(told[1]) != start:
                part.unlink(missing_ok=True)
                raise OSError("the server sent another range than was asked for")
            mode, total = "ab", None if told[2] == "*" else int(told[2])
        else:
            start = 0
        _note(part).write_text(json.dumps({"url": found.url, "validator": _validator(response)}), encoding="utf-8")
        with part.open(mode) as file:
            for done in _written(response, file, start):
                if progress is not None:
                    progress(done, total)
        return total


def _written(response: requests.Response, file: Any, done: int) -> Iterator[int]:
    """Write the body; yields the bytes that are there, now and then and at the end."""
    told_at = 0.0
    for chunk in response.iter_content(_CHUNK):
        file.write(chunk)
        done += len(chunk)
        if time.monotonic() - told_at >= _PROGRESS_S:
            told_at = time.monotonic()
            yield done
    yield done


def _session() -> requests.Session:
    import requests

    session = requests.Session()
    session.headers.update({"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"})
    return session


def _get(session: requests.Session, url: str, headers: dict[str, str]) -> requests.Response:
    """A response that is a success; ``DownloadFailed`` where trying again cannot help."""
    import requests

    try:
        response = session.get(url, headers=headers, stream=True, timeout=_TIMEOUT_S)
    except (
        requests.exceptions.InvalidURL,
        requests.exceptions.MissingSchema,
        requests.exceptions.InvalidSchema,
    ) as error:
        raise DownloadFailed(f"{url} is no address that can be fetched", hint="it begins with https://") from error
    status = response.status_code
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and "Range" in headers:
        response.close()
        return _get(session, url, {})
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS:
        response.close()
        raise DownloadFailed(
            f"{urlsplit(url).netloc} answers {status} for {urlsplit(url).path}", hint="name another address with --url"
        )
    if status >= HTTPStatus.BAD_REQUEST:
        response.close()
        raise requests.HTTPError(f"HTTP {status}")
    if "text/html" in response.headers.get("Content-Type", "").lower():
        response.close()
        raise DownloadFailed(
            f"{urlsplit(url).netloc} answers with a web page instead of a file", hint="name another address with --url"
        )
    return response


def _published(session: requests.Session, url: str) -> str:
    """The digest that stands at ``url``, empty if none can be read there."""
    import requests

    try:
        with _get(session, url, {}) as response:
            text = next(response.iter_content(_MAX_DIGEST_BYTES), b"").decode("ascii", "replace").lower()
    except (requests.RequestException, DownloadFailed):
        return ""
    found = _DIGEST.search(text)
    return found[0] if found else ""


def _whole(response: requests.Response) -> int | None:
    size = response.headers.get("Content-Length", "")
    return int(size) if size.isdigit() else None


def _validator(response: requests.Response) -> str:
    """What tells that the file is still the same; a weak tag does not."""
    tag = response.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")


def _state(part: Path, url: str) -> tuple[int, str]:
    """Where to go on and by which validator; from the start if nobody could tell whether the file changed since."""
    try:
        noted = json.loads(_note(part).read_text(encoding="utf-8"))
        if noted["url"] == url and noted["validator"]:
            return _size(part), str(noted["validator"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, ""


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _digest_of(path: Path, digits: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5" if digits == 32 else "sha256").hexdigest()


def _words(error: Exception) -> str:
    import requests

    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "the connection broke or could not be made"
    return str(error)[:200] or type(error).__name__
