"""LaTeX source as characters: what TeX would not read is blanked in place, arguments are found by their braces."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_JOINT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*)?")
_VERBATIM = re.compile(
    r"\\begin\s*\{(verbatim|Verbatim|lstlisting|minted|comment|filecontents|tcblisting)(\*?)\}"
    r"(.*?)(?:\\end\s*\{\1\2\}|\Z)",
    re.DOTALL,
)
_VERB = re.compile(r"\\(?:verb|lstinline)\*?([^\sA-Za-z0-9*{\[])[^\n]{0,2000}?\1")
_CONDITION = re.compile(
    r"\\(?:(?P<end>fi)|(?P<other>else)|(?P<never>iffalse)|(?P<begin>if(?!f(?![A-Za-z@]))[A-Za-z@]*+(?!\s*\{)))(?![A-Za-z@])"
)
"""What TeX counts while it skips; ``\\iff`` and macros with arguments (``\\ifthenelse{...}``) begin nothing."""
_END = re.compile(r"\\(?:end\s*\{document\}|endinput(?![A-Za-z])).*\Z", re.DOTALL)
_VISIBLE = re.compile(r"[^\n]")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACKET = re.compile(r"\\.|[{}\]]", re.DOTALL)
_BLANK = re.compile(r"\s*")


def readable_source(tex: str) -> str:
    """The source with comments, verbatim text and what follows the end blanked; same length, same lines."""
    tex = _VERB.sub(_blank, _VERBATIM.sub(_blank, tex))
    tex = _COMMENT.sub(lambda match: match[1] + " " * (len(match[0]) - len(match[1])), tex)
    return _END.sub(_blank, _replaced(tex, _skipped(tex), lambda skipped: _VISIBLE.sub(" ", skipped)))


def without_comments(tex: str) -> str:
    """The source as TeX joins it: a comment takes its line end and the next line's indent with it."""
    return _JOINT.sub(r"\1", tex) if "%" in tex else tex


def without_skipped(tex: str) -> str:
    r"""The source without ``\iffalse ... \fi``, comment environments and verbatim text; comments stay.

    >>> without_skipped(r"a \iffalse b \ifx c \fi d \else e \fi f")
    'a  e  f'
    """
    if "\\iffalse" not in tex and "\\begin" not in tex:
        return tex
    tex = _VERBATIM.sub("", tex)
    hidden = _COMMENT.sub(lambda match: " " * len(match[0]), tex)
    return _replaced(tex, _skipped(hidden), lambda _: "")


def _skipped(tex: str) -> list[tuple[int, int]]:
    r"""Where TeX skips: from ``\iffalse`` to its ``\else`` or ``\fi``, and the ``\fi`` of an ``\else`` that is read."""
    found: list[tuple[int, int]] = []
    start, depth = -1, 0
    read: list[bool] = []
    for mark in _CONDITION.finditer(tex) if "\\iffalse" in tex else ():
        if start >= 0:
            depth += 1 if mark["begin"] or mark["never"] else -1 if mark["end"] else 0
            if not depth or (depth == 1 and mark["other"]):
                found.append((start, mark.end()))
                start = -1
                if depth:
                    read.append(True)
        elif mark["never"]:
            start, depth = mark.start(), 1
        elif mark["begin"]:
            read.append(False)
        elif mark["end"] and read and read.pop():
            found.append((mark.start(), mark.end()))
    return [*found, (start, len(tex))] if start >= 0 else found


def braced(text: str, position: int, end: int = sys.maxsize) -> tuple[str, int] | None:
    """The argument in braces that begins at ``position`` or behind blanks, and the position behind it."""
    start = _skip_blank(text, position)
    if not text.startswith("{", start):
        return None
    depth = 0
    for mark in _BRACE.finditer(text, start, end):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
            if not depth:
                return text[start + 1 : mark.start()], mark.end()
    return None


def bracketed(text: str, position: int, end: int = sys.maxsize) -> tuple[str, int] | None:
    """The optional argument in brackets that begins at ``position``; brackets inside braces do not end it."""
    start = _skip_blank(text, position)
    if not text.startswith("[", start):
        return None
    depth = 0
    for mark in _BRACKET.finditer(text, start + 1, end):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        elif mark[0] == "]" and depth <= 0:
            return text[start + 1 : mark.start()], mark.end()
    return None


def arguments(text: str, position: int, most: int) -> tuple[tuple[str, ...], int]:
    """Up to ``most`` arguments in braces that follow each other, and the position behind the last."""
    found: list[str] = []
    while len(found) < most and (argument := braced(text, position)) is not None:
        found.append(argument[0])
        position = argument[1]
    return tuple(found), position


def _skip_blank(text: str, position: int) -> int:
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position


def _replaced(tex: str, spans: Sequence[tuple[int, int]], instead: Callable[[str], str]) -> str:
    """The text with something else in place of each span."""
    pieces, position = [], 0
    for start, end in spans:
        pieces += [tex[position:start], instead(tex[start:end])]
        position = end
    return "".join((*pieces, tex[position:]))


def _blank(match: re.Match[str]) -> str:
    return _VISIBLE.sub(" ", match[0])
