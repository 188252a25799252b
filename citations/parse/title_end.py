"""What is printed behind a title and is no part of it: notes in brackets, translators, where it will appear."""

from __future__ import annotations

import re

_NOTE = re.compile(
    r"\s*[(\[](?:(?:(?:in|text in|article in|in the) (?:german|french|english|russian|swedish|spanish|italian|chinese|japanese|korean|turkish|polish|czech|portuguese|dutch|danish)\b"
    r"|abstract(?: only)?[)\]]|with discussion|with comments|unpublished|doctoral|master'?s|ph\.? ?d|dissertation|thesis|doktor\w+|translated|transl?\.|tr\.|trad\.|motion picture"
    r"|dvd|film|video|audio|podcast|tv series|television|computer software|data ?set|online|preprint|blog post|powerpoint|brochure|press release|e-?book|kindle"
    r"|(?:\d+(?:st|nd|rd|th)|second|third|revised|\d+\.?) ?ed(?:ition|\.)?[)\]]|\d+ éd)"
    r"|[^()\[\]]{0,60}\b(?:policy brief|special report|working paper|technical report|research report|issue brief|fact sheet)\b)[^()\[\]]{0,90}(?:[)\]]|$).*$",
    re.IGNORECASE | re.DOTALL,
)
_BEHIND = re.compile(
    r"[.,;”\"]\s*(?:translated (?:by|from)|trans\. |edited (?:by|and)|edited, |trad(?:uit|uction|\.)|sous la direction|herausgegeben|übersetzt|hrsg\.|published by|preprint\b|e-?print\b"
    r"|working paper\b|(?:plenary |invited )?talk (?:at|given)|to appear\b|to be published|submitted to|accepted (?:for|by|in)|has been accepted|in press\b|forthcoming\b|volume \d+ of )"
    r".*$",
    re.IGNORECASE | re.DOTALL,
)
_IN = re.compile(r"\.\s+In:?\s+(?=[A-Z0-9“\"])")
_TYPE_OF_WORK = re.compile(r"\s*\[[JMCDRSP](?:/OL)?\].*$", re.DOTALL)
_ADDRESS = re.compile(r"[\s(\[<.,;]*(?:https?://|www\.).*$", re.DOTALL)
_NO_TITLE = re.compile(
    r"[(\[](?:[\w ,&-]{0,40}collaborations?)[)\].]*$|[(\[]?(?:(?:the )?[\w-]{1,20} collaboration|personal communication|private communication|unpublished(?: data| results)?|in press|in preparation|submitted|to be published|preprint|et al)[)\].]*$",
    re.IGNORECASE,
)
_LEAST = 8


def title_end(title: str) -> str:
    """The title without what is printed behind it; empty if nothing but such a note is left.

    >>> title_end("On the growth of things (in German)"), title_end("On the growth of things, to appear in Nature")
    ('On the growth of things', 'On the growth of things')
    """
    if _NO_TITLE.match(title):
        return ""
    for pattern in (_ADDRESS, _TYPE_OF_WORK, _NOTE, _BEHIND):
        found = pattern.search(title, min(_LEAST, len(title)))
        if found:
            title = title[: found.start()]
    inside = _IN.search(title, min(2 * _LEAST, len(title)))
    return title[: inside.start()] if inside else title
