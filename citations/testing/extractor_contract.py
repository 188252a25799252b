"""The battery that every extractor passes, ours and those of plug-ins."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from citations.errors import UnreadableInput
from citations.extract.interface import Document, Extractor, Limits
from citations.types import Extracted, Reference, Unreadable


class ContractBroken(AssertionError):
    """An extractor does what none may do."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A healthy document of the extractor's format."""

    name: str
    """File name with the format's suffix."""
    data: bytes
    references: int
    """How many references it holds, at least two."""


def extractor_contract(extractor: Extractor, sample: Sample) -> None:
    """Raise ``ContractBroken`` with one sentence if the extractor loses, invents or chokes on something.

    Checked on the sample: all references are found, twice the same, with unique ids and places inside the text. On some
    thirty damaged versions of it: nothing but ``UnreadableInput`` is raised, nothing but references and unreadable
    entries comes out, and never more of them than the limit allows.
    """
    document = Document(sample.name, sample.data)
    _check_healthy(extractor, document, sample)
    _check_limit(extractor, document, sample)
    for name, data in damaged(sample.data):
        items = _run(extractor, replace(document, data=data), name)
        _check_items(items, data, name)


def damaged(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Versions of a document as disks, networks, editors and enemies leave them, each with its name."""
    chance = random.Random(0)  # noqa: S311 - repeatable damage, nothing secret
    yield "empty", b""
    yield "one byte", data[:1]
    for eighth in range(1, 8):
        yield f"cut after {eighth}/8", data[: len(data) * eighth // 8]
        yield f"begins after {eighth}/8", data[len(data) * eighth // 8 :]
    yield "NUL bytes", bytes(byte for each in data for byte in ((each, 0) if chance.random() < 0.02 else (each,)))
    yield "invalid UTF-8", data.replace(b"e", b"\xff\xfe\xe9", 3)
    yield "flipped bytes", bytes(each ^ 0x55 if chance.random() < 0.01 else each for each in data)
    yield "carriage returns", data.replace(b"\n", b"\r\n")
    yield "old line ends", data.replace(b"\n", b"\r")
    yield "byte order mark", b"\xef\xbb\xbf" + data
    yield "noise", chance.randbytes(4096)
    yield "blanks", b" \t\n" * 4096
    for signs in (b"{", b"}", b"[", b"(", b'"', b"@a{", b"\\", b"$", b"%", b"<a>", b"\\input{x}"):
        yield f"{signs.decode()} without end", data + signs * 5000
    yield "a line without end", data.replace(b"\n", b" ") * 20


def _check_healthy(extractor: Extractor, document: Document, sample: Sample) -> None:
    _demand(extractor.accepts(sample.data[:8192]), "the head of a healthy document is not accepted")
    suffix = sample.name[sample.name.rindex(".") :]
    _demand(suffix in extractor.suffixes, f"{suffix} is not among the suffixes")
    first = _run(extractor, document, "healthy")
    _check_items(first, sample.data, "healthy")
    found = sum(isinstance(each, Reference) for each in first)
    _demand(found == sample.references, f"{found} references are found, {sample.references} are there")
    _demand(first == _run(extractor, document, "healthy"), "a second reading differs from the first")
    files = {each.location.file for each in first}
    _demand(files == {sample.name}, f"references come from {sorted(files)}, not from {sample.name}")


def _check_limit(extractor: Extractor, document: Document, sample: Sample) -> None:
    _demand(sample.references > 1, "a sample needs two references")
    limited = _run(extractor, replace(document, limits=Limits(max_entries=1)), "limited to one entry")
    references = sum(isinstance(each, Reference) for each in limited)
    _demand(references == 1, f"{references} references come out under a limit of one")
    _demand(any(isinstance(each, Unreadable) for each in limited), "the limit drops entries without a word")


def _run(extractor: Extractor, document: Document, name: str) -> list[Extracted]:
    try:
        return list(extractor.extract(document))
    except UnreadableInput as error:
        _demand(bool(error.message.strip()), f"{name}: UnreadableInput without a sentence")
        return []
    except Exception as error:
        raise ContractBroken(f"{name}: {type(error).__name__} is raised: {error}") from error


def _check_items(items: list[Extracted], data: bytes, name: str) -> None:
    ids = [each.id for each in items if isinstance(each, Reference)]
    _demand(len(ids) == len(set(ids)), f"{name}: two references have one id")
    for each in items:
        _demand(isinstance(each, Reference | Unreadable), f"{name}: {type(each).__name__} comes out")
        where = each.location
        _demand(bool(where.file), f"{name}: a place without a file")
        _demand(
            where.line is None or 1 <= where.line <= data.count(b"\n") + data.count(b"\r") + 1, f"{name}: no such line"
        )
        _demand(
            where.start is None or where.end is None or 0 <= where.start <= where.end,
            f"{name}: a span that ends before it starts",
        )
        _demand(isinstance(each, Reference) or bool(each.reason.strip()), f"{name}: unreadable without a reason")
        _demand(isinstance(each, Reference) or len(each.raw) <= 500, f"{name}: unreadable with its whole text")


def _demand(holds: bool, sentence: str) -> None:
    if not holds:
        raise ContractBroken(sentence)
