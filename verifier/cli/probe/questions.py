"""``verifier probe questions``: questions about works, whose answers label themselves."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.cli.console import Console, print_path
from verifier.cli.options import QUIET, SortedCommand
from verifier.errors import VerifierError

HELP = """Make questions about works: their authors, years, venues and titles, and which there are on a topic.

Works that everybody knows come with the program; beside them stand works drawn at random from an offline index, which a
small model can only guess. With --topics five works are asked for on each of the topics that are commonest in titles of
the index. Collect them with --label works.

\b
verifier probe questions --from-index index --to exam.jsonl
verifier probe collect --model model.gguf --questions exam.jsonl --label works --samples 1 --to run
verifier probe questions --from-index index --topics 100 --only-topics --to topics.jsonl
verifier probe collect --model model.gguf --questions topics.jsonl --label works --index index --samples 1 \\
  --max-tokens 320 --to lists
"""
SEEN = 30_000
"""Works whose titles are looked through for topics."""


@click.command("questions", cls=SortedCommand, help=HELP)
@click.option(
    "--from-index", "index", metavar="DIR", type=click.Path(path_type=Path), help="Draw works from this offline index."
)
@click.option("--obscure", default=400, show_default=True, type=click.IntRange(0), metavar="N", help="Works to draw.")
@click.option("--only-topics", is_flag=True, help="Ask about no single work.")
@QUIET
@click.option("--seed", default=0, show_default=True, metavar="N", help="Decides which works are drawn.")
@click.option(
    "--to", "target", required=True, metavar="FILE", type=click.Path(path_type=Path), help="Gets the questions."
)
@click.option(
    "--topics", default=0, show_default=True, type=click.IntRange(0), metavar="N", help="Topics to ask about."
)
def command(
    index: Path | None, target: Path, *, obscure: int, topics: int, only_topics: bool, seed: int, quiet: int
) -> None:
    """Draw works and topics, and write the questions."""
    if topics and index is None:
        raise VerifierError("topics are taken from an index, and none was named", hint="add --from-index DIR")
    if only_topics and not topics:
        raise VerifierError("--only-topics was given without --topics", hint="say how many: --topics 100")
    from citations.index.search import Index
    from probes.questions import in_hash_order, write_questions
    from verifier.exam import exam_questions, famous_works, obscure_works
    from verifier.exam_lists import topic_questions, topics_of

    opened = Index.open(index) if index is not None else None
    drawn = obscure_works(opened.sample(obscure, seed)) if opened and not only_topics else ()
    known = () if only_topics else famous_works()
    chosen = topics_of(opened.sample(SEEN, seed), topics) if opened and topics else ()
    questions = in_hash_order((*exam_questions((*known, *drawn)), *topic_questions(chosen)))
    if not questions:
        raise VerifierError(
            f"{index} holds too few works for a topic", hint="ask about single works: leave --topics out"
        )
    write_questions(target, questions)
    asked = f"{len(known)} famous and {len(drawn)} other works"
    Console(quiet=quiet).note(
        f"{len(questions)} questions about {asked}" + (f" and {len(chosen)} topics" if topics else "")
    )
    print_path(target)
