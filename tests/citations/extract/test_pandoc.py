"""Markdown papers whose works stand in a bibliography file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from citations.errors import NoReferences
from citations.extract import extract, find_sources, open_document
from citations.extract.pandoc import bibliography_files, cited_keys
from citations.extract.text import TextExtractor
from citations.types import Reference, Unreadable

BIB = "".join(f"@misc{{{key}, title={{Work of {key}}}, year={{2001}}}}\n" for key in ("smith", "doe:2001", "roe"))
HEAD = "---\ntitle: A tool\nbibliography: paper.bib\n---\n\n"
Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_all(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return write_all


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("bibliography: paper.bib", ("paper.bib",)),
        ("bibliography: 'paper.bib' # ours", ("paper.bib",)),
        ('bibliography: ["a.bib", b.json]', ("a.bib", "b.json")),
        ("bibliography:\n  - a.bib\n  - b.bib\ndate: 2020", ("a.bib", "b.bib")),
        ("bibliography:\n- a.bib", ("a.bib",)),
        ("title: bibliography", ()),
    ],
)
@pytest.mark.parametrize("end", ["---", "..."])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_way_to_name_the_bibliography_is_understood(head, names, end, newline):
    text = f"---\ntitle: X\n{head}\n{end}\nText bibliography: no.bib\n".replace("\n", newline)
    assert bibliography_files(text) == names


def test_text_that_is_no_head_names_nothing():
    assert bibliography_files("bibliography: paper.bib\n") == ()
    assert bibliography_files("---\nbibliography: paper.bib\n" + "x\n" * 100_000) == ()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("[@smith]", ["smith"]),
        ("[see @smith, pp. 33-35; also -@doe:2001 and @{roe}]", ["smith", "doe:2001", "roe"]),
        ("@smith says, and @roe.", ["smith", "roe"]),
        ("@smith [p. 3]; [@smith]", ["smith"]),
        ("mail me@smith.org or \\@smith, see https://x.org/@smith", []),
        ("`@smith`\n\n```python\n@smith\n```\n\n<!-- [@smith] -->", []),
        ("~~~\n@smith", []),
    ],
)
def test_keys_are_those_that_pandoc_would_cite(text, keys):
    assert [each.key for each in cited_keys(text)] == keys


def test_what_the_paper_cites_is_read_from_its_bibliography(write):
    folder = write(
        {"paper.md": f"{HEAD}Like [@smith] and @roe, thanks to @account.\n\n# References\n", "paper.bib": BIB}
    )
    found = list(extract(open_document(folder / "paper.md")))
    assert [each.key for each in found if isinstance(each, Reference)] == ["smith", "roe"]
    assert {each.location.file for each in found} == {str(folder / "paper.bib")}


@pytest.mark.parametrize(("text", "whole"), [("No citation.", False), ("All: [@*].", False), ("Only [@smith].", True)])
def test_the_whole_list_is_read_where_nothing_else_is_asked_for(write, text, whole):
    folder = write({"paper.md": HEAD + text, "paper.bib": BIB})
    found = TextExtractor(whole_lists=whole).extract(open_document(folder / "paper.md"))
    assert [each.key for each in found] == ["smith", "doe:2001", "roe"]


def test_what_is_cited_and_stands_nowhere_is_told_with_its_line(write):
    folder = write({"paper.md": f"{HEAD}See [@smith; @nosuch] and [@fig:one].\n", "paper.bib": BIB})
    lost = [each for each in extract(open_document(folder / "paper.md")) if isinstance(each, Unreadable)]
    assert [(each.key, each.location.line) for each in lost] == [("nosuch", 6)]


@pytest.mark.parametrize("name", ["gone.bib", "../outside.bib", "/etc/passwd.bib", "~/x.bib", "list.yaml"])
def test_a_bibliography_that_cannot_be_read_is_told_and_nothing_outside_is_read(write, name):
    folder = write(
        {"outside.bib": BIB, "in/paper.md": HEAD.replace("paper.bib", name) + "[@smith]", "in/list.yaml": "x"}
    )
    (lost,) = extract(open_document(folder / "in" / "paper.md"))
    assert isinstance(lost, Unreadable)
    assert lost.reason.startswith(f"the paper names {name}, which is ")


def test_prose_of_a_paper_with_a_bibliography_is_not_taken_for_a_list(write):
    prose = "".join(f"In 200{n}, Smith, J. and Doe, A. found much; J. Appl. Phys. 12, 3 (200{n}).\n" for n in range(9))
    folder = write({"paper.md": f"{HEAD}{prose}[@smith]", "paper.bib": BIB})
    assert [each.key for each in extract(open_document(folder / "paper.md"))] == ["smith"]


def test_an_empty_bibliography_is_no_list(write):
    folder = write({"paper.md": f"{HEAD}Text.", "paper.bib": "% nothing yet\n"})
    with pytest.raises(NoReferences):
        list(extract(open_document(folder / "paper.md")))


def test_a_folder_reads_the_bibliography_of_a_markdown_paper_once(write):
    folder = write({"paper.md": f"{HEAD}[@smith]", "paper.bib": BIB, "other.bib": BIB, "notes.md": "Install it."})
    names = [Path(each.name).name for each in find_sources([folder])]
    assert names == ["other.bib", "paper.md"]
