"""Settings: which there are, where each value came from, and which of them a scanned project may set.

In order of strength: command-line arguments, environment, the project's ``verifier.toml`` or ``[tool.verifier]`` in
``pyproject.toml`` (found upwards from the scanned file), the user's own ``config.toml``, defaults. A project file that lies
outside the working directory came with the paper: it may say how strictly to judge, and nothing about where data goes.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from verifier.errors import ConfigError

APP = "factprobe"
PROJECT_FILE = "verifier.toml"
USER_FILE = "config.toml"
STORAGE_LEVELS = ("none", "hash", "excerpt", "full")
"""How much of a text may be kept, least first; see ``verifier explain storage``."""
MAX_DAYS = 36_500
_OTHER_VARIABLES = (
    "VERIFIER_JUDGE_KEY",
    "VERIFIER_ONLINE",
    "VERIFIER_PROXY_TOKEN",
    "VERIFIER_REQUIRE",
    "VERIFIER_SHARED_DATA",
)
"""Variables of the library, of judges, of the proxy and of the tests."""
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name, how it is read, and who may set it."""

    name: str
    read: Callable[[str], Any]
    """Reads a text from the environment or a file."""
    about: str
    environment: tuple[str, ...] = ()
    """Variables besides ``VERIFIER_<NAME>``, weaker than it."""
    secret: bool = False
    local: bool = False
    """A file that came with the paper may set it: it can make the check stricter, never milder."""


@dataclass(frozen=True, slots=True)
class RegistryUrl:
    """Where a registry is reached instead of at its public address."""

    registry: str
    url: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the value of one setting came from: ``default``, ``--db``, ``VERIFIER_DB``, ``verifier.toml:3``."""

    setting: str
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run may be told; ``origins`` says who told it."""

    db: str = ""
    """SQLAlchemy URL; never empty after loading."""
    index: str = ""
    """Folder of the offline index; never empty after loading."""
    cache: str = ""
    """Folder of cached answers; never empty after loading."""
    offline: bool = False
    registries: tuple[str, ...] = ()
    """Names of the registries to ask; empty for all."""
    fail_on: str = "mismatch"
    strict: bool = False
    allow_incomplete: bool = False
    audit_sample: float = 0.02
    """Share of what passes that is drawn for review; 0 for none."""
    calibration: str = "learnt"
    """``learnt``, ``shipped``, or a file."""
    storage: str = "excerpt"
    """How much of a text is kept: ``none``, ``hash``, ``excerpt`` or ``full``."""
    retain: int = 0
    """Days after which scans and decided flags are removed; 0 for never."""
    only_cited: bool = True
    """Of a paper's lists only what its text cites."""
    max_bytes: int = 64 * 1024 * 1024
    max_pages: int = 3_000
    crossref_mailto: str = ""
    semantic_scholar_api_key: str = field(default="", repr=False)
    urls: tuple[RegistryUrl, ...] = ()
    origins: tuple[Origin, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences about values that were not used."""

    def origin(self, name: str) -> str:
        """Where the value came from."""
        return next((each.source for each in self.origins if each.setting == name), "default")

    def url(self, registry: str) -> str:
        """The address set for a registry, empty for its public one."""
        return next((each.url for each in self.urls if each.registry == registry), "")


def _text(value: str) -> str:
    return value.strip()


def _switch(value: str) -> bool:
    folded = value.strip().casefold()
    if folded not in _TRUE | _FALSE:
        raise ValueError("is neither true nor false")
    return folded in _TRUE


def _number(value: str) -> int:
    number = int(value.replace("_", ""))
    if number <= 0:
        raise ValueError("is not above zero")
    return number


def read_share(value: str) -> float:
    """A share as ``0.02`` or ``2%``."""
    number, is_percent = value.strip().removesuffix("%"), value.strip().endswith("%")
    share = float(number) / (100 if is_percent else 1)
    if not 0 <= share <= 1:
        raise ValueError("is no share between 0 and 1 (write 0.02 or 2%)")
    return share


def read_names(value: str) -> tuple[str, ...]:
    """Names of registries, separated by commas."""
    return tuple(name.strip().replace("-", "_") for name in value.split(",") if name.strip())


def _days(value: str) -> int:
    days = int(value.replace("_", ""))
    if not 0 <= days <= MAX_DAYS:
        raise ValueError(f"is no number of days up to {MAX_DAYS:,} (0 keeps everything)")
    return days


def _storage(value: str) -> str:
    level = value.strip().casefold()
    if level not in STORAGE_LEVELS:
        raise ValueError(f"is none of {', '.join(STORAGE_LEVELS)}")
    return level


def _level(value: str) -> str:
    level = value.strip().casefold().replace("-", "_")
    if level not in {"mismatch", "retracted", "not_found", "fabricated", "never"}:
        raise ValueError("is none of mismatch, retracted, not_found, fabricated, never")
    return level


SETTINGS = (
    Setting("allow_incomplete", _switch, "exit 0 though much was unchecked"),
    Setting("audit_sample", read_share, "share of what passes that is drawn for review, blind"),
    Setting("cache", _text, "folder of cached answers"),
    Setting("calibration", _text, "how risks are calibrated: learnt, shipped, or a file that was learnt"),
    Setting("crossref_mailto", _text, "address Crossref may write to; gives the faster pool", ("CROSSREF_MAILTO",)),
    Setting("db", _text, "database of scans and flags (SQLAlchemy URL)"),
    Setting("fail_on", _level, "mildest verdict that makes the exit code 1"),
    Setting("index", _text, "folder of the offline index"),
    Setting("max_bytes", _number, "largest file that is read"),
    Setting("max_pages", _number, "most pages of a PDF that are read"),
    Setting("offline", _switch, "ask no registry over the network"),
    Setting("only_cited", _switch, "check only what a paper's text cites, not its whole list", local=True),
    Setting("registries", read_names, "registries to ask, separated by commas"),
    Setting("retain", _days, "days after which scans and decided flags are removed; 0 keeps them"),
    Setting(
        "semantic_scholar_api_key",
        _text,
        "key for Semantic Scholar",
        ("SEMANTIC_SCHOLAR_API_KEY", "S2_API_KEY"),
        secret=True,
    ),
    Setting("storage", _storage, "how much of a text is kept: none, hash, excerpt, full"),
    Setting("strict", _switch, "exit 3 if anything is unchecked", local=True),
)
"""All settings but the registries' addresses, in alphabetical order."""

_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class _Given:
    """One value as somebody gave it."""

    name: str
    value: Any
    source: str


def load_settings(
    arguments: Mapping[str, Any] | None = None,
    *,
    start: Path | None = None,
    environ: Mapping[str, str] | None = None,
    isolated: bool = False,
) -> Settings:
    """The settings that hold for inputs at ``start``; raises only ``ConfigError``.

    ``arguments`` that are ``None`` count as not given. ``isolated`` reads no file.
    """
    environ = os.environ if environ is None else environ
    warnings: list[str] = []
    given: list[_Given] = []
    if not isolated:
        given += _from_file(_user_file(), trusted=True, warnings=warnings)
        project = _project_file(start or Path.cwd())
        if project is not None:
            given += _from_file(project, trusted=_contains(project.parent, Path.cwd()), warnings=warnings)
    given += _from_environment(environ)
    warnings += _unknown_variables(environ)
    given += [
        _Given(name, value, f"--{name.replace('_', '-')}")
        for name, value in (arguments or {}).items()
        if value is not None
    ]
    return _defaults(_assemble(given, tuple(warnings)))


def _assemble(given: list[_Given], warnings: tuple[str, ...]) -> Settings:
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    urls: dict[str, str] = {}
    for each in given:
        sources[each.name] = each.source
        if each.name.startswith("urls."):
            urls[each.name.removeprefix("urls.")] = _http_url(each)
        else:
            values[each.name] = each.value
    return Settings(
        **values,
        urls=tuple(RegistryUrl(registry, url) for registry, url in sorted(urls.items())),
        origins=tuple(Origin(name, source) for name, source in sorted(sources.items())),
        warnings=warnings,
    )


def _defaults(settings: Settings) -> Settings:
    import platformdirs

    data = Path(platformdirs.user_data_dir(APP, appauthor=False))
    db = settings.db or str(data / f"{APP}.db")
    if "://" not in db:
        db = f"sqlite:///{Path(db).expanduser().absolute()}"
    index = settings.index or str(data / "index")
    cache = settings.cache or platformdirs.user_cache_dir(APP, appauthor=False)
    return replace(settings, db=db, index=str(Path(index).expanduser()), cache=str(Path(cache).expanduser()))


def _from_environment(environ: Mapping[str, str]) -> Iterator[_Given]:
    for setting in SETTINGS:
        for variable in (f"VERIFIER_{setting.name.upper()}", *setting.environment):
            if environ.get(variable):
                yield _Given(setting.name, _read(setting, environ[variable], variable), variable)
                break
    for variable, value in sorted(environ.items()):
        if variable.startswith("VERIFIER_") and variable.endswith("_URL") and value:
            registry = variable.removeprefix("VERIFIER_").removesuffix("_URL").lower()
            yield _Given(f"urls.{registry}", value, variable)


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that looks like ours and sets nothing, so that no misspelt one is believed."""
    known = [setting.name.upper() for setting in SETTINGS]
    for variable in sorted(environ):
        is_ours = variable.startswith("VERIFIER_") and not variable.endswith("_URL")
        name = variable.removeprefix("VERIFIER_")
        if is_ours and name not in known and variable not in _OTHER_VARIABLES:
            near = difflib.get_close_matches(name, known, n=1)
            guess = f"did you mean VERIFIER_{near[0]}?" if near else "`verifier config show` lists all settings"
            yield f"{variable} sets nothing; {guess}"


def _from_file(path: Path, *, trusted: bool, warnings: list[str]) -> Iterator[_Given]:
    """What a settings file gives; a damaged one stops the command, unless it came with the paper."""
    try:
        yield from _given_by(path, trusted=trusted, warnings=warnings)
    except ConfigError as error:
        if trusted:
            raise
        warnings.append(f"{error.message}; it is ignored, because it lies outside the working directory")


def _given_by(path: Path, *, trusted: bool, warnings: list[str]) -> Iterator[_Given]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    if path.name == "pyproject.toml":
        table = table.get("tool", {}).get("verifier", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: [tool.verifier] is not a table")
    for key, value in table.items():
        name = key.replace("-", "_")
        source = f"{path}:{_line_of(text, key)}"
        if not (trusted or (name in _BY_NAME and _BY_NAME[name].local)):
            warnings.append(f"{source}: {key!r} is ignored, because the file lies outside the working directory")
        elif name == "urls":
            yield from _urls(value, source)
        else:
            yield _Given(name, _read(_known(name, source), _as_text(value), source), source)


def _urls(value: object, source: str) -> Iterator[_Given]:
    if not isinstance(value, dict):
        raise ConfigError(f"{source}: urls is not a table of registries and addresses")
    for registry, url in value.items():
        yield _Given(f"urls.{registry.replace('-', '_')}", str(url), source)


def _known(name: str, source: str) -> Setting:
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = difflib.get_close_matches(name, [*_BY_NAME, "urls"], n=1)
    hint = f"did you mean {near[0]}?" if near else "`verifier config show` lists all settings"
    raise ConfigError(f"{source}: there is no setting {name!r}", hint=hint)


def _read(setting: Setting, value: str, source: str) -> Any:
    try:
        return setting.read(value)
    except ValueError as error:
        shown = "the value" if setting.secret else repr(value)
        why = str(error) if str(error).startswith("is ") else "is not a number"
        raise ConfigError(f"{source}: {setting.name} = {shown} {why}") from error


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return str(value)


def _http_url(given: _Given) -> str:
    value = str(given.value).strip().rstrip("/")
    if not value.startswith(("http://", "https://")):
        raise ConfigError(f"{given.source}: {value!r} is no http or https address")
    return value


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip().strip("[").split("=")[0].strip().strip("\"']").endswith(key):
            return number
    return 1


def _project_file(start: Path) -> Path | None:
    folder = start.absolute()
    for parent in (folder, *folder.parents):
        if (parent / PROJECT_FILE).is_file():
            return parent / PROJECT_FILE
        pyproject = parent / "pyproject.toml"
        if pyproject.is_file() and b"[tool.verifier" in pyproject.read_bytes():
            return pyproject
    return None


def _user_file() -> Path:
    import platformdirs

    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / USER_FILE


def _contains(folder: Path, inner: Path) -> bool:
    return inner.resolve().is_relative_to(folder.resolve())


def without_password(url: str) -> str:
    """The address with a password replaced by ``***``, safe to print and to store.

    >>> without_password("postgresql://me:secret@host/db")
    'postgresql://me:***@host/db'
    """
    parts = urlsplit(url)
    if not parts.password:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@")))
