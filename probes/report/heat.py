"""A text with a colour behind each token that a probe finds doubtful, for the terminal and for a page; nothing else is drawn."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from probes.printable import printable

SHOWN_FROM = 0.4
"""Risks below this have no colour: most tokens are fine, and a page that is coloured all over says nothing."""
_STEPS = (
    (0.85, "#7f1d1d", "white"),
    (0.7, "#b45309", "white"),
    (0.55, "#fbbf24", "black"),
    (SHOWN_FROM, "#fef3c7", "black"),
)
"""From which risk on which background and text colour; dark letters on light and light ones on dark, on any terminal."""

STYLE = """\
.heat{white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.9}
.heat span{border-radius:3px;background:rgb(220 60 30/calc(var(--risk)*75%));cursor:help}
.heat .over{text-decoration:underline 2px;text-underline-offset:3px}
.heat .plain{background:none}"""
"""What a page needs in a ``<style>`` for ``heat_html``."""


@dataclass(frozen=True, slots=True)
class HeatToken:
    """One token of a text and what is known of it."""

    text: str
    risk: float | None
    """Between 0 and 1; ``None`` where the probe has no score."""
    logprob: float | None = None
    neurons: tuple[str, ...] = ()
    """Those that spoke loudest, as ``layer:index`` with what each added."""


def heat_text(tokens: Sequence[HeatToken], threshold: float | None = None) -> Text:
    """The text for a terminal: doubtful tokens have a background, those above the threshold are underlined.

    Control characters of the text reach no terminal.
    """
    shown = Text()
    for token in tokens:
        risk = token.risk if token.risk is not None else 0.0
        over = threshold is not None and risk > threshold
        shown.append(printable(token.text), _style(risk, over=over))
    return shown


def heat_html(tokens: Sequence[HeatToken], threshold: float | None = None) -> str:
    """The text as a ``<div class="heat">``; the pointer over a token shows its risk, log probability and neurons."""
    spans = [_span(token, threshold) for token in tokens]
    return f'<div class="heat">{"".join(spans)}</div>'


def _span(token: HeatToken, threshold: float | None) -> str:
    known = token.risk is not None
    risk = token.risk if token.risk is not None else 0.0
    classes = [
        name
        for name, holds in (("over", threshold is not None and risk > threshold), ("plain", risk < SHOWN_FROM))
        if holds
    ]
    told = [f"risk {risk:.2f}" if known else "no score"]
    told += [f"logprob {token.logprob:.2f}"] if token.logprob is not None else []
    told += [f"neurons {', '.join(token.neurons)}"] if token.neurons else []
    kind = f' class="{" ".join(classes)}"' if classes else ""
    title = html.escape(" | ".join(told), quote=True)
    return f'<span{kind} style="--risk:{risk:.2f}" title="{title}">{html.escape(printable(token.text))}</span>'


def _style(risk: float, *, over: bool) -> Style:
    for least, background, letters in _STEPS:
        if risk >= least:
            return Style(color=letters, bgcolor=background, underline=over)
    return Style(underline=over)
