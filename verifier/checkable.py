"""Whether a sentence asserts something that evidence could bear out or contradict. Pure.

The rules know English best; in other languages questions, headings and fragments are recognised, the rest counts as checkable.
"""

from __future__ import annotations

import re

from verifier.types import NotCheckable

_MARKUP = re.compile(r"^[\s>*_#\"“'(\[-]+|[\s*_\"”')\]]+$")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LINK_WORD = re.compile(
    r"^(?:(?:however|moreover|furthermore|additionally|also|finally|first(?:ly)?|second(?:ly)?|third(?:ly)?|then|next|overall|in summary|in conclusion|in short|but|and|so|"
    r"therefore|thus|for example|for instance|note that|please note that|remember that|keep in mind that|it is (?:important|worth) (?:to note|noting|to remember) that|of course|"
    r"in general|generally|typically|as a result|in addition|to (?:be clear|summarize|sum up)),?\s+)+",
    re.IGNORECASE,
)
_CONVERSATION = re.compile(
    r"^(?:sure|certainly|absolutely|of course|okay|ok|yes|no|hello|hi|hey|dear|thanks?|thank you|welcome|great question|good question|you(?:'|’)re welcome|happy to|glad to|"
    r"i (?:hope|apologi[sz]e|can(?:not|'t|’t)?|could|will|would|do not|don['’]t|am|was|have|understand|recommend|suggest|appreciate)\b|i['’](?:m|ll|d|ve)\b|let me\b|feel free\b|as an? (?:ai|language)|my (?:knowledge|training)|sorry\b|"
    r"here (?:are|is)\b|here['’]s\b|below (?:are|is|you)|the following|these are (?:some|a few)|hope (?:this|that)|if you (?:have|need|want|would)\b|please let me)",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"\b(?:i (?:think|believe|feel|guess|prefer|like|love|doubt)|in (?:my|our) (?:opinion|view|experience)|we (?:think|believe|feel|prefer)|personally|arguably|it seems to me|"
    r"ich (?:glaube|denke|finde)|meiner meinung|je (?:pense|crois)|à mon avis|creo que|en mi opinión)\b",
    re.IGNORECASE,
)
_NORM = re.compile(
    r"\b(?:should|ought to|must-read|must-see|worth (?:reading|seeing|trying|it)|highly recommended?|is recommended reading)\b",
    re.IGNORECASE,
)
_TASTE = re.compile(
    r"\b(?:beautiful|ugly|wonderful|awesome|amazing|delicious|boring|fascinating|inspiring|lovely|terrible|awful|stunning|elegant(?:ly)?|delightful|magnificent|charming)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"^(?:perhaps|maybe|possibly|presumably|conceivably|it (?:is|'s|’s|may be|might be) (?:possible|conceivable|unclear|not clear|unknown|hard to say|difficult to say)|"
    r"vielleicht|möglicherweise|peut-être|quizás?|tal vez)\b|\b(?:might|could (?:perhaps|possibly|conceivably)|may or may not|may (?:perhaps|possibly)|not (?:entirely |quite )?(?:sure|certain))\b",
    re.IGNORECASE,
)
_IMPERATIVES_WORDS = """
    use try consider make ensure check click open run install add remove go see read refer note remember avoid keep take start stop choose select
    ask call visit contact consult follow let please don't don’t do write type enter press create build test review look find think imagine suppose apply
    combine mix stir cook bake pour cut place put get give send save set turn move copy paste download update replace repeat begin become learn practice
    """
_IMPERATIVES = frozenset(_IMPERATIVES_WORDS.split())
_FINITE = re.compile(
    r"\b(?:is|are|was|were|am|be|been|has|have|had|does|do|did|will|would|can|could|may|might|must|shall|should|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|doesn['’]t|don['’]t|didn['’]t|"
    r"can['’]t|cannot|won['’]t|it['’]s|there['’]s|became|becomes|made|makes|won|wrote|led|began|found|show(?:s|ed|n)?|gave|gives|took|takes|saw|sees|said|says|grew|grows|fell|falls|"
    r"rose|rises|[^\W\d_]{3,}(?:ed|es|s))\b",
    re.IGNORECASE,
)
_SECOND_PERSON = re.compile(
    r"^(?:you|we|let['’]s|one) (?:can|could|may|might|should|need|must|will|want|have to)\b", re.IGNORECASE
)
_CAPITAL = re.compile(r"[^\W\d_]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_SHORTEST = 3
"""Words of the shortest sentence that asserts something: ``Water boils easily``."""
_SHORTEST_UNSPACED = 5


def not_checkable(sentence: str, *, cites: bool = False) -> NotCheckable | None:
    """Why a sentence cannot be checked, ``None`` if it can; one that cites a work is no hedge and no opinion.

    >>> not_checkable("Is it true?"), not_checkable("Water boils at 100 degrees Celsius at sea level.")
    (<NotCheckable.QUESTION: 'question'>, None)
    """
    bare = _MARKUP.sub("", sentence)
    if bare.endswith(("?", "？")) or sentence.rstrip('*_ )"”').endswith(("?", "？")):
        return NotCheckable.QUESTION
    if sentence.rstrip("*_ ").endswith((":", "：")):
        return NotCheckable.HEADING
    plain = _LINK_WORD.sub("", bare)
    if _CONVERSATION.match(plain) or _CONVERSATION.match(bare):
        return NotCheckable.CONVERSATION
    if _is_heading(plain, sentence):
        return NotCheckable.HEADING
    if _is_instruction(plain):
        return NotCheckable.INSTRUCTION
    if cites:
        return None
    if _OPINION.search(plain) or _NORM.search(plain) or (_TASTE.search(plain) and not any(map(str.isdigit, plain))):
        return NotCheckable.OPINION
    return NotCheckable.HEDGE if _HEDGE.search(plain) else None


def _is_heading(plain: str, sentence: str) -> bool:
    """Whether too little is said to be an assertion: a label, a title without a verb."""
    if _UNSPACED.search(plain):
        return len(plain) < _SHORTEST_UNSPACED
    words = _WORD.findall(plain)
    if len(words) < _SHORTEST:
        return True
    ended = sentence.rstrip('*_ )]"”').endswith((".", "!", "。", ";"))
    if ended or any(map(str.isdigit, plain)):
        return False
    long_words = [word for word in words if len(word) > 3]
    titled = bool(long_words) and all(word[0].isupper() for word in long_words)
    return titled or (len(words) < 12 and plain.isascii() and not _FINITE.search(plain))


def _is_instruction(plain: str) -> bool:
    first = _WORD.match(plain)
    if first is None:
        return False
    if _SECOND_PERSON.match(plain):
        return True
    word = first[0].casefold()
    if word not in _IMPERATIVES:
        return False
    behind = plain[first.end() :].lstrip()
    second = _WORD.match(behind)
    # "Use of aspirin rose", "Test results are": the word is a noun there
    return second is not None and second[0].casefold() not in {
        "of",
        "is",
        "was",
        "are",
        "were",
        "has",
        "had",
        "results",
        "rates",
    }
