"""``verifier review token``: who may use the review page from elsewhere."""

from __future__ import annotations

import click

from verifier.cli.console import say
from verifier.cli.desk import opened
from verifier.cli.options import DB, SortedCommand
from verifier.errors import VerifierError
from verifier.harmless import inline
from verifier.render.words import moment

HELP = """Make, list and revoke the tokens with which people sign in at the review page.

\b
verifier review token add "Ana Lima"
verifier review token revoke "Ana Lima"
"""
_ADD_HELP = """Make a token, which is printed once and kept as a digest alone. Answers bear its name.

\b
verifier review token add "Ana Lima"
verifier review token add "Bo Chen" --role admin
"""
_LIST_HELP = """List who has a token, the revoked ones too.

\b
verifier review token list
"""
_REVOKE_HELP = """Revoke every token of a name at once; what they answered stays.

\b
verifier review token revoke "Ana Lima"
"""


@click.group("token", help=HELP)
def command() -> None:
    """Group the commands."""


@command.command("add", cls=SortedCommand, help=_ADD_HELP)
@click.argument("name")
@DB
@click.option(
    "--role",
    type=click.Choice(["admin", "reviewer"]),
    default="reviewer",
    show_default=True,
    help="An admin also makes and revokes tokens, and revokes confirmed works.",
)
def add_command(name: str, db: str | None, role: str) -> None:
    """Print a new token, and nothing else, on standard output."""
    from verifier.store.reviewers import Role, add_reviewer

    with opened(db) as engine:
        owner, token = add_reviewer(engine, name, Role(role))
    say(token)
    say(f"the token of {inline(owner.name)}, {role}: hand it over safely, it is not shown again", err=True)


@command.command("list", cls=SortedCommand, help=_LIST_HELP)
@DB
def list_command(db: str | None) -> None:
    """Print one line a token."""
    from verifier.store.reviewers import list_reviewers

    with opened(db) as engine:
        found = list_reviewers(engine)
    for each in found:
        revoked = f"  revoked {moment(each.revoked_at)}" if each.revoked_at else ""
        say(f"{inline(each.name)}  {each.role.value}  made {moment(each.created_at)}{revoked}")
    if not found:
        say("nobody has a token", err=True)


@command.command("revoke", cls=SortedCommand, help=_REVOKE_HELP)
@click.argument("name")
@DB
def revoke_command(name: str, db: str | None) -> None:
    """Revoke; whoever is signed in with it is out with the next click."""
    from verifier.store.reviewers import revoke_reviewer

    with opened(db) as engine:
        number = revoke_reviewer(engine, name)
    if not number:
        raise VerifierError(f"{inline(name)} has no valid token", hint="verifier review token list")
    say(f"{number} revoked")
