"""Citations in an answer of a language model: lists, sentences, short pointers, BibTeX, identifiers, each found once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from citations.names import family_key
from citations.parse.answer_styles import arranged
from citations.parse.bibtex_block import bibtex_blocks
from citations.parse.blocks import Block, BlockKind, blocks
from citations.parse.fields import marked, parse_fields
from citations.parse.items import Setting, marked_title, setting, title_with_year
from citations.parse.pointers import opens_sentence
from citations.parse.prose import Mention, prose_mentions
from citations.parse.spelt_out import lead
from citations.parse.tables import table_rows
from citations.titles import title_key
from citations.types import Fields

_LONGEST_ITEM = 2_000
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_REMARK = re.compile(
    r"(?:(?<=[\w).\"”*])\*{0,3}\s*[:–—-]\s+|(?<=[\d).])\s+(?:[-*•]\s+)?)(?=(?:This|It|Here|In this|The (?:book|paper|article|study|authors?))\s(?:\w+-\w+\s)?[a-z]"
    r"|(?:Summary|Abstract|Note|Description|Key \w+|Relevance)\W{0,3}:)"
)
_CATEGORY = re.compile(
    r"(?P<mark>\*{0,3})(?:[^\W\d_][\w-]* ){0,3}(?:books?|papers?|articles?|surveys?|reviews?|works?|study|studies|textbooks?|references?|readings?|sources?|thes[ei]s|"
    r"reports?|preprints?|monographs?|chapters?|classics?)(?::(?P=mark):?|(?P=mark)\s?[:–—])\s+(?=\S)",
    re.IGNORECASE,
)
"""What sort of work an item names, in front of it: ``**Books**: Roe, A. (2001).``"""
_STARTS_LIKE_REFERENCE = re.compile(
    r"[\W_]{0,3}(?:(?:van |von |de |den |der |la |le |di |da ){0,2}[^\W\d_a-zß-ÿ][\w'’-]{1,30}(?: [^\W\d_a-zß-ÿ][\w'’-]{1,30})?,? (?:[^\W\d_a-zß-ÿ]\.?[ -]?){1,3}[,.;&( ]"
    r"|(?:[^\W\d_a-zß-ÿ]\.[ -]?){1,3}(?:van |von |de |den |der ){0,2}[^\W\d_a-zß-ÿ][\w'’-]+(?:,| and| &| et al)"
    r"|[^\W\d_a-zß-ÿ][\w'’-]+,? et al"
    r"|[^\W\d_a-zß-ÿ][\w'’-]+, [^\W\d_a-zß-ÿ][\w'’-]+(?: [^\W\d_a-zß-ÿ]\.)?(?:[,.]| and| &))"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation in a text."""

    raw: str
    """The citation as it stands in the text."""
    start: int
    """Offset of its first character."""
    end: int
    """Offset behind its last character."""
    label: str
    """How the text points to it: ``[12]``, ``(Smith et al., 2020)``; empty if it does not."""
    fields: Fields


def find_citations(text: str, context: str = "") -> tuple[Citation, ...]:
    r"""Find the citations of a text in their order, each once; ``text[start:end] == raw`` holds for each. Never raises.

    A short citation, ``(Smith et al., 2020)``, is one of its own only if no fuller one in the text spells it out;
    otherwise it becomes the label of that one. ``context`` is the question that the text answers: bare titles in a list
    are read where either of them speaks of papers, books or references. The time is linear in the length of the text.

    >>> [each.label for each in find_citations("Sleep helps (Roe, 2019).\n\nReferences\nRoe, A. (2019). On sleep. Sleep, 4, 1-9.")]
    ['(Roe, 2019)']
    """
    found: list[Mention] = []
    around = setting(text, context)
    for block, number in _in_lists(text, blocks(text)):
        if block.kind is BlockKind.CODE:
            found += _bibtex(text, block)
        else:
            found += [replace(each, of_list=number) for each in _block(text, block, around)]
    return tuple(
        Citation(text[each.start : each.end], each.start, each.end, each.label, each.fields) for each in _linked(found)
    )


def _bibtex(text: str, block: Block) -> Iterator[Mention]:
    for entry in bibtex_blocks(text[block.start : block.end]):
        if entry.fields.title or entry.fields.authors:
            yield Mention(block.start + entry.start, block.start + entry.end, entry.fields, label=f"[{entry.key}]")


def _in_lists(text: str, found: Iterable[Block]) -> Iterator[tuple[Block, int]]:
    """Each block with the number of the list that it is an item of, 0 for none.

    A list ends where its numbers start again, one without numbers at the next paragraph or heading.
    """
    current, last, behind, interrupted = 0, 0, 0, True
    for block in found:
        headed = any(char.isalpha() for char in text[behind : block.start].rpartition("\n")[0])
        behind = block.end
        interrupted = interrupted or headed
        if block.kind is not BlockKind.ITEM:
            interrupted = True
            yield block, 0
            continue
        number = int(block.number) if block.number.isdigit() else 0
        if number <= last if number and last else interrupted:
            current += 1
            last = 0
        last, interrupted = number or last, False
        yield block, current


def _block(text: str, block: Block, around: Setting) -> Sequence[Mention]:
    """The citations of a list item or paragraph: itself, one a line, or those in its sentences."""
    if text.startswith("@", block.start) and (entries := list(_bibtex(text, block))):
        return entries
    if block.kind is BlockKind.PARAGRAPH and (rows := table_rows(text, block.start, block.end, around)):
        return [*prose_mentions(text, block.start, rows[0].start), *rows]
    whole = _whole(text, block, around)
    if whole:
        return [whole]
    if block.kind is BlockKind.ITEM and title_with_year(text[block.start : block.end].rstrip(), around):
        return []
    if block.kind is BlockKind.PARAGRAPH and "\n" in text[block.start : block.end]:
        result: list[Mention] = []
        for line in _line_blocks(text, block):
            alone = _whole(text, line, around)
            result += [alone] if alone else prose_mentions(text, line.start, line.end)
        if any(not each.pointer for each in result):
            return result
    return prose_mentions(text, block.start, block.end)


def _line_blocks(text: str, block: Block) -> Iterator[Block]:
    start = block.start
    while start < block.end:
        stop = text.find("\n", start, block.end)
        stop = block.end if stop < 0 else stop
        if text[start:stop].strip():
            yield replace(block, start=start, end=stop)
        start = stop + 1


def _whole(text: str, block: Block, around: Setting) -> Mention | None:
    """The block as one citation, if it is one."""
    heading = _CATEGORY.match(text, block.start, block.end) if block.kind is BlockKind.ITEM else None
    start = heading.end() if heading else block.start
    start += lead(text[start : block.end])
    raw = text[start : block.end].rstrip()
    remark = _REMARK.search(raw)
    if remark:
        raw = raw[: remark.start()].rstrip()
    if not 12 <= len(raw) <= _LONGEST_ITEM:
        return None
    fields = _item_fields(raw, block, around) if block.kind is BlockKind.ITEM else None
    if fields is None:
        fields = parse_fields(raw)
        if not _is_reference(raw, fields, block):
            return None
    label = f"[{block.number}]" if block.number else ""
    return Mention(start, start + len(raw), fields, label=label)


def _item_fields(raw: str, block: Block, around: Setting) -> Fields | None:
    """The fields of a list item in a style of answers; ``None`` if it is in none of them."""
    told = arranged(raw)
    if told.title and told.authors:
        return parse_fields(raw)
    marked = "" if told.authors else marked_title(raw, around)
    if not marked:
        return None
    fields = parse_fields(raw)
    if _is_reference(raw, fields, block) and not _names_behind(raw, fields):
        return fields
    return parse_fields(marked)


def _names_behind(raw: str, fields: Fields) -> bool:
    """Whether an item that says ``by`` has its authors there, and not in front of the title."""
    before, by, _ = raw.partition(" by ")
    if not by or not fields.authors:
        return bool(by)
    first = fields.authors[0]
    return "," not in before or (first.family or first.literal) not in before


def _is_reference(raw: str, fields: Fields, block: Block) -> bool:
    """Whether a block is a reference rather than a sentence that may hold one."""
    identified = bool(fields.doi or fields.arxiv or fields.pmid or fields.isbn)
    known = sum(
        map(
            bool,
            (fields.title, fields.authors, fields.year, fields.venue or fields.publisher, identified or fields.url),
        )
    )
    if block.listed:
        return known >= 2 and bool(fields.title or fields.authors or identified)
    if opens_sentence(raw):
        return False
    begun = bool(_STARTS_LIKE_REFERENCE.match(raw)) or marked(raw) is not None
    shaped = begun or raw.lstrip("*_ ")[:1] in set('"“«') or raw.startswith(("*", "_", "["))
    dated = bool(_YEAR.search(raw)) or identified
    if block.kind is BlockKind.ITEM:
        return (
            known >= 3
            and bool(fields.title)
            and dated
            and (shaped or bool(block.number and fields.authors and fields.venue))
        )
    return known >= 4 and bool(fields.title and fields.authors) and dated and begun and raw.count("\n") < 4


def _linked(found: Sequence[Mention]) -> list[Mention]:
    """The citations without repetitions; pointers become labels of what they point to."""
    full: list[Mention] = []
    same: dict[str, list[int]] = {}
    for each in (each for each in found if not each.pointer):
        others = same.setdefault(_work_key(each.fields), [])
        twin = next((index for index in others if _same_work(full[index], each)), None)
        if twin is None:
            if not any(_beside(full[index], each) for index in others):
                others.append(len(full))
            full.append(each)
        elif (_weight(each.fields), bool(each.label)) > (_weight(full[twin].fields), bool(full[twin].label)):
            full[twin] = replace(each, label=each.label or full[twin].label)
    targets: dict[str, int] = {}
    for index, each in enumerate(full):
        if each.fields.authors and each.fields.year:
            targets.setdefault(f"{family_key(each.fields.authors[0])} {each.fields.year}", index)
    alone: dict[str, Mention] = {}
    for each in (each for each in found if each.pointer):
        key = f"{family_key(each.fields.authors[0])} {each.fields.year}" if each.fields.authors else each.label
        if key not in targets:
            alone.setdefault(key, each)
        elif not full[targets[key]].label:
            full[targets[key]] = replace(full[targets[key]], label=each.label)
    return sorted([*full, *alone.values()], key=lambda each: each.start)


def _same_work(one: Mention, two: Mention) -> bool:
    """Whether two citations with one title are one; each item of a list is one of its own."""
    return _years_fit(one.fields, two.fields) and not (one.of_list and one.of_list == two.of_list)


def _beside(one: Mention, two: Mention) -> bool:
    return one.of_list == two.of_list and one.fields.year == two.fields.year


def _work_key(fields: Fields) -> str:
    return title_key(fields.title) or fields.doi or fields.arxiv or fields.url


def _years_fit(one: Fields, two: Fields) -> bool:
    return one.year is None or two.year is None or one.year == two.year


def _weight(fields: Fields) -> int:
    """How much is known: the fuller one of two citations of a work is kept."""
    return sum(
        map(bool, (fields.title, fields.authors, fields.year, fields.venue, fields.pages, fields.doi, fields.arxiv))
    )
