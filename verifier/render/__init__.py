"""The output formats: a table of lazy ``module:Class``, so that a format costs nothing until it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from verifier.render.interface import Renderer, StreamRenderer

RENDERERS = {
    "bibtex": "verifier.render.bibtex:BibtexRenderer",
    "csv": "verifier.render.csv:CsvRenderer",
    "html": "verifier.render.html:HtmlRenderer",
    "json": "verifier.render.json:JsonRenderer",
    "jsonl": "verifier.render.json:JsonlRenderer",
    "junit": "verifier.render.junit:JunitRenderer",
    "markdown": "verifier.render.markdown:MarkdownRenderer",
    "sarif": "verifier.render.sarif:SarifRenderer",
    "text": "verifier.render.terminal:TextRenderer",
}
"""Format names and where they are made."""
STREAMED = frozenset({"csv", "jsonl", "text"})
"""Formats whose references can be written one by one, before the report is whole."""


def load_renderer(name: str) -> Renderer:
    """The renderer of a format; raises ``KeyError`` for a name that is not in the table."""
    module, _, attribute = RENDERERS[name].partition(":")
    return cast("Renderer", getattr(import_module(module), attribute)())


def load_stream_renderer(name: str) -> StreamRenderer | None:
    """The renderer of a format whose references can be written one by one; ``None`` for the others."""
    return cast("StreamRenderer", load_renderer(name)) if name in STREAMED else None
