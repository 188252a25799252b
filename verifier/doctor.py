"""What keeps an installation from working: named checks, each with its cure."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import verifier
from citations.errors import CitationsError
from verifier.asking import registry_settings
from verifier.config import Settings, without_password
from verifier.errors import VerifierError
from verifier.shadowing import CURE, HOME, OUR_PACKAGES, shadow, shadow_sentence

DISTRIBUTION = "factprobe"
INSTALL_PROBES = "pip install '.[probes]'"


class Health(StrEnum):
    """How one thing is."""

    OK = "ok"
    NOTE = "note"
    """It works, and could work better."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    name: str
    health: Health
    sentence: str
    cure: str = ""


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Run all checks; a check that fails is a finding, not a crash. Nothing is asked over the network."""
    found: list[Finding] = []
    for check in (_versions, _packages, _database, _calibration, _index, _cache, _registries, _model):
        name = check.__name__.strip("_")
        try:
            found.extend(check(settings))
        except (VerifierError, CitationsError) as error:
            found.append(Finding(name, Health.BROKEN, error.message, error.hint))
        except Exception as error:  # noqa: BLE001 - the doctor must not fall ill
            found.append(Finding(name, Health.BROKEN, f"{type(error).__name__}: {error}"))
    return tuple(found)


def _versions(_settings: Settings) -> Iterator[Finding]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("versions", Health.OK, f"{DISTRIBUTION} {verifier.__version__}, Python {python}, {sys.platform}")
    try:
        installed = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        yield Finding("versions", Health.NOTE, "it runs from a checkout and is not installed", "pip install -e .")
        return
    if installed != verifier.__version__:
        cure = "pip uninstall factprobe, then install it again"
        yield Finding(
            "versions", Health.BROKEN, f"version {installed} is installed and {verifier.__version__} runs", cure
        )


def _packages(_settings: Settings) -> Iterator[Finding]:
    """Another distribution, or a folder of the user's, may be imported in our place: the names are common words."""
    owners = metadata.packages_distributions()
    for name in OUR_PACKAGES:
        others = sorted(set(owners.get(name, [])) - {DISTRIBUTION})
        if place := shadow(name):
            yield Finding("packages", Health.BROKEN, shadow_sentence(name, place), CURE)
        elif others:
            cure = f"pip uninstall {' '.join(others)}, then install {DISTRIBUTION} again"
            yield Finding("packages", Health.BROKEN, f"{', '.join(others)} also installs a package named {name}", cure)
    for name in OUR_PACKAGES:
        stray = Path.cwd() / name
        if stray.is_dir() and stray.resolve().parent != HOME:
            sentence = f"the working directory has a folder {name}, which `python -m verifier` would import"
            yield Finding("packages", Health.NOTE, sentence, "use the command `verifier`")
    yield Finding("packages", Health.OK, f"{', '.join(OUR_PACKAGES)} come from {HOME}")


def _database(settings: Settings) -> Iterator[Finding]:
    from verifier.store.connect import closing_engine, connect
    from verifier.store.tables import REVISION
    from verifier.store.upgrade import current, migrations_folder

    migrations_folder()
    shown = without_password(settings.db)
    if settings.db.startswith("sqlite:///") and not Path(settings.db.removeprefix("sqlite:///")).exists():
        yield Finding("database", Health.OK, f"{shown} will be made when something is flagged")
        return
    with closing_engine(connect(settings.db)) as engine:
        revision = current(engine)
    if revision in {REVISION, ""}:
        yield Finding("database", Health.OK, f"{shown}, schema {revision or 'none yet'}")
    else:
        cure = f"verifier db upgrade --db '{shown}'"
        yield Finding("database", Health.NOTE, f"{shown} has schema {revision}, this program needs {REVISION}", cure)


def _calibration(settings: Settings) -> Iterator[Finding]:
    from verifier.fusion import Sort, shipped
    from verifier.learning_file import in_force

    now = in_force(settings)
    base = shipped(Sort.CITATION).name
    if now.problem:
        cure = "remove the file, then `verifier learn`; VERIFIER_CALIBRATION=shipped does without"
        yield Finding("calibration", Health.BROKEN, now.problem, cure)
    elif now.learnt is None:
        yield Finding("calibration", Health.OK, f"risks are made with {now.name}, which comes with the program")
    elif now.learnt.base != base:
        sentence = f"{now.name} was learnt on {now.learnt.base}, and this program comes with {base}"
        yield Finding("calibration", Health.NOTE, sentence, "verifier learn")
    else:
        yield Finding("calibration", Health.OK, f"risks are made with {now.name}, from {now.learnt.labels} reviews")


def _index(settings: Settings) -> Iterator[Finding]:
    folder = Path(settings.index)
    if not folder.is_dir():
        cure = "verifier index build SOURCE"
        yield Finding(
            "index", Health.NOTE, f"there is no offline index at {folder}; every reference needs the network", cure
        )
        return
    from citations.index.search import Index

    info = Index.open(folder).info()
    yield Finding("index", Health.OK, f"{folder}: {info.works:,} works")


def _cache(settings: Settings) -> Iterator[Finding]:
    folder = Path(settings.cache)
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    if os.access(nearest, os.W_OK):
        yield Finding("cache", Health.OK, f"answers are kept in {folder}")
    else:
        yield Finding("cache", Health.BROKEN, f"{nearest} cannot be written", "set VERIFIER_CACHE to another folder")


def _registries(settings: Settings) -> Iterator[Finding]:
    known = registry_settings(settings)
    urls = (known.crossref_url, known.semantic_scholar_url, known.arxiv_url, known.datacite_url, known.doi_org_url)
    state = "offline: none is asked" if settings.offline else "not asked by the doctor"
    yield Finding("registries", Health.OK, f"{', '.join(without_password(url) for url in urls)} ({state})")
    if not settings.crossref_mailto:
        cure = "set CROSSREF_MAILTO to your address"
        yield Finding("registries", Health.NOTE, "Crossref is asked anonymously, which is slower", cure)
    if not settings.semantic_scholar_api_key:
        sentence = "Semantic Scholar is asked without a key and will mostly refuse"
        yield Finding("registries", Health.NOTE, sentence, "set SEMANTIC_SCHOLAR_API_KEY")


def _model(_settings: Settings) -> Iterator[Finding]:
    if find_spec("llama_cpp") is None:
        sentence = "llama-cpp-python is not installed; only `verifier ask` needs it"
        yield Finding("model", Health.NOTE, sentence, INSTALL_PROBES)
        return
    yield Finding("model", Health.OK, f"llama-cpp-python {metadata.version('llama-cpp-python')}")
