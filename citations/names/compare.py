"""Two lists of authors: who is paired with whom, and how serious what is left over is.

The severity is monotone: one more wrong author never makes it milder.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from citations.markup import to_ascii
from citations.names.east_asian import is_family
from citations.names.person import Folded, compare_folded, fold
from citations.types import Name, Severity

_COMPATIBLE = 0.7
_DOUBTFUL = 0.75
"""A pair of names that differ, perhaps by a slip: worth a note."""
_FULL_GIVEN = 3
_LONG_LIST = 300
_OTHERS = frozenset({"etal", "others", "al", "andothers"})
_NOBODY = _OTHERS | {"", "anonymous", "anon", "anonymousauthors", "unknown", "noauthor", "na"}


@dataclass(frozen=True, slots=True)
class AuthorsDiff:
    """How two lists of authors differ."""

    severity: Severity | None
    """``None`` if they agree."""
    note: str = ""
    """The gravest differences in words, for the reader."""
    paired: int = 0
    """How many cited authors stand in the record."""
    contradicted: int = 0
    """How many bear another full given name than the registered author of their family name."""
    exchanged: bool = False
    """Whether the only disorder is that people stand in each other's place, which no alphabet explains."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A cited person, the registered one, and how well they fit."""

    cited: int
    registered: int
    score: float


@dataclass(frozen=True, slots=True)
class _Finding:
    """One difference."""

    severity: Severity
    note: str
    exchanged: bool = False


def compare_authors(cited: tuple[Name, ...], registered: tuple[Name, ...], *, et_al: bool = False) -> AuthorsDiff:
    """How the cited authors differ from the registered ones; an empty list on either side is no difference.

    Initials, particles, accents, transliteration, a list cut with ``et al.`` and the place of consortia are none
    either. ``et_al`` belongs to the cited list.

    >>> doe, lee, roe = Name("Doe", "Jane"), Name("Lee", "Bob"), Name("Roe", "Kim")
    >>> compare_authors((doe, roe), (doe, lee)).note
    'Kim Roe is not in the record; Bob Lee is missing'
    """
    if not cited or not registered:
        return AuthorsDiff(None)
    if cited == registered:
        return AuthorsDiff(None, paired=len(cited))
    ours, theirs = _List.of(_rejoined(cited, registered)), _List.of(registered)
    if not (ours.persons or ours.bodies) or not (theirs.persons or theirs.bodies):
        return AuthorsDiff(None)
    if not ours.persons or not theirs.persons:
        return _bodies_only(ours, theirs)
    return _persons(ours, theirs, et_al=et_al or ours.cut)


def _rejoined(cited: tuple[Name, ...], registered: tuple[Name, ...]) -> tuple[Name, ...]:
    """The list with its first name whole again where its comma was taken for the end of a name.

    ``De Raedt, Luc, et al.`` is one person if the record begins with exactly these words.
    """
    if len(cited) < 2 or _words(*cited[:2]) != _words(registered[0]):
        return cited
    return (registered[0], *cited[2:])


def _words(*names: Name) -> list[str]:
    return sorted(re.findall(r"\w+", to_ascii(" ".join(map(str, names))).lower()))


@dataclass(frozen=True, slots=True)
class _List:
    """A list of authors, persons and bodies apart."""

    names: tuple[Name, ...]
    persons: tuple[Folded, ...]
    bodies: tuple[Folded, ...]
    cut: bool
    """One of the names is no name but ``et al.``."""

    @classmethod
    def of(cls, names: Iterable[Name]) -> _List:
        """Fold the names; a repeated full name counts once, repeated initials may be two persons."""
        listed = tuple(names)[:_LONG_LIST]
        unique = [name for i, name in enumerate(listed) if name not in listed[:i] or len(name.given.strip(".")) < 4]
        folded = [fold(name) for name in unique]
        cut = any(each.core in _OTHERS for each in folded)
        known = [(name, each) for name, each in zip(unique, folded, strict=True) if each.core not in _NOBODY]
        persons = [(name, each) for name, each in known if not each.body]
        return cls(
            tuple(name for name, _ in persons),
            tuple(each for _, each in persons),
            tuple(each for _, each in known if each.body),
            cut,
        )


def _bodies_only(cited: _List, registered: _List) -> AuthorsDiff:
    """At least one side names institutions alone: names of institutions vary too much to accuse anybody."""
    if any(compare_folded(a, b) for a in cited.bodies for b in registered.bodies):
        return AuthorsDiff(None, paired=len(cited.bodies))
    if cited.bodies and registered.bodies:
        return AuthorsDiff(Severity.MINOR, "another institution is registered as author")
    who = "an institution is cited, the record names persons" if cited.bodies else "the record names an institution"
    crossed = any(
        _mononym(a, b) for a in (*cited.bodies, *cited.persons) for b in (*registered.bodies, *registered.persons)
    )
    return AuthorsDiff(None, paired=1) if crossed else AuthorsDiff(Severity.MINOR, who)


def _mononym(a: Folded, b: Folded) -> bool:
    """A single word that one side took for an institution and the other for a name."""
    return bool(a.core) and "".join((*a.given, *a.family)) == "".join((*b.given, *b.family))


def _persons(cited: _List, registered: _List, *, et_al: bool) -> AuthorsDiff:
    pairs = _in_place(cited, registered) or _align(cited, registered)
    pairs = _with_renamed(cited, registered, pairs)
    left_cited = _left(cited, (pair.cited for pair in pairs))
    left_registered = _left(registered, (pair.registered for pair in pairs))
    if left_cited and _cut_elsewhere(cited, registered):
        findings = [_Finding(Severity.COSMETIC, "names are divided in another way")]
    else:
        findings = [
            *_invented(cited, registered, left_cited, pairs),
            *_missing(registered, left_registered, et_al=et_al, wrong=bool(left_cited)),
            *_order(cited, registered, pairs),
            *_given_names(cited, registered, pairs),
        ]
    findings.extend(_consortia(cited, registered))
    worst = max((finding.severity for finding in findings), key=lambda each: each.rank, default=None)
    ranked = sorted(findings, key=lambda finding: -finding.severity.rank)
    paired = sum(pair.score > 0.3 for pair in pairs)
    contradicted = sum(
        _contradicts(cited.persons[p.cited], registered.persons[p.registered], registered) for p in pairs
    )
    note = "; ".join(dict.fromkeys(finding.note for finding in ranked))
    return AuthorsDiff(worst, note, paired, contradicted, any(finding.exchanged for finding in findings))


def _in_place(cited: _List, registered: _List) -> list[_Pair]:
    """Pairs by position if that explains every cited person, else nothing."""
    if len(cited.persons) > len(registered.persons):
        return []
    pairs = []
    for i, (a, b) in enumerate(zip(cited.persons, registered.persons, strict=False)):
        score = compare_folded(a, b)
        if score < _COMPATIBLE:
            return []
        pairs.append(_Pair(i, i, score))
    return pairs


def _align(cited: _List, registered: _List) -> list[_Pair]:
    """The best pairs first, each person once; equal fits prefer the nearer place."""
    window = _LONG_LIST if len(cited.persons) * len(registered.persons) < 4000 else 10
    scored = [
        _Pair(i, j, score)
        for i, a in enumerate(cited.persons)
        for j, b in enumerate(registered.persons)
        if (abs(i - j) < window or a.core == b.core) and (score := compare_folded(a, b))
    ]
    scored.sort(key=lambda pair: (-pair.score, abs(pair.cited - pair.registered)))
    pairs: list[_Pair] = []
    used_cited: set[int] = set()
    used_registered: set[int] = set()
    for pair in scored:
        if pair.cited not in used_cited and pair.registered not in used_registered:
            pairs.append(pair)
            used_cited.add(pair.cited)
            used_registered.add(pair.registered)
    return sorted(pairs, key=lambda pair: pair.cited)


def _with_renamed(cited: _List, registered: _List, pairs: list[_Pair]) -> list[_Pair]:
    """The pairs, with the only person left over if she bears the full given name of the one in her place.

    People marry; Korean and Chinese women keep their names.
    """
    left = _left(cited, (pair.cited for pair in pairs))
    if len(left) != 1 or not pairs or left[0] not in _left(registered, (pair.registered for pair in pairs)):
        return pairs
    a, b = cited.persons[left[0]], registered.persons[left[0]]
    given = min(len("".join(each.given[:1])) for each in (a, b)) >= _FULL_GIVEN
    if not given or a.given[0] != b.given[0] or is_family(a.core) or is_family(b.core):
        return pairs
    return sorted([*pairs, _Pair(left[0], left[0], _DOUBTFUL)], key=lambda pair: pair.cited)


def _left(names: _List, paired: Iterable[int]) -> list[int]:
    taken = set(paired)
    return [i for i in range(len(names.persons)) if i not in taken]


def _cut_elsewhere(cited: _List, registered: _List) -> bool:
    """Whether both lists are made of the same words: names were divided in another way, nobody was invented."""
    pool = Counter(word for each in registered.persons for word in (*each.family, *each.given))
    words = [word for each in cited.persons for word in (*each.family, *each.given) if len(word) > 1]
    for word in words:
        part = word if pool[word] else word[0]
        if not pool[part]:
            return False
        pool[part] -= 1
    return bool(words) and not any(pool[word] for each in registered.persons for word in each.family)


def _invented(cited: _List, registered: _List, left: Sequence[int], pairs: Sequence[_Pair]) -> Iterator[_Finding]:
    """Cited persons whom the record does not hold."""
    if not left:
        return
    if registered.cut:
        yield _Finding(Severity.COSMETIC, "the record's list is cut")
        return
    if len(registered.persons) == 1 and pairs and pairs[0].cited == 0 and pairs[0].score >= _COMPATIBLE:
        # Aggregators cut the list of some works to the first author.
        yield _Finding(Severity.MINOR, "the record lists only the first author")
        return
    if len(left) == len(cited.persons):
        yield _Finding(Severity.MAJOR, "none of the cited authors is in the record")
        return
    names = ", ".join(str(cited.names[i]) for i in left[:3]) + (", ..." if len(left) > 3 else "")
    yield _Finding(Severity.MAJOR, f"{names} {'is' if len(left) == 1 else 'are'} not in the record")


def _missing(registered: _List, left: Sequence[int], *, et_al: bool, wrong: bool) -> Iterator[_Finding]:
    """Registered persons who are not cited."""
    if not left or len(left) == len(registered.persons):
        return
    kept = len(registered.persons) - len(left)
    tail = left[0] == kept
    if et_al and tail:
        return
    names = _named(registered, left)
    if 0 in left and not wrong:
        # Old records list the communicating editor; nobody can tell which of two names is the extra one.
        severity = Severity.MAJOR if len(registered.persons) > 2 else Severity.MINOR
        yield _Finding(severity, names if len(left) > 3 else f"first author missing: {names}")
    elif et_al:
        yield _Finding(Severity.COSMETIC, names)
    elif kept < min(3, len(registered.persons) / 4):
        yield _Finding(Severity.MAJOR, f"only {kept} of {len(registered.persons)} authors and no et al.")
    else:
        shortened = tail and len(left) > 1
        yield _Finding(Severity.MINOR, "list shortened without et al." if shortened else names)


def _named(registered: _List, left: Sequence[int]) -> str:
    if len(left) > 3:
        return f"{len(left)} of {len(registered.persons)} authors are missing"
    verb = "is" if len(left) == 1 else "are"
    return f"{', '.join(str(registered.names[i]) for i in left)} {verb} missing"


def _order(cited: _List, registered: _List, pairs: Sequence[_Pair]) -> Iterator[_Finding]:
    """Authors in another order than registered."""
    places = [pair.registered for pair in pairs]
    if places == sorted(places):
        return
    if _alphabetical(cited) or _alphabetical(registered):
        # Three names are in alphabetical order by chance once in six times, four once in 24.
        severity = Severity.COSMETIC if len(registered.persons) > 3 else Severity.MINOR
        yield _Finding(severity, "the order differs, one list is alphabetical")
        return
    first_moved = pairs[0].cited == 0 and pairs[0].registered != min(places)
    ranks = [sorted(places).index(place) for place in places]
    moved = [position for position, rank in enumerate(ranks) if position != rank]
    note = "authors are in another order"
    if len(moved) == 2:
        note = f"authors {pairs[moved[0]].cited + 1} and {pairs[moved[1]].cited + 1} are exchanged"
    # Versions of a paper turn whole lists round; who copies a list wrongly exchanges people.
    exchanged = all(ranks[ranks[position]] == position for position in moved)
    yield _Finding(Severity.MAJOR if first_moved else Severity.MINOR, note, exchanged=exchanged)


def _alphabetical(names: _List) -> bool:
    """Whether the list is sorted by family name; two names are too few to tell."""
    families = [person.core for person in names.persons]
    return len(families) > 2 and families == sorted(families)


def _given_names(cited: _List, registered: _List, pairs: Sequence[_Pair]) -> Iterator[_Finding]:
    """Persons whose family name agrees and whose given name does not, and misspelt ones."""
    wrong = [pair for pair in pairs if pair.score < _COMPATIBLE]
    weight = sum(0.75 if pair.score < 0.3 else 0.5 for pair in wrong if pair.score != 0.5)
    # Of 11,915 papers in arXiv and DBLP, 82 differ in one given name like this and none in two.
    many = weight >= len(cited.persons) / 2 or sum(pair.score != 0.5 for pair in wrong) > 1
    severity = Severity.MAJOR if many else Severity.MINOR
    for pair in wrong:
        a, b = cited.names[pair.cited], registered.names[pair.registered]
        if pair.score == 0.5:
            yield _Finding(Severity.COSMETIC, "names in different scripts, not compared")
        else:
            yield _Finding(severity, f"{a} is registered as {b}")
    for pair in pairs:
        if pair.score == _DOUBTFUL:
            a, b = cited.names[pair.cited], registered.names[pair.registered]
            yield _Finding(Severity.MINOR, f"{a} is registered as {b}")


def _contradicts(a: Folded, b: Folded, registered: _List) -> bool:
    """Whether two persons of one family name have given names in full that cannot be one person's.

    A cited given name that is somebody's family name comes from a list that was cut wrongly.
    """
    if a.core != b.core or not a.given or not b.given or min(len(a.given[0]), len(b.given[0])) < 2:
        return False
    return compare_folded(a, b) < _COMPATIBLE and all(a.given[0] != each.core for each in registered.persons)


def _consortia(cited: _List, registered: _List) -> Iterator[_Finding]:
    """Consortia that stand on one side only."""
    if cited.bodies and not any(compare_folded(a, b) for a in cited.bodies for b in registered.bodies):
        yield _Finding(Severity.COSMETIC, "the record does not name the institution")
    elif registered.bodies and not cited.bodies:
        yield _Finding(Severity.COSMETIC, "consortium left out")
