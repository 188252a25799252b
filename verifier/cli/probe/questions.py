"""``verifier probe questions``: questions about works, whose answers label themselves."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.cli.console import Console, print_path
from verifier.cli.options import QUIET, SortedCommand

HELP = """Make questions about works: who wrote them, when, and where they appeared.

Works that everybody knows come with the program; beside them stand works drawn at random from an offline index, which a
small model can only guess. Collect them with --label works.

\b
verifier probe questions --from-index index --to exam.jsonl
verifier probe collect --model model.gguf --questions exam.jsonl --label works --samples 1 --to run
"""


@click.command("questions", cls=SortedCommand, help=HELP)
@click.option(
    "--from-index", "index", metavar="DIR", type=click.Path(path_type=Path), help="Draw works from this offline index."
)
@click.option("--obscure", default=400, show_default=True, type=click.IntRange(0), metavar="N", help="Works to draw.")
@QUIET
@click.option("--seed", default=0, show_default=True, metavar="N", help="Decides which works are drawn.")
@click.option(
    "--to", "target", required=True, metavar="FILE", type=click.Path(path_type=Path), help="Gets the questions."
)
def command(index: Path | None, target: Path, *, obscure: int, seed: int, quiet: int) -> None:
    """Draw works and write the questions."""
    from citations.index.search import Index
    from probes.questions import in_hash_order, write_questions
    from verifier.exam import exam_questions, famous_works, obscure_works

    drawn = obscure_works(Index.open(index).sample(obscure, seed)) if index is not None else ()
    questions = in_hash_order(exam_questions((*famous_works(), *drawn)))
    write_questions(target, questions)
    Console(quiet=quiet).note(
        f"{len(questions)} questions about {len(famous_works())} famous and {len(drawn)} other works"
    )
    print_path(target)
