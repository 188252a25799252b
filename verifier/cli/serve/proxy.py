"""``verifier serve proxy``: a proxy in front of a model, whose answers are checked on their way to the callers."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.console import Console, log_to_terminal
from verifier.cli.options import DB, ISOLATED, QUIET, VERBOSE, SortedCommand
from verifier.cli.serve.needs import needs_server
from verifier.config import Settings, load_settings, read_names
from verifier.errors import ConfigError, EvidenceUnreadable
from verifier.policy import FailOn, OnError, Policy
from verifier.server.proxy.headers import Keys
from verifier.server.proxy.settings import ProxyPolicy, ProxySettings, checked_settings
from verifier.wrapping.types import Mode

if TYPE_CHECKING:
    from verifier.checker import Checker
    from verifier.server.proxy.keeper import Keeper
    from verifier.server.proxy.metrics import Metrics

TOKEN = "VERIFIER_PROXY_TOKEN"  # noqa: S105  the name of a variable
HELP = """Check the answers of a model on their way to its callers, who change only the base address of their client.

\b
verifier serve proxy --upstream https://api.openai.com
OPENAI_BASE_URL=http://127.0.0.1:8731/v1 python app.py

Policies: header (X-Verifier-* headers; behind a stream one more event), body (a key "verification"), block (an answer
leaves once it is checked, or an error in its place), none. Beyond this machine the proxy wants a token of its own from
its callers: VERIFIER_PROXY_TOKEN.
"""


@click.command("proxy", cls=SortedCommand, help=HELP)
@DB
@ISOLATED
@QUIET
@VERBOSE
@click.option("--allow-host", multiple=True, metavar="NAME", help="Another name under which callers may ask it.")
@click.option(
    "--ceiling",
    type=click.FloatRange(0.1, 600),
    default=5.0,
    show_default=True,
    metavar="S",
    help="Seconds for a check.",
)
@click.option("--evidence", metavar="DIR", help="Folder of .txt, .md, .pdf as evidence.")
@click.option(
    "--fail-on",
    type=click.Choice([level.value for level in FailOn]),
    default=FailOn.FABRICATED.value,
    show_default=True,
    metavar="LEVEL",
    help="Mildest verdict to block for.",
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--index", metavar="DIR", help="Offline index. [env: VERIFIER_INDEX]")
@click.option("--judge", metavar="MODEL|URL", help="Second model: a .gguf or http://host/v1#m.")
@click.option(
    "--max-requests", type=click.IntRange(1), default=256, show_default=True, metavar="N", help="Requests at a time."
)
@click.option(
    "--mode",
    type=click.Choice([Mode.BUFFER.value, Mode.HOLDBACK.value]),
    default=Mode.BUFFER.value,
    show_default=True,
    metavar="MODE",
    help="Of block: buffer streams whole, or holdback.",
)
@click.option("--no-store", is_flag=True, help="Keep nothing, also where a database is set.")
@click.option("--offline", is_flag=True, default=None, help="Ask only index and cache.")
@click.option(
    "--on-error",
    type=click.Choice([each.value for each in OnError]),
    default=OnError.OPEN.value,
    show_default=True,
    metavar="WHEN",
    help="Of block, unchecked answers: open or closed.",
)
@click.option(
    "--policy",
    type=click.Choice(sorted(each.value for each in ProxyPolicy)),
    default=ProxyPolicy.HEADER.value,
    show_default=True,
    metavar="POLICY",
    help="What callers see of a check.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8731, show_default=True, metavar="PORT", help="Where to listen."
)
@click.option("--registries", metavar="NAMES", help="Ask only these, separated by commas.")
@click.option("--upstream", required=True, metavar="URL", help="The server behind the proxy.")
@click.option("--upstream-key-env", metavar="NAME", help="Variable with its key; callers need none.")
def command(**options: Any) -> int:
    """Serve until told to stop."""
    needs_server("starlette", "uvicorn", "aiohttp")
    from verifier.server.proxy.app import proxy_app
    from verifier.server.proxy.metrics import Metrics
    from verifier.server.proxy.serving import Serving

    console = Console(options["quiet"], options["verbose"])
    log_to_terminal(logging.INFO if console.verbose else logging.WARNING)
    told = {name: options[name] for name in ("db", "index", "offline", "registries")}
    if told["registries"] is not None:
        told["registries"] = read_names(told["registries"])
    settings = load_settings(told, isolated=options["isolated"])
    for warning in settings.warnings:
        console.warn(warning)
    proxied = checked_settings(_proxy_settings(options))
    checker = _checker(options, settings)
    checker.prepare()
    metrics = Metrics()
    keeper = _keeper(options, settings, metrics)
    serving = Serving(proxy_app(proxied, checker, keeper, metrics), proxied)
    _tell(console, proxied, serving.address, checker, keeper)
    serving.run()
    return 0


def _proxy_settings(options: dict[str, Any]) -> ProxySettings:
    variable = options["upstream_key_env"]
    key = os.environ.get(variable, "").strip() if variable else ""
    if variable and not key:
        raise ConfigError(f"the variable {variable} holds no key", hint=f"export {variable}=...")
    return ProxySettings(
        upstream=options["upstream"],
        policy=ProxyPolicy(options["policy"]),
        on_error=OnError(options["on_error"]),
        mode=Mode(options["mode"]),
        fail_on=FailOn(options["fail_on"]),
        host=options["host"],
        port=options["port"],
        keys=Keys(os.environ.get(TOKEN, "").strip(), key),
        ceiling_s=options["ceiling"],
        max_requests=options["max_requests"],
        allowed_hosts=frozenset(each.lower() for each in options["allow_host"]),
    )


def _checker(options: dict[str, Any], settings: Settings) -> Checker:
    from verifier.checker import Checker

    folder = Path(options["evidence"]) if options["evidence"] else None
    if folder is not None and not folder.is_dir():
        raise EvidenceUnreadable(f"there is no folder {folder}", hint="give a folder of .txt, .md or .pdf files")
    return Checker(
        registries=settings.registries or not settings.offline,
        evidence=folder,
        judge=options["judge"],
        policy=Policy(on_error=OnError.CLOSED),
        budget_s=options["ceiling"],
        settings=settings,
    )


def _keeper(options: dict[str, Any], settings: Settings, metrics: Metrics) -> Keeper | None:
    """Whoever writes flags, where a database was named: a proxy stores nothing unasked."""
    if options["no_store"] or settings.origin("db") == "default" or settings.storage == "none":
        return None
    from verifier.asking import settings_digest
    from verifier.server.proxy.keeper import Keeper
    from verifier.store.levels import StorageLevel

    level = StorageLevel(settings.storage)
    return Keeper(settings.db, metrics, settings_digest(settings), level=level, retain_days=settings.retain)


def _tell(console: Console, proxied: ProxySettings, address: str, checker: Checker, keeper: Keeper | None) -> None:
    """Who asks whom, before the first request; never a key."""
    console.note(f"proxy at {address}/v1 for {proxied.upstream}, policy {proxied.policy.value}; Ctrl-C ends it")
    if proxied.policy is not ProxyPolicy.NONE:
        console.note(f"asked over the network: {', '.join(checker.asked) or 'nobody'}")
    if keeper is not None:
        console.note("flagged answers go to the database: verifier review")
