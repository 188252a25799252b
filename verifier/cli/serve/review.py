"""``verifier serve review``: the queue of flags as a page in the browser."""

from __future__ import annotations

import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.console import say
from verifier.cli.desk import answering, opened
from verifier.cli.options import DB, SortedCommand
from verifier.cli.serve.needs import needs_server

if TYPE_CHECKING:
    from verifier.server.review.serving import Place

HELP = """Open the review queue as a page, for yourself or for a team. It listens on this machine alone unless told otherwise.

\b
verifier serve review
verifier serve review --host 0.0.0.0 --public-url https://review.example.org --tls-cert c.pem --tls-key k.pem

With --public-url everybody signs in with a token of their own: verifier review token add NAME.
"""
PORT = 8730


@click.command("review", cls=SortedCommand, help=HELP)
@click.option("--as", "reviewer", metavar="NAME", help="Who answers where no token is asked for; your account's name.")
@DB
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 for any that is free.")
@click.option("--public-url", default="", metavar="URL", help="The https address at which others reach it.")
@click.option(
    "--quorum", type=click.IntRange(min=1, max=9), default=1, show_default=True, help="Votes a decision needs."
)
@click.option(
    "--tls-cert",
    "certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Certificate, to speak TLS itself.",
)
@click.option("--tls-key", "key", type=click.Path(path_type=Path), metavar="FILE", help="Its key.")
@click.option(
    "--tokens", "needs_token", is_flag=True, help="Ask for a token on this machine too, where others work on it."
)
def command(reviewer: str | None, db: str | None, quorum: int, *, opens: bool, **place: Any) -> int:
    """Serve until Ctrl-C."""
    needs_server("starlette", "uvicorn")
    from verifier.server.review.serving import Place

    serve_page(db, reviewer, quorum, place=Place(**place), opens=opens)
    return 0


def serve_page(
    db: str | None,
    reviewer: str | None,
    quorum: int,
    *,
    place: Place | None = None,
    view: str = "/queue",
    opens: bool = False,
) -> None:
    """Serve the page; ``opens`` shows a view of it in the browser once it listens."""
    needs_server("starlette", "uvicorn")
    from verifier.server.review.serving import Place, serve

    def started(address: str) -> None:
        say(f"review at {address}/, Ctrl-C ends it", err=True)
        if opens:  # in a thread, because a browser for terminals does not come back until it is left
            threading.Thread(target=_open, args=(f"{address}{view}",), daemon=True).start()

    with opened(db) as engine:
        serve(
            engine,
            place or Place(),
            answering(reviewer),
            quorum,
            started=started,
            warn=lambda sentence: say(sentence, err=True),
        )


def _open(address: str) -> None:
    if not webbrowser.open(address):
        say("hint: no browser could be opened here; open the address yourself", err=True)
