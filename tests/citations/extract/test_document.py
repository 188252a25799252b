"""Files, folders and standard input become documents, or one clear sentence."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from citations.errors import UnreadableInput
from citations.extract import Limits, extract, find_sources, open_document
from citations.types import Reference

BIB = "@misc{a, title={A title}}\n"
TEX = "\\documentclass{article}\\begin{document}\\cite{a}\\bibliography{refs}\\end{document}"


def test_file_keeps_the_name_that_the_user_gave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "refs.bib").write_text(BIB)
    monkeypatch.chdir(tmp_path)
    document = open_document("refs.bib")
    assert (document.name, document.path, document.root) == ("refs.bib", tmp_path / "refs.bib", tmp_path)


def test_standard_input_is_read_and_reaches_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(BIB.encode())))
    document = open_document("-")
    assert (document.name, document.path, document.root) == ("-", None, None)
    assert [each.location.file for each in extract(document)] == ["-"]


def test_too_large_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"x" * 101)))
    with pytest.raises(UnreadableInput, match="standard input has more than the 100 bytes"):
        open_document("-", limits=Limits(max_bytes=100))


def test_too_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    large = tmp_path / "large.bib"
    with large.open("wb") as stream:
        os.truncate(stream.fileno(), 500 * 1024 * 1024)
    with pytest.raises(UnreadableInput, match="has more than the 67,108,864 bytes that are read"):
        open_document(large)


@pytest.mark.parametrize("name", ["missing.bib", "no/such/folder/x.bib", "x" * 300, "nul\0byte", ""])
def test_what_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        open_document(str(tmp_path / name) if name else tmp_path)
    assert caught.value.message
    assert "\n" not in caught.value.message


def test_special_files_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bib")
    with pytest.raises(UnreadableInput, match=r"pipe\.bib is not a regular file"):
        open_document(tmp_path / "pipe.bib")


def test_folder_lists_each_reference_list_once(tmp_path: Path) -> None:
    files = {
        "main.tex": TEX,
        "refs.bib": BIB,
        "main.bbl": "\\bibitem{a} A. One, 2000.",
        "main.pdf": "%PDF-1.7",
        "chapter.tex": "\\section{x}",
        "other.bib": BIB,
        "other.pdf": "%PDF-1.7",
        "README.md": "Install with pip.",
        "answer.md": "# Answer\n\n## References\n\n1. A. One. A title. 2000.",
        "z/deep.bib": BIB,
        ".hidden/no.bib": BIB,
        "node_modules/x/no.bib": BIB,
        "notes.py": "x = 1",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    sources = find_sources([tmp_path])
    assert [str(Path(source.name).relative_to(tmp_path)) for source in sources] == [
        "answer.md", "main.tex", "other.bib", "other.pdf", "z/deep.bib",
    ]  # fmt: skip
    assert {source.root for source in sources} == {tmp_path.resolve()}


def test_pdf_is_read_where_the_sources_have_no_list(tmp_path: Path) -> None:
    (tmp_path / "main.tex").write_text(TEX)
    (tmp_path / "main.pdf").write_text("%PDF-1.7")
    assert [Path(source.name).name for source in find_sources([tmp_path])] == ["main.pdf", "main.tex"]


def test_folder_does_not_lead_out_of_itself(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.bib").write_text(BIB)
    (inside / "link.bib").symlink_to(tmp_path / "outside.bib")
    (inside / "up").symlink_to(tmp_path)
    (inside / "own.bib").write_text(BIB)
    assert [Path(source.name).name for source in find_sources([inside])] == ["own.bib"]


def test_folder_without_papers_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.py").write_text("x = 1")
    with pytest.raises(UnreadableInput, match="holds no paper or bibliography"):
        find_sources([tmp_path])


def test_missing_path_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="there is no file or folder"):
        find_sources([tmp_path / "none"])


def test_no_file_twice_and_files_in_the_order_named(tmp_path: Path) -> None:
    for name in ("b.bib", "a.bib"):
        (tmp_path / name).write_text(BIB)
    sources = find_sources([tmp_path / "b.bib", "-", tmp_path, tmp_path / "b.bib", "-"])
    assert [Path(source.name).name for source in sources] == ["b.bib", "-", "a.bib"]


def test_file_of_a_scanned_folder_may_include_from_the_whole_folder(tmp_path: Path) -> None:
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "main.tex").write_text(TEX.replace("{refs}", "{../refs}"))
    (tmp_path / "refs.bib").write_text(BIB)
    (source,) = find_sources([tmp_path])
    (reference,) = extract(open_document(source.name, root=source.root))
    assert isinstance(reference, Reference)
    assert reference.key == "a"
    assert not any(isinstance(each, Reference) for each in extract(open_document(tmp_path / "chapters" / "main.tex")))


@pytest.mark.parametrize(
    ("including", "relative", "named"),
    [
        ("main.tex", "refs.bib", "refs.bib"),
        ("main.tex", "sub/deep.bib", "sub/deep.bib"),
        ("sub/part.tex", "refs.bib", "refs.bib"),
        ("sub/part.tex", "deep.bib", "sub/deep.bib"),
        ("sub/part.tex", "sub/deep.bib", "sub/deep.bib"),
        ("sub/part.tex", "../refs.bib", "refs.bib"),
    ],
)
@pytest.mark.parametrize("start", [".", "paper", ".."])
def test_a_file_that_another_brings_is_named_as_the_user_would_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, including: str, relative: str, named: str, start: str
) -> None:
    root = tmp_path / "paper"
    (root / "sub").mkdir(parents=True)
    for name in ("main.tex", "sub/part.tex", "refs.bib", "sub/deep.bib"):
        (root / name).write_text("x")
    prefix = {".": "paper/", "paper": "", "..": f"{tmp_path.name}/paper/"}[start]
    monkeypatch.chdir(tmp_path / start)
    found = open_document(f"{prefix}{including}", root=root).sibling(relative)
    assert found is not None
    assert found.name == f"{prefix}{named}"
