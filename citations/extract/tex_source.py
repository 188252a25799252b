"""LaTeX source as characters: what TeX would not read is blanked in place, arguments are found by their braces."""

from __future__ import annotations

import re
import sys

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_JOINT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*\n[ \t]*")
_VERBATIM = re.compile(
    r"\\begin\s*\{(verbatim|Verbatim|lstlisting|minted|comment|filecontents|tcblisting)(\*?)\}"
    r"(.*?)(?:\\end\s*\{\1\2\}|\Z)",
    re.DOTALL,
)
_VERB = re.compile(r"\\(?:verb|lstinline)\*?([^\sA-Za-z0-9*{\[])[^\n]*?\1")
_NEVER = re.compile(r"\\iffalse(?![A-Za-z]).*?(?:\\fi(?![A-Za-z])|\Z)", re.DOTALL)
_END = re.compile(r"\\(?:end\s*\{document\}|endinput(?![A-Za-z])).*\Z", re.DOTALL)
_VISIBLE = re.compile(r"[^\n]")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACKET = re.compile(r"\\.|[{}\]]", re.DOTALL)
_BLANK = re.compile(r"\s*")


def readable_source(tex: str) -> str:
    """The source with comments, verbatim text and what follows the end blanked; same length, same lines."""
    tex = _VERB.sub(_blank, _VERBATIM.sub(_blank, tex))
    tex = _COMMENT.sub(lambda match: match[1] + " " * (len(match[0]) - len(match[1])), tex)
    return _END.sub(_blank, _NEVER.sub(_blank, tex))


def without_comments(tex: str) -> str:
    """The source as TeX joins it: a comment takes its line end and the next line's indent with it."""
    return _COMMENT.sub(r"\1", _JOINT.sub(r"\1", tex)) if "%" in tex else tex


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


def _blank(match: re.Match[str]) -> str:
    return _VISIBLE.sub(" ", match[0])
