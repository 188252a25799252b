"""A folder of texts as a source of evidence: an index of their passages in memory, made when it is first asked."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from verifier.errors import EvidenceUnreadable
from verifier.retrieval import MOST_PASSAGES, cut, words
from verifier.types import Gap, Passage, PassageSource

if TYPE_CHECKING:
    import tantivy

_LOG = logging.getLogger(__name__)

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".rst", ".pdf"})
"""Files that are read."""
MOST_FILES = 5_000
MOST_BYTES = 20_000_000
"""Largest file that is read."""
_MOST_TERMS = 40
_MOST_PAGES = 500
_MOST_GAPS = 5


class Folder:
    """The passages of a folder's text and PDF files, found by their words; one folder serves all threads.

    Links that lead out of the folder are not followed. Raises ``EvidenceUnreadable`` whenever it is asked, if there is no
    such folder or nothing in it can be read, which is found out once; what is left out of it stands in ``gaps``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._index: tantivy.Index | EvidenceUnreadable | None = None
        self._left_out: list[Gap] = []

    def gaps(self) -> tuple[Gap, ...]:
        """What of the folder was not read, known once it was asked: a claim that lacks support may have it there."""
        shown, more = self._left_out[:_MOST_GAPS], len(self._left_out) - _MOST_GAPS
        rest = (Gap(f"{more} more files of evidence", "they were left out for such reasons too"),) if more > 0 else ()
        return (*shown, *rest)

    def best(self, claim: str) -> list[Passage]:
        """The passages that share the claim's rarest words, best first."""
        import tantivy

        index = self._opened()
        wanted = list(dict.fromkeys(words(claim)))[:_MOST_TERMS]
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(index.schema, "words", word)) for word in wanted]
        if not terms:
            return []
        searcher = index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(terms), MOST_PASSAGES, count=False).hits
        return [_passage(searcher.doc(address), score) for score, address in hits]

    def _opened(self) -> tantivy.Index:
        with self._lock:
            if self._index is None:
                try:
                    self._index = self._built()
                except EvidenceUnreadable as error:
                    self._index = error
            if isinstance(self._index, EvidenceUnreadable):
                raise self._index.with_traceback(None)
            return self._index

    def _built(self) -> tantivy.Index:
        import tantivy

        if not self.path.is_dir():
            raise EvidenceUnreadable(f"there is no folder {self.path}", hint="give a folder of .txt, .md or .pdf files")
        builder = tantivy.SchemaBuilder()
        for stored in ("text", "title"):
            builder.add_text_field(stored, stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("words", tokenizer_name="whitespace")
        index = tantivy.Index(builder.build())
        writer = index.writer(heap_size=30_000_000, num_threads=1)
        read = 0
        for passage in self._passages():
            writer.add_document(
                tantivy.Document(text=passage.text, title=passage.title, words=" ".join(words(passage.text)))
            )
            read += 1
        if not read:
            raise EvidenceUnreadable(
                f"nothing in {self.path} can be read", hint=f"it needs {', '.join(sorted(SUFFIXES))}"
            )
        writer.commit()
        index.reload()
        return index

    def _passages(self) -> Iterator[Passage]:
        for file in self._files():
            try:
                text, unread = _read(file)
            except Exception as error:  # noqa: BLE001  one damaged file must not take the others with it
                self._leave_out(file, f"it cannot be read ({type(error).__name__})")
                continue
            if unread:
                self._leave_out(file, unread)
            yield from cut(Passage(text, PassageSource.EVIDENCE, str(file.relative_to(self.path))))

    def _files(self) -> list[Path]:
        root = self.path.resolve()
        found = []
        for folder, _, names in os.walk(self.path):
            for name in sorted(names):
                file = Path(folder) / name
                if file.suffix.lower() not in SUFFIXES or not (file.is_file() and file.resolve().is_relative_to(root)):
                    continue
                if file.stat().st_size <= MOST_BYTES:
                    found.append(file)
                else:
                    self._leave_out(file, f"it has more than {MOST_BYTES:,} bytes")
        if len(found) > MOST_FILES:
            self._left_out.append(
                Gap("the folder of evidence", f"only {MOST_FILES:,} of its {len(found):,} files are read")
            )
        return sorted(found)[:MOST_FILES]

    def _leave_out(self, file: Path, why: str) -> None:
        name = file.relative_to(self.path)
        _LOG.warning("evidence %s is not read as a whole: %s", name, why)
        self._left_out.append(Gap(f"evidence {name}", why))


def _read(file: Path) -> tuple[str, str]:
    """The text of a file, and what of it is no part of the text."""
    if file.suffix.lower() != ".pdf":
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        return text, "" if text.strip() else "it is empty"
    import pypdfium2

    from citations.extract.pdf_text import repaired

    with pypdfium2.PdfDocument(file) as pdf:
        pages = [pdf[number].get_textpage().get_text_bounded() for number in range(min(len(pdf), _MOST_PAGES))]
        unread = f"only the first {_MOST_PAGES} of its {len(pdf)} pages are read" if len(pdf) > _MOST_PAGES else ""
    silent = sum(not page.strip() for page in pages)
    if silent:
        unread = "; ".join([f"{silent} of its pages have no text layer", *([unread] if unread else [])])
    return "\n\n".join(repaired(page) for page in pages), unread


def _passage(document: Any, score: float) -> Passage:
    return Passage(
        str(document.get_first("text")),
        PassageSource.EVIDENCE,
        str(document.get_first("title") or ""),
        score=round(score, 4),
    )
