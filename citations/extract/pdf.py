"""Reads the reference lists of PDFs that have a text layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from citations.errors import NoReferences, UnreadableInput
from citations.extract.interface import Document
from citations.extract.pdf_footnotes import cited_in, footnote_lines, has_footnotes, notes
from citations.extract.pdf_join import join, vocabulary
from citations.extract.pdf_layout import PageLine, lay_out
from citations.extract.pdf_lists import list_runs, parse_lines, without_furniture
from citations.extract.pdf_pages import likely_pages
from citations.extract.pdf_text import open_pdf, repaired
from citations.extract.pdf_words import page_words
from citations.extract.printed import PrintedEntry, printed_references
from citations.parse.cuts import cuts
from citations.parse.section import is_heading
from citations.parse.several import own_label, several
from citations.types import Extracted, Location

if TYPE_CHECKING:
    import pypdfium2

SCANNED = 20
"""Characters a page; with fewer on average, the pages are pictures."""


KEPT = 16
"""Pages at the end of a document that are kept open."""


class PdfExtractor:
    """Reference lists of PDFs, by their text layer and its layout."""

    name = "pdf"
    suffixes = (".pdf",)

    def accepts(self, head: bytes) -> bool:
        """Whether a PDF header stands near the beginning."""
        return b"%PDF-" in head[:1024]

    def extract(self, document: Document) -> Iterator[Extracted]:
        """References of all lists in reading order, each with its page; only the pages that matter are laid out."""
        if len(document.data) > document.limits.max_bytes:
            raise UnreadableInput(
                f"{document.name} has {len(document.data):,} bytes, more than the {document.limits.max_bytes:,} that are read"
            )
        entries = _entries(document)
        if not entries:
            raise NoReferences(
                f"no reference list was found in {document.name}",
                hint="if it has one, copy the list into a text file and scan that",
            )
        yield from printed_references(entries, self.name, document.limits.max_entries)


def _entries(document: Document) -> list[PrintedEntry]:
    """Entries of all lists of a PDF."""
    with open_pdf(document) as pdf:
        read = [_plain(pdf, number) for number in range(len(pdf))]
        texts = [text for text, _ in read]
        if sum(len("".join(text.split())) for text in texts) < SCANNED * min(len(texts), 10):
            raise UnreadableInput(
                f"{document.name} has no text layer: its pages are pictures",
                hint="run OCR first, for example: ocrmypdf in.pdf out.pdf",
            )
        footnotes = not any(is_heading(line) for text in texts for line in text.splitlines()) and has_footnotes(texts)
        chosen = range(len(texts)) if footnotes else likely_pages(texts)
        pages = [
            page_words(read[number][1] or pdf[number].get_textpage(), number + 1) for number in chosen if texts[number]
        ]
    lines = without_furniture(lay_out(pages), texts)
    words = vocabulary("\n".join(texts))
    entries = list(_from_footnotes(lines, words, document.name)) if footnotes else []
    if entries:
        return entries
    for run in list_runs(lines):
        entries += _printed(run, words, document.name)
    return entries


def _from_footnotes(lines: Sequence[PageLine], words: dict[str, int], name: str) -> Iterator[PrintedEntry]:
    """Works cited in the footnotes of a paper without a reference list."""
    for number, page, printed in notes(footnote_lines(lines)):
        for cited in cited_in(repaired(join(printed, words)), number, page):
            yield PrintedEntry(cited.raw, cited.note, Location(name, page=cited.page))


def _plain(pdf: pypdfium2.PdfDocument, number: int) -> tuple[str, pypdfium2.PdfTextPage | None]:
    """Text of a page in drawing order, empty if pdfium cannot read the page; and the text page, if it is one of the last.

    Lists stand at the end, so those are kept open for their layout; the document closes them.
    """
    import pypdfium2

    try:
        page = pdf[number]
        textpage = page.get_textpage()
        text = repaired(textpage.get_text_range())
    except (pypdfium2.PdfiumError, UnicodeError):
        return "", None
    if number >= len(pdf) - KEPT:
        return text, textpage
    textpage.close()
    page.close()
    return text, None


def _printed(run: Sequence[PageLine], words: dict[str, int], name: str) -> Iterator[PrintedEntry]:
    """Entries of one list."""
    for cut in cuts(parse_lines(run)):
        part = run[cut.first : cut.last]
        raw = repaired(join([line.text for line in part], words))
        offsets = [0, *several(raw, labelled=bool(cut.width)), len(raw)]
        for begin, end in pairwise(offsets):
            label = own_label(raw[begin:end], cut.label) if begin else cut.label
            yield PrintedEntry(raw[begin:end].strip(), label, Location(name, page=part[0].page))
