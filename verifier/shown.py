"""Settings as ``verifier config show`` prints them: every one, with its value and where the value came from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from verifier.config import SETTINGS, Setting, Settings, without_password
from verifier.learning_file import in_force
from verifier.registry_names import registry_name


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting as ``config show`` prints it."""

    name: str
    value: str
    source: str
    about: str


def shown(settings: Settings) -> tuple[Shown, ...]:
    """All settings for a reader: secrets hidden, each with its origin."""
    known_settings = {setting.name: setting for setting in SETTINGS}
    rows = []
    for each in fields(settings):
        setting = known_settings.get(each.name)
        if setting is None:
            continue
        value = _printable(setting, getattr(settings, each.name))
        if each.name == "calibration":
            value += f" (in force: {in_force(settings).name})"
        rows.append(Shown(each.name, value, settings.origin(each.name), setting.about))
    for registry, usual in _usual_urls():
        name = f"urls.{registry}"
        address = without_password(settings.url(registry) or usual)
        rows.append(Shown(name, address, settings.origin(name), f"address of {registry_name(registry)}"))
    known = {registry for registry, _ in _usual_urls()}
    for url in settings.urls:
        if url.registry not in known:
            name = f"urls.{url.registry}"
            rows.append(Shown(name, without_password(url.url), settings.origin(name), f"address of {url.registry}"))
    return tuple(sorted(rows, key=lambda row: row.name))


def _usual_urls() -> tuple[tuple[str, str], ...]:
    from citations.registries.settings import RegistrySettings

    usual = RegistrySettings()
    names = [each.name for each in fields(RegistrySettings) if each.name.endswith("_url")]
    return tuple((name.removesuffix("_url"), getattr(usual, name)) for name in names)


def _printable(setting: Setting, value: Any) -> str:
    if setting.secret:
        return "set (hidden)" if value else "not set"
    if isinstance(value, tuple):
        return ", ".join(value) or "all"
    if isinstance(value, bool):
        return str(value).lower()
    return without_password(str(value)) or "not set"
