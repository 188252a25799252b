"""How a cited title fits the titles of a record, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from rapidfuzz.distance import Levenshtein, Prefix

from citations.match.damage import misread
from citations.match.formula import same_formula
from citations.match.numbering import is_later_part, other_way, without_footnote
from citations.match.printed import Printed
from citations.match.review import is_marked, reviewed_title
from citations.titles import (
    american,
    is_generic,
    main_title,
    number,
    number_before,
    number_of,
    plain,
    strip_both,
    strip_labels,
    title_key,
    title_keys,
    title_similarity,
)
from citations.types import Fields, Severity, Work

_ARTICLES = frozenset({"a", "an", "the"})
_ROMAN = re.compile(r"[ivx]{1,5}")
NOTICE = re.compile(
    r"^\W*(?:retract(?:ed|ion)|withdrawn|withdrawal)(?:\s+(?:article|paper|notice|note))?(?:\s+(?:to|of|for))?\s*[:\]).–—-]\s*",
    re.IGNORECASE,
)
"""What publishers put before the title of a work that was taken back, and of the notice about it."""
_SHORTEST_CUT = 8
_SAME_PLACE = 0.6
"""A title read out of the string that resembles the found one less was read somewhere else in it."""
_SENTENCE_END = re.compile(r"[.?!,;]\s+")
_CUT_SIMILARITY = 0.8
_NAMING_WORDS = 4
_LITTLE_WORD = 3
_OTHER_WORK_WORDS = (
    "part volume supplement supplementary supplemental appendix addendum comment comments commentary correction "
    "corrections corrigendum erratum errata reply response rejoinder discussion review revisited survey tutorial "
    "retraction retracted withdrawn demo poster companion sequel continued"
)
_OTHER_WORK = frozenset(_OTHER_WORK_WORDS.split())
"""Words in front of or behind the title of one work that make it the title of another."""
_NEGATIONS = frozenset({"no", "not", "non", "never", "without"})
_BREAKS = re.compile(r"[\s\-‐‑–—/]+")
_LIGATURE_LETTERS = str.maketrans("", "", "fil")
_LANGUAGES = {
    "english": "the of and for with from in on to by an is are how what using towards between its under at",
    "german": "der die das und von zur zum des im in fur uber mit auf ein eine einer bei aus den dem unter",
    "french": "le la les de du des et en pour sur dans une un au aux par avec chez",
    "spanish": "el la los las de del y en para por con una un al sobre como",
    "italian": "il lo la gli di del della dei delle e nel nella per con una un sul sulla",
    "portuguese": "o a os as de do da dos das e em no na para por com uma um sobre",
    "dutch": "de het een van en in voor met op door bij uit aan over der",
    "polish": "w z na i do o dla przez oraz od po pod",
}
_SMALL_WORDS = {name: frozenset(text.split()) for name, text in _LANGUAGES.items()}
"""Words that give a language away."""
_SPELLINGS = (("ae", "e"), ("oe", "e"), ("ae", "a"), ("oe", "o"), ("ue", "u"))
_LABEL = "the same but for a label, such as its number in a series or the note of a reprint"
CITED_SHORT = "cited without its subtitle"
RECORD_SHORT = "the record has no subtitle"
"""Note where the citation has one: records lose subtitles, and writers invent them."""


@dataclass(frozen=True, slots=True)
class TitleFit:
    """How well a title fits; ``similarity`` is ``None`` where one side has no title."""

    similarity: float | None
    severity: Severity | None = None
    """``None`` where they agree."""
    note: str = ""
    cited: str = ""
    """The words that were compared, which may be a stretch of the printed string."""
    registered: str = ""
    kept: float = 1.0
    """Share of words that both have."""
    other_numbers: bool = False
    """They differ in a number: ``Part II`` against ``Part III``."""
    other_words: bool = False
    """A word stands for another one, or a "not" was added: more than words that got lost."""
    elsewhere: bool = False
    """It stands in the printed string, but not where the title was read: it may be the volume's."""
    shortened: bool = False
    """One of them has no subtitle."""
    other_language: bool = False
    """The two are written in different languages or scripts."""
    cut_short: bool = False
    """What is cited is a stretch of whole words of the registered title: the same work, if the rest agrees."""

    @property
    def agrees(self) -> bool:
        """Whether this can be the same title, give or take a slip of the pen."""
        return self.similarity is not None and self.severity is not Severity.MAJOR


NOTHING = TitleFit(None)


def fit_title(cited: Fields, work: Work, text: Printed | None) -> TitleFit:
    """The best fit between the cited title (or the printed string) and the record's titles."""
    named = (work.fields.title, *work.other_titles)
    titles = [title for title in (*named, *(NOTICE.sub("", title, count=1) for title in named)) if title_key(title)]
    if not titles or not (cited.title or text):
        return NOTHING
    pairs = [(cited.title, title) for title in dict.fromkeys(titles)]
    if is_marked(cited.title) and reviewed_title(cited.title):  # each registry titles reviews in its own way
        pairs += [(reviewed_title(cited.title), reviewed_title(title)) for title in titles if reviewed_title(title)]
    best = NOTHING
    for wanted, title in pairs:
        fit = _fit(wanted, title, text)
        if fit.similarity is not None and _better(fit, best):
            best = fit
        if best.severity is None and best.similarity == 1.0:
            break
    return best


def is_cut(fit: TitleFit) -> bool:
    """Whether the registered title breaks off: registries lose what follows a formula or an italic name."""
    cited, registered = title_key(fit.cited), title_key(fit.registered)
    same = Prefix.similarity(cited, registered)
    return len(registered) < len(cited) and same >= max(_SHORTEST_CUT, 0.6 * len(registered))


def _better(fit: TitleFit, best: TitleFit) -> bool:
    return best.similarity is None or (_rank(fit), -(fit.similarity or 0)) < (_rank(best), -best.similarity)


def _rank(fit: TitleFit) -> int:
    return -1 if fit.severity is None else fit.severity.rank


def _fit(cited: str, registered: str, text: Printed | None) -> TitleFit:
    if cited and title_key(cited) == title_key(registered):
        return TitleFit(1.0, None, "", cited, registered)
    if cited and is_later_part(plain(cited), plain(registered)):
        text = None
    if text is not None and text.holds(registered):
        return replace(TitleFit(1.0, None, "", registered, registered), elsewhere=_elsewhere(cited, registered))
    note = _label_or_subtitle(cited, registered) if cited else ""
    if note:
        return TitleFit(0.98, Severity.COSMETIC, note, cited, registered, shortened=note != _LABEL)
    note = _printed_without(text, cited, registered) if text is not None else ""
    if note:
        found = TitleFit(0.98, Severity.COSMETIC, note, registered, registered, shortened=note != _LABEL)
        return replace(found, elsewhere=_elsewhere(cited, registered))
    fit = _by_words(cited, registered) if cited else NOTHING
    if text is not None and not fit.cut_short and (fit.similarity is None or fit.severity is Severity.MAJOR):
        stretch = text.nearest(registered)
        if stretch:
            other = replace(_by_stretch(stretch, registered), elsewhere=_elsewhere(cited, registered))
            fit = other if _better(other, fit) else fit
    return fit


def _by_stretch(stretch: str, registered: str) -> TitleFit:
    """Compare a stretch of the printed string, or the sentence in it that is the beginning of the title."""
    sentences = (_by_words(sentence, registered) for sentence in _SENTENCE_END.split(stretch))
    return next((fit for fit in sentences if fit.cut_short), None) or _by_words(stretch, registered)


def _printed_without(text: Printed, cited: str, registered: str) -> str:
    """What the printed string leaves out of the title that it holds, empty if it does not hold it."""
    bare = strip_labels(registered)
    if bare != plain(registered) and not is_generic(bare) and text.holds(bare):
        mine, yours = {number_of(cited), number_before(text.before(bare))} - {None}, number_of(registered)
        return _LABEL if yours is None or mine <= {yours} else ""
    main = main_title(bare)
    return CITED_SHORT if main and not is_generic(main) and text.holds(main, with_subtitle=False) else ""


def _elsewhere(cited: str, registered: str) -> bool:
    """Whether a title found in the printed string is not the one that was read out of it, nor the beginning of that."""
    if not cited:
        return False
    apart = _by_words(cited, registered).similarity or 0.0
    return not title_key(cited).startswith(title_key(registered)) and apart < _SAME_PLACE


def _label_or_subtitle(cited: str, registered: str) -> str:
    """What the two differ in if it is nothing but a label or a subtitle; two different subtitles, or numbers, never count."""
    ours, theirs = strip_both(cited, registered)
    if title_key(ours) == title_key(theirs):
        return _LABEL
    if title_key(cited) in title_keys(registered) or title_key(ours) in title_keys(theirs):
        return CITED_SHORT
    short = {title_key(registered), title_key(theirs)} & {*title_keys(cited), *title_keys(ours)}
    return RECORD_SHORT if short and not is_later_part(plain(cited), plain(registered)) else ""


@lru_cache(maxsize=4096)
def _by_words(cited: str, registered: str) -> TitleFit:
    """Compare two titles that are not equal."""
    if misread(cited, registered):
        return TitleFit(0.99, Severity.COSMETIC, "letters misread", cited, registered)
    similarity = title_similarity(cited, registered)
    ours, theirs = map(words, strip_both(cited, registered))
    if without_footnote(ours) == without_footnote(theirs):
        return TitleFit(0.99, Severity.COSMETIC, "a footnote mark", cited, registered)
    longest = max(len(ours), len(theirs), 1)
    foreign = _other_language(cited, registered, ours, theirs)
    cut = _cut_short(ours, theirs)
    if cut:
        similarity = max(similarity, _CUT_SIMILARITY)
    elif similarity < 0.4:
        kept = _overlap(ours, theirs)
        return TitleFit(similarity, Severity.MAJOR, "another title", cited, registered, kept, other_language=foreign)
    worst: Severity | None = None
    notes: list[str] = []
    changed = 0
    numbers = swapped = False
    for mine, yours in _changes(_once(ours), _once(theirs)):
        severity, note = _severity(mine, yours)
        numbers = numbers or (severity is not Severity.COSMETIC and _other_numbers(mine, yours))
        if severity is not None:
            changed += max(len(mine), len(yours))
            swapped = swapped or (severity is Severity.MAJOR and _swapped(mine, yours))
            notes.append(note)
            worst = severity if worst is None or severity.rank > worst.rank else worst
    kept = max(1 - changed / longest, 0.0)
    if not cut:
        similarity = min(similarity, 0.35 + 0.65 * kept)  # titles without a common word are not alike
    foreign = foreign and worst is Severity.MAJOR
    note = "; ".join(notes[:3])
    fit = TitleFit(similarity, worst, note, cited, registered, kept, numbers, swapped, other_language=foreign)
    return replace(fit, cut_short=cut and worst is Severity.MAJOR)


def _cut_short(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether the first are a stretch of the second, long enough to name the work.

    A number or a word like "correction" that was left out makes it another work.
    """
    key, whole = "".join(ours), "".join(theirs)
    if len(ours) >= len(theirs) or sum(len(word) > _LITTLE_WORD for word in ours) < _NAMING_WORDS:
        return False
    ends = [0, *accumulate(map(len, theirs))]
    start = next((at for at in ends if whole.startswith(key, at) and at + len(key) in ends), -1)
    if start < 0:
        return False
    left_out = [*theirs[: ends.index(start)], *theirs[ends.index(start + len(key)) :]]
    return not any(word.isdigit() or _ROMAN.fullmatch(word) or word in _OTHER_WORK for word in left_out)


def _other_language(cited: str, registered: str, ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether the two differ in script, or in the small words that give a language away."""
    if _latin(cited) != _latin(registered):
        return True
    a, b = _languages(ours), _languages(theirs)
    return bool(a and b) and not a & b


def _latin(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    return sum(ord(sign) < 0x250 for sign in letters) * 2 >= len(letters)


def _languages(title: tuple[str, ...]) -> set[str]:
    """The languages whose small words occur most: "in" alone may be of any of four."""
    counts = {name: len(small.intersection(title)) for name, small in _SMALL_WORDS.items()}
    most = max(counts.values())
    return {name for name, count in counts.items() if count == most} if most else set()


def _once(title: tuple[str, ...]) -> tuple[str, ...]:
    """Without words that were set twice by mistake: "in the in the"."""
    for length in (3, 2, 1):
        for at in range(len(title) - 2 * length, -1, -1):
            if title[at : at + length] == title[at + length : at + 2 * length]:
                title = title[: at + length] + title[at + 2 * length :]
    return title


def _changes(ours: tuple[str, ...], theirs: tuple[str, ...]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The stretches that differ; word by word where both have the same number, so that each slip stands alone."""
    stretches: list[list[int]] = []
    for step in Levenshtein.opcodes(ours, theirs):
        if step.tag == "equal":
            continue
        if stretches and stretches[-1][1] == step.src_start and stretches[-1][3] == step.dest_start:
            stretches[-1][1], stretches[-1][3] = step.src_end, step.dest_end
        else:
            stretches.append([step.src_start, step.src_end, step.dest_start, step.dest_end])
    changes: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for a, b, c, d in stretches:
        mine, yours = ours[a:b], theirs[c:d]
        if "".join(mine) != "".join(yours) and len(mine) == len(yours) and other_way(mine, yours) is None:
            changes += [((x,), (y,)) for x, y in zip(mine, yours, strict=True) if x != y]
        else:
            changes.append((mine, yours))
    return changes


def _overlap(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    return len(set(ours) & set(theirs)) / max(len(ours), len(theirs), 1)


def words(title: str) -> tuple[str, ...]:
    """The folded words of a title, hyphenated ones in their parts."""
    return tuple(key for key in map(title_key, _BREAKS.split(plain(title))) if key)


def _severity(mine: tuple[str, ...], yours: tuple[str, ...]) -> tuple[Severity | None, str]:
    a, b = "".join(mine), "".join(yours)
    said = _said(" ".join(mine), " ".join(yours))
    if a == b or a.translate(_LIGATURE_LETTERS) == b.translate(_LIGATURE_LETTERS) != "":
        return (None, "") if a == b else (Severity.COSMETIC, "letters lost in typesetting")
    if _same_spelling(a, b) or "".join(map(american, mine)) == "".join(map(american, yours)):
        return Severity.COSMETIC, "another spelling of the same word"
    another = other_way(mine, yours)
    if another is not None:
        return another, f"{said} (another way of writing it)"
    if set(mine) | set(yours) <= _ARTICLES:
        return Severity.MINOR, f"{said} (article)"
    if _is_number(a) or _is_number(b):
        return Severity.MAJOR, said
    allowed = 2 if min(len(a), len(b)) >= 8 else 1
    if min(len(a), len(b)) >= 4 and Levenshtein.distance(a, b, score_cutoff=allowed) <= allowed:
        return Severity.MINOR, f"{said} (spelling)"
    return Severity.MAJOR, said


def denies(fit: TitleFit) -> bool:
    """Whether only one of the two titles says "no" or "not"."""
    return not _NEGATIONS.isdisjoint(set(words(fit.cited)) ^ set(words(fit.registered)))


def _swapped(mine: tuple[str, ...], yours: tuple[str, ...]) -> bool:
    telling = any(len(word) > _LITTLE_WORD for word in (*mine, *yours))
    return bool(mine and yours and telling) or bool(_NEGATIONS.intersection(mine or yours))


def _said(mine: str, yours: str) -> str:
    if not mine:
        return f'"{yours}" left out'
    return f'"{mine}" for "{yours}"' if yours else f'"{mine}" added'


def _same_spelling(a: str, b: str) -> bool:
    if misread(a, b) or same_formula(a, b):
        return True
    return any(a.replace(british, american) == b.replace(british, american) for british, american in _SPELLINGS)


def _is_number(word: str) -> bool:
    return any(sign.isdigit() for sign in word) or bool(_ROMAN.fullmatch(word)) or number(word) is not None


def _other_numbers(mine: tuple[str, ...], yours: tuple[str, ...]) -> bool:
    ours, theirs = ([value for word in side if (value := number(word)) is not None] for side in (mine, yours))
    letters = [re.sub(r"\d", "", "".join(side)) for side in (mine, yours)]
    return ours != theirs or (mine != yours and letters[0] == letters[1] != "")  # "llama2" for "llama3"
