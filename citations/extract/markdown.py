"""Takes the markup out of one Markdown or reStructuredText entry."""

from __future__ import annotations

import re

LINK = re.compile(
    r"!?\[([^\[\]]{0,500})\]\(\s*<?([^()<>\s]{0,500}(?:\([^()\s]{0,100}\)[^()<>\s]{0,300})?)>?(?:\s+\"[^\"]{0,200}\")?\s*\)"
)
AUTOLINK = re.compile(r"<((?:https?://|doi:|mailto:)[^<>\s]{1,500})>")
EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,400}(?:\n[^*_\n]{1,400})?)(?<=\S)\1(?![\w*])")
CODE = re.compile(r"`+([^`\n]{1,300})`+")
STRIKE = re.compile(r"~~([^~\n]{1,300})~~")
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!&~<>$^])")
LABEL = re.compile(r"^\s*(?:>\s*)*(?:[-*+•]\s+)?(?:\.\.\s+)?(?:\[\^[^\]\s]{1,40}\]:\s*)?")
TAG = re.compile(r"</?(?:i|b|em|strong|sup|sub|a|span|p|br|li|u|small)\b[^<>]{0,300}>", re.IGNORECASE)


def plain_markdown(raw: str) -> str:
    """The words of an entry: link targets kept beside their text, emphasis, tags and bullets gone.

    >>> plain_markdown("- Smith, J. *A title*. [Journal](https://doi.org/10.1000/x).")
    'Smith, J. A title. Journal https://doi.org/10.1000/x.'
    """
    text = LABEL.sub("", raw, count=1)
    text = LINK.sub(_link, text)
    text = AUTOLINK.sub(r"\1", text)
    text = TAG.sub("", text)
    for pattern, group in ((CODE, 1), (STRIKE, 1), (EMPHASIS, 2), (EMPHASIS, 2)):
        text = pattern.sub(rf"\{group}", text)
    return ESCAPE.sub(r"\1", text)


def _link(match: re.Match[str]) -> str:
    """Text and target of a link, once where both say the same."""
    words, target = match[1].strip(), match[2]
    bare = target.split("://")[-1].rstrip("/").removeprefix("doi.org/").removeprefix("dx.doi.org/")
    return words if not target or bare in words or target.startswith("#") else f"{words} {target}"
