"""What stands behind one flag as one zip file, and the verdict made again from it, with no network and no database."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

import verifier
from citations.match.evidence import evidence
from citations.types import Evidence, Found, Outcome, Query, Reference, Status, Verdict
from citations.verdict import verdict
from verifier.errors import ArchiveUnreadable, StoreError, VerifierError
from verifier.rules import rules_digest
from verifier.store.queue import FlagItem, flag
from verifier.store.scans import body, scan_of_flag
from verifier.store.wire import finding_json, read_finding
from verifier.types import ClaimFinding, Finding

FORMAT = "factprobe-evidence"
VERSION = 1
MAX_MEMBERS = 500
MAX_MEMBER_BYTES = 32 * 1024 * 1024
MAX_BYTES = 128 * 1024 * 1024
"""Of everything in one file, unpacked."""
_NAMES = re.compile(r"manifest\.json|finding\.json|reviews\.json|bodies/[0-9a-f]{64}")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored verdict beside the one that the same evidence gives now."""

    finding: Finding
    """As it was stored."""
    verdict: Verdict
    """As judged again, by the rules of this program."""
    judged_at: datetime
    tool_version: str
    """Of the program that judged first."""
    same_rules: bool
    """Whether that program judged by exactly the same code."""
    bodies: int
    """Answers of registries that came with it, all of them with the right digest."""
    missing: tuple[str, ...]
    """Registries whose answer is named and did not come with it."""

    @property
    def same(self) -> bool:
        """Whether the verdict and every difference are the same again."""
        before = self.finding.checked.verdict
        return (before.status, before.diffs) == (self.verdict.status, self.verdict.diffs)


def export_evidence(engine: Engine, flag_id: int, target: Path) -> int:
    """Write what stands behind a flag into one new zip file and return how many registries' answers are in it.

    The same flag gives the same bytes. Raises ``UnknownFlag`` and ``StoreError``, and ``VerifierError`` for a claim and
    where the file cannot be written.
    """
    item = flag(engine, flag_id)
    if isinstance(item.finding, ClaimFinding):
        raise VerifierError(
            f"flag {flag_id} is a claim: a judge's word about it cannot be made again without the judge",
            hint=f"verifier review show {flag_id} --format json",
        )
    return _export(engine, item, item.finding, target)


def _export(engine: Engine, item: FlagItem, finding: Finding, target: Path) -> int:
    flag_id = item.summary.id
    scan = scan_of_flag(engine, flag_id)
    wanted = sorted({each.asked.body_sha256 for each in finding.checked.evidence} - {""})
    kept = {sha256: body(engine, sha256) for sha256 in wanted}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "flag": flag_id,
        "fingerprint": item.fingerprint,
        "judged_at": item.summary.last_seen_at.isoformat(),
        "tool_version": scan.tool_version if scan else "",
        "rules_digest": scan.rules_digest if scan else "",
        "exported_by": f"factprobe {verifier.__version__}",
        "asked": [_asked(each) for each in finding.checked.evidence],
    }
    said = [
        {"reviewer": each.reviewer, "answer": each.answer.value, "note": each.note, "at": each.at.isoformat()}
        for each in item.reviews
    ]
    members = {
        "manifest.json": json.dumps(manifest, indent=2).encode(),
        "finding.json": finding_json(finding).encode(),
        "reviews.json": json.dumps(said, indent=2).encode(),
        **{f"bodies/{sha256}": content for sha256, content in kept.items() if content is not None},
    }
    try:
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    except OSError as error:
        raise VerifierError(
            f"{target} cannot be written: {error.strerror or error}", hint="name a new file with -o"
        ) from error
    return sum(content is not None for content in kept.values())


def replay(path: Path) -> Replay:
    """Judge the evidence in a zip file again; asks nobody, and unpacks nothing to the disk.

    Raises ``ArchiveUnreadable`` for anything that ``export_evidence`` did not write: other names, too much of anything,
    a wrong digest, damaged JSON. The records that are judged are those of the file: that they stand in the answers as the
    registries sent them is for a person to compare, because nobody has signed either.
    """
    members = _members(path)
    manifest = _json(members, "manifest.json")
    if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
        raise ArchiveUnreadable(f"{path} holds no evidence that this program can read")
    try:
        finding = read_finding(members["finding.json"].decode())
        judged_at = datetime.fromisoformat(manifest["judged_at"]).astimezone(UTC)
    except (StoreError, KeyError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise ArchiveUnreadable(f"{path} is damaged") from error
    held = {name.removeprefix("bodies/"): content for name, content in members.items() if name.startswith("bodies/")}
    for sha256, content in held.items():
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ArchiveUnreadable(f"{path} is damaged: an answer in it is not the one that was judged")
    named = [each.asked for each in finding.checked.evidence if each.asked.body_sha256]
    return Replay(
        finding=finding,
        verdict=judged_again(finding, judged_at.date()),
        judged_at=judged_at,
        tool_version=str(manifest.get("tool_version", "")),
        same_rules=manifest.get("rules_digest") == rules_digest(),
        bodies=len({each.body_sha256 for each in named}.intersection(held)),
        missing=tuple(dict.fromkeys(each.registry for each in named if each.body_sha256 not in held)),
    )


def judged_again(finding: Finding, today: date) -> Verdict:
    """The verdict that the stored answers give now, judged as of a day. Pure."""
    checked = finding.checked
    again = [_again(checked.reference, each) for each in checked.evidence]
    argument = checked.verdict.argument
    return verdict(checked.reference, again, frozenset(argument.essential), today)


def _again(reference: Reference, stored: Evidence) -> Evidence:
    """The stored answer judged again; that a registry did not answer, or could not know, stays as it was."""
    match stored.outcome:
        case Outcome.MATCH | Outcome.NO_MATCH:
            works = stored.candidates
            if stored.best is not None and stored.best not in works:
                works = (stored.best, *works)
            made = evidence(Query(reference, stored.identifier), Found(stored.asked, works))
            return replace(made, doi_registered=stored.doi_registered)
        case Outcome.UNAVAILABLE | Outcome.NOT_COVERED:
            return stored


def _asked(each: Evidence) -> dict[str, Any]:
    return {
        "registry": each.asked.registry,
        "url": each.asked.url,
        "asked_at": each.asked.asked_at.isoformat(),
        "from_cache": each.asked.from_cache,
        "body_sha256": each.asked.body_sha256,
        "outcome": each.outcome.value,
    }


def _members(path: Path) -> dict[str, bytes]:
    """Everything in the file, bounded in number, names and size."""
    try:
        with zipfile.ZipFile(path) as archive:
            problem = _problem(archive.namelist())
            found = {} if problem else _unpacked(archive)
    except (OSError, RuntimeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        raise ArchiveUnreadable(f"{path} cannot be read as a zip file of evidence") from error
    if problem:
        raise ArchiveUnreadable(f"{path} {problem}")
    if found is None:
        raise ArchiveUnreadable(f"{path} holds more than {MAX_BYTES // 1024**2} MiB")
    return found


def _problem(names: list[str]) -> str:
    if len(names) > MAX_MEMBERS:
        return f"holds more than {MAX_MEMBERS} files"
    if len(set(names)) < len(names) or not all(_NAMES.fullmatch(each) for each in names):
        return "holds a file that is no evidence"
    return ""


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes] | None:
    """The contents by name; ``None`` if they are too much, whatever the file says of its sizes."""
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    for each in archive.infolist():
        with archive.open(each) as stream:
            content = stream.read(min(MAX_MEMBER_BYTES, left) + 1)
        left -= len(content)
        if len(content) > MAX_MEMBER_BYTES or left < 0:
            return None
        found[each.filename] = content
    return found


def _json(members: dict[str, bytes], name: str) -> dict[str, Any]:
    try:
        read = json.loads(members[name])
    except (KeyError, ValueError, RecursionError) as error:
        raise ArchiveUnreadable(f"the evidence is damaged: {name} is missing or cannot be read") from error
    if not isinstance(read, dict):
        raise ArchiveUnreadable(f"the evidence is damaged: {name} is no object")
    return read


def replay_line(done: Replay) -> str:
    """The outcome in one sentence."""
    before, now = done.finding.status, done.verdict.status
    if done.same:
        return f"the same verdict again: {now.value}"
    if before is now is Status.MISMATCH:
        return "the same verdict again, mismatch, with other differences"
    return f"another verdict: it was {before.value}, judged again it is {now.value}"
