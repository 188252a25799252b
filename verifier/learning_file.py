"""The file of what was learnt: beside the database, newest last, checked like everything that comes from outside."""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from verifier.config import APP, Settings, without_password
from verifier.errors import CalibrationUnreadable, VerifierError
from verifier.fusion import MILDER, Model, Sort, read_model, shipped
from verifier.learning import Adopted

FORMAT = "factprobe-calibration"
SCHEMA = 1
KEPT = 10
"""So many calibrations are kept, to go back to."""
MAX_BYTES = 4_000_000
SHIPPED, LEARNT = "shipped", "learnt"
"""Values of the setting ``calibration`` that name no file."""
LARGEST = 1_000.0
"""No bias, weight, mean or scale of ours is larger."""
_DIGITS = frozenset("0123456789abcdef")


class _NotOurs(ValueError):
    """The file says something that no calibration of ours does."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The calibration that risks are made with."""

    citation: Model
    claim: Model
    name: str
    """What is written beside each risk."""
    learnt: Adopted | None = None
    problem: str = ""
    """Why the learnt one is not used, one sentence; empty where nothing is wrong."""

    def model(self, sort: Sort) -> Model:
        """Of citations or of claims."""
        return self.citation if sort is Sort.CITATION else self.claim


def in_force(settings: Settings) -> InForce:
    """The calibration that the settings name, the program's own where none was learnt; never raises.

    A file that cannot be used is a ``problem``, and the program's own holds.
    """
    path = learnt_path(settings)
    problem = ""
    adopted: Sequence[Adopted] = ()
    if path is not None:
        try:
            adopted = read_learnt(path)
        except CalibrationUnreadable as error:
            problem = f"{error.message}; the calibration of the program is used"
        else:
            if not adopted and settings.calibration not in {"", LEARNT}:
                problem = f"there is no calibration {path}; the calibration of the program is used"
    newest = adopted[-1] if adopted else None
    citation = (newest and newest.citation) or shipped(Sort.CITATION)
    claim = (newest and newest.claim) or shipped(Sort.CLAIM)
    return InForce(citation, claim, newest.name if newest else citation.name, newest, problem)


def learnt_path(settings: Settings) -> Path | None:
    """Where what is learnt is kept: beside a SQLite file, else in the user's data folder; ``None`` for nowhere."""
    if settings.calibration == SHIPPED:
        return None
    if settings.calibration not in {"", LEARNT}:
        named = Path(settings.calibration)
        try:
            return named.expanduser()
        except RuntimeError:  # there is no such user
            return named
    if settings.db.startswith("sqlite"):
        file = settings.db.partition(":///")[2].partition("?")[0]
        return None if file in {"", ":memory:"} else Path(f"{file}.calibration.json")
    import platformdirs

    digest = hashlib.sha256(without_password(settings.db).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return platformdirs.user_data_path(APP, appauthor=False) / f"calibration-{digest}.json"


def read_learnt(path: Path) -> tuple[Adopted, ...]:
    """What was adopted, oldest first; empty where there is no file. Raises ``CalibrationUnreadable``."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _NotOurs("it is too large")
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT or found["schema"] != SCHEMA:
            raise _NotOurs("it has another format")
        return tuple(_read_adopted(each) for each in found["adopted"][-KEPT:])
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise _unreadable(path, _why(error)) from error


def adopt(path: Path, adopted: Adopted) -> None:
    """Put a calibration in force; those before it are kept. Raises ``VerifierError`` where the file cannot be written."""
    _write(path, (*read_learnt(path), adopted)[-KEPT:])


def undo(path: Path) -> Adopted | None:
    """Take the newest calibration out of force and return it; ``None`` where none was learnt."""
    known = read_learnt(path)
    if not known:
        return None
    _write(path, known[:-1])
    return known[-1]


def _write(path: Path, adopted: Sequence[Adopted]) -> None:
    content = {"format": FORMAT, "schema": SCHEMA, "adopted": [_adopted_record(each) for each in adopted]}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(json.dumps(content, indent=1) + "\n")
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise VerifierError(
            f"{path} cannot be written: {error.strerror or error}", hint="set VERIFIER_CALIBRATION to another file"
        ) from error


def _adopted_record(adopted: Adopted) -> dict[str, Any]:
    models = {Sort.CITATION: adopted.citation, Sort.CLAIM: adopted.claim}
    return {
        "name": adopted.name,
        "base": adopted.base,
        "reviews_sha256": adopted.reviews_sha256,
        "learnt_until": adopted.learnt_until.astimezone(UTC).isoformat(),
        "labels": adopted.labels,
        "samples": adopted.samples,
        "models": {sort.value: _model_record(model) for sort, model in models.items() if model is not None},
    }


def _model_record(model: Model) -> dict[str, Any]:
    return {
        "bias": model.bias,
        "weights": [
            {"name": each.name, "mean": each.mean, "scale": each.scale, "weight": each.weight} for each in model.weights
        ],
        "draws": [[each.bias, *each.weights] for each in model.draws],
    }


def _read_adopted(found: dict[str, Any]) -> Adopted:
    name, digest, models = found["name"], found["reviews_sha256"], found["models"]
    if not (isinstance(name, str) and name.isprintable() and name.isascii() and 0 < len(name) <= 60):
        raise _NotOurs("its name is none")
    if not (isinstance(digest, str) and len(digest) == 64 and set(digest) <= _DIGITS):
        raise _NotOurs("it does not say which reviews it comes from")
    if not set(models) <= {each.value for each in Sort}:
        raise _NotOurs("it holds a model of an unknown kind")
    read = {sort: _read_checked(name, models[sort.value], sort) for sort in Sort if sort.value in models}
    return Adopted(
        name=name,
        base=str(found["base"])[:60],
        reviews_sha256=digest,
        learnt_until=_time(found["learnt_until"]),
        labels=_count(found["labels"]),
        samples=_count(found["samples"]),
        citation=read.get(Sort.CITATION),
        claim=read.get(Sort.CLAIM),
    )


def _read_checked(name: str, found: dict[str, Any], sort: Sort) -> Model:
    """A model that knows our signals alone, counts with finite numbers, and turns no order of risks around."""
    model = read_model(name, found)
    names = [each.name for each in model.weights]
    if names != [each.name for each in shipped(sort).weights]:
        raise _NotOurs("it weighs other signals than this program knows")
    if any(len(each.weights) != len(names) for each in model.draws) or len(model.draws) > 1_000:
        raise _NotOurs("the draws of its interval do not fit its weights")
    numbers = [model.bias, *(number for each in model.weights for number in (each.mean, each.scale, each.weight))]
    numbers += [number for each in model.draws for number in (each.bias, *each.weights)]
    if not all(_is_sane(each) for each in numbers) or not all(each.scale > 0 for each in model.weights):
        raise _NotOurs("a number in it is none that a calibration can have")
    weights = {each.name: each.weight for each in model.weights}
    if any(weights[mild] > weights[grave] for mild, grave in MILDER if mild in weights and grave in weights):
        raise _NotOurs("it calls a graver verdict less risky than a milder one")
    if any(each < 0 for signal, each in weights.items() if not signal.startswith("citation:")):
        raise _NotOurs("it turns a signal of trouble around")
    return model


def _is_sane(number: object) -> bool:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return is_number and math.isfinite(number) and abs(number) <= LARGEST  # type: ignore[arg-type]  # it is a number


def _count(found: object) -> int:
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise _NotOurs("it does not say how many reviews it comes from")
    return found


def _time(found: object) -> datetime:
    made = datetime.fromisoformat(str(found))
    return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) if isinstance(error, _NotOurs) else "it is damaged"


def _unreadable(path: Path, why: str) -> CalibrationUnreadable:
    return CalibrationUnreadable(
        f"the learnt calibration {path} cannot be used: {why}",
        hint="remove the file, then `verifier learn`; VERIFIER_CALIBRATION=shipped does without",
    )
