"""Which extractor reads a document."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

import citations.extract
from citations.errors import UnreadableInput
from citations.extract import Document, extract, extractor_for
from citations.extract.bibtex import BibtexExtractor
from citations.types import Reference


@pytest.mark.parametrize(
    ("name", "data", "extractor"),
    [
        ("refs.bib", b"", "bibtex"),
        ("REFS.BIB", b"@misc{a, title={T}}", "bibtex"),
        ("paper.tex", b"text", "latex"),
        ("paper.bbl", b"text", "bbl"),
        ("refs", b"% comment\n@misc{a, title={T}}", "bibtex"),
        ("-", b"\\documentclass{article}", "latex"),
        ("-", b"\\begin{thebibliography}{9}\\bibitem{a} A. One, 2000.", "bbl"),
        ("-", b"References\n\n[1] A. One, A title, 2000.", "text"),
        ("notes.unknown", b"Plain words.", "text"),
        ("answer.md", b"Plain words.", "text"),
        ("paper.bib", b"%PDF-1.7\n", "pdf"),
        ("-", b"TY  - JOUR\nTI  - T\nER  - \n", "ris"),
        ("-", b'[{"id": "a", "type": "book", "title": "T"}]', "csl"),
    ],
)
def test_name_and_content_choose_the_extractor(name: str, data: bytes, extractor: str) -> None:
    assert extractor_for(Document(name, data)).name == extractor


@pytest.mark.parametrize("name", ["refs.bib", "paper.tex", "notes.txt", "-", "a.xyz"])
def test_binary_noise_is_refused_with_one_sentence(name: str) -> None:
    with pytest.raises(UnreadableInput, match="holds binary data, not text"):
        extractor_for(Document(name, bytes(range(256)) * 40))


def test_utf16_text_is_no_noise() -> None:
    (reference,) = extract(Document("refs.bib", "@misc{a, title={Überblick}}".encode("utf-16")))
    assert isinstance(reference, Reference)
    assert reference.fields.title == "Überblick"


class FakeExtractor(BibtexExtractor):
    """An extractor of another distribution."""

    name = "fake"
    suffixes = (".fake",)


def test_plug_ins_are_found_and_a_broken_one_is_left_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    points = [
        EntryPoint("broken", "no_such_module:Nothing", "factprobe.extractors"),
        EntryPoint("fake", f"{__name__}:FakeExtractor", "factprobe.extractors"),
    ]
    monkeypatch.setitem(__import__("sys").modules, __name__, __import__("sys").modules[__name__])
    monkeypatch.setattr(citations.extract, "entry_points", lambda group: points)
    citations.extract._foreign.cache_clear()
    try:
        assert extractor_for(Document("a.fake", b"x")).name == "fake"
        assert extractor_for(Document("a.bib", b"x")).name == "bibtex"
    finally:
        citations.extract._foreign.cache_clear()
    said = "extractor broken of an unknown distribution cannot be loaded and is left out (ModuleNotFoundError)"
    assert [said] == caplog.messages
