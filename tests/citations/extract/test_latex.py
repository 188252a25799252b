"""LaTeX papers of several files: everything LaTeX would print, and nothing outside the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from citations.extract import open_document
from citations.extract.interface import Limits
from citations.extract.latex import LatexExtractor, files_of
from citations.types import Extracted, Reference, Unreadable

A_BIB = """@article{k1, author={Breeden, Melissa}, title={North Pacific jet retraction}, year=2019}
@article{k2, author={Hoffmann, M.}, title={Consensus Building}, year=2021}
"""
B_BIB = "@article{k3, author={Slizynska, H.}, title={Mutagenic effects}, year=1963}\n@misc{extra, title={Not cited}}\n"
ITEM = "\\begin{thebibliography}{9}\n\\bibitem{%s} A.~J. Wagner, Mon. Weather Rev. \\textbf{102}, 736 (1974).\n\\end{thebibliography}\n"

Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a paper's files and give the main one."""

    def writer(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            target = tmp_path / "paper" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return tmp_path / "paper" / "main.tex"

    return writer


def paper(body: str) -> str:
    return "\\documentclass{article}\n\\begin{document}\n" + body + "\n\\end{document}\n"


def read(main: Path, *, whole_lists: bool = False, **limits: int) -> list[Extracted]:
    return list(LatexExtractor(whole_lists=whole_lists).extract(open_document(main, limits=Limits(**limits))))


def found(items: list[Extracted]) -> list[tuple[str, str]]:
    return [(Path(each.location.file).name, each.key) for each in items if isinstance(each, Reference)]


def lost(items: list[Extracted]) -> list[str]:
    return [each.reason for each in items if isinstance(each, Unreadable)]


def test_all_lists_that_latex_prints_belong_to_the_paper(write: Write) -> None:
    main = write(
        {
            "main.tex": paper("\\cite{k1}\\citep[see][p.~2]{k2, k3}\n\\bibliography{a, b}\n" + ITEM % "S1"),
            "a.bib": A_BIB,
            "b.bib": B_BIB,
        }
    )
    items = read(main)
    assert found(items) == [("main.tex", "S1"), ("a.bib", "k1"), ("a.bib", "k2"), ("b.bib", "k3")]
    assert lost(items) == []
    assert [each.location.line for each in items] == [6, 1, 2, 1]


@pytest.mark.parametrize("body", ["\\cite{k1}\\nocite{*}", "no citation at all"])
def test_whole_list_is_taken_where_latex_prints_it_whole(write: Write, body: str) -> None:
    main = write({"main.tex": paper(body + "\\bibliography{b}"), "b.bib": B_BIB + A_BIB})
    assert [key for _, key in found(read(main))] == ["k3", "extra", "k1", "k2"]


def test_whole_lists_on_demand(write: Write) -> None:
    main = write({"main.tex": paper("\\cite{k3}\\bibliography{b}"), "b.bib": B_BIB})
    assert [key for _, key in found(read(main))] == ["k3"]
    assert [key for _, key in found(read(main, whole_lists=True))] == ["k3", "extra"]


@pytest.mark.parametrize(
    "command",
    [
        "\\cite{k1}", "\\citet*{k1}", "\\parencite[12]{k1}", "\\autocite[a][b]{k1}", "\\footcite{k1}", "\\Citeauthor{k1}",
        "\\cites[a]{zz}[b]{k1}", "\\nocite{ k1 }", "\\textcites(x)(y)[a]{k1}", "\\cite%\n{k1}", "\\bibentry{k1}", "\\mycite{k1}",
    ],
)  # fmt: skip
def test_citing_commands_are_known(write: Write, command: str) -> None:
    main = write({"main.tex": paper(command + "\\bibliography{a}"), "a.bib": A_BIB})
    assert [key for _, key in found(read(main))] == ["k1"]


@pytest.mark.parametrize(
    "include",
    [
        "\\input{sections/intro}", "\\input{sections/intro.tex}", "\\include{sections/intro}", "\\subfile{sections/intro}",
        "\\import{sections/}{intro}", "\\input sections/intro\n",
    ],
)  # fmt: skip
def test_included_files_are_followed(write: Write, include: str) -> None:
    main = write({"main.tex": paper(include), "sections/intro.tex": "\\cite{k1}\\bibliography{../a}", "a.bib": A_BIB})
    assert found(read(main)) == [("a.bib", "k1")]


@pytest.mark.parametrize(
    "command",
    [
        "\\bibliography{a}", "\\bibliography{a.bib}", "\\addbibresource{a.bib}", "\\addbibresource[location=local]{a.bib}",
        "\\bibliography{%\n  a%\n}", "\\nobibliography{a}", "\\putbib[a]", "\\bibliographysec{a}",
    ],
)  # fmt: skip
def test_commands_that_name_a_list_are_known(write: Write, command: str) -> None:
    main = write({"main.tex": paper("\\cite{k2}" + command), "a.bib": A_BIB})
    assert found(read(main)) == [("a.bib", "k2")]


@pytest.mark.parametrize(
    "hidden",
    [
        "% \\cite{k2}",
        "50\\% \\cite{k1}%\\cite{k2}",
        "\\begin{verbatim}\\cite{k2}\\end{verbatim}",
        "\\verb|\\cite{k2}|",
        "\\begin{comment}\n\\cite{k2}\n\\end{comment}",
        "\\iffalse \\cite{k2} \\fi",
        "\\begin{lstlisting}\n\\bibitem{k9} x\n\\cite{k2}\n\\end{lstlisting}",
    ],
)
def test_what_latex_does_not_read_is_not_read(write: Write, hidden: str) -> None:
    main = write({"main.tex": paper("\\cite{k1}\n" + hidden + "\n\\bibliography{a}"), "a.bib": A_BIB})
    items = read(main)
    assert (found(items), lost(items)) == ([("a.bib", "k1")], [])


def test_bbl_stands_in_for_a_missing_bib(write: Write) -> None:
    main = write({"main.tex": paper("\\cite{S1}\\bibliography{gone}"), "main.bbl": ITEM % "S1"})
    items = read(main)
    assert (found(items), lost(items)) == ([("main.bbl", "S1")], [])


def test_bib_entry_is_preferred_and_the_bbl_says_what_is_cited(write: Write) -> None:
    main = write({"main.tex": paper("\\cite{k1}\\bibliography{a}"), "a.bib": A_BIB, "main.bbl": ITEM % "k2"})
    assert found(read(main)) == [("a.bib", "k1"), ("a.bib", "k2")]


def test_every_refsection_has_its_bbl(write: Write) -> None:
    main = write({"main.tex": paper(""), "main.bbl": ITEM % "one", "main1-blx.bbl": ITEM % "two"})
    assert found(read(main)) == [("main.bbl", "one"), ("main1-blx.bbl", "two")]


def test_embedded_bibliography_is_read_in_its_place(write: Write) -> None:
    source = "\\begin{filecontents}{own.bib}\n" + A_BIB + "\\end{filecontents}\n"
    main = write({"main.tex": source + paper("\\cite{k1}\\bibliography{own}")})
    (reference,) = read(main)
    assert (reference.key, Path(reference.location.file).name, reference.location.line) == ("k1", "main.tex", 2)


def test_key_that_no_list_holds_is_counted_with_its_line(write: Write) -> None:
    main = write({"main.tex": paper("\\cite{k1}\n\\cite{nowhere}\\bibliography{a}"), "a.bib": A_BIB})
    missing = next(each for each in read(main) if isinstance(each, Unreadable))
    assert (missing.key, missing.location.line) == ("nowhere", 4)


def test_missing_list_is_named(write: Write) -> None:
    (item,) = read(write({"main.tex": paper("\\cite{k1}\\cite{k2}\\bibliography{gone}")}))
    assert isinstance(item, Unreadable)
    assert item.reason == "the paper names gone.bib, which is not beside it; 2 cited works are not found"


def test_second_entry_of_a_key_is_not_printed(write: Write) -> None:
    main = write({"main.tex": paper("\\cite{k1}\\bibliography{a}"), "a.bib": A_BIB + A_BIB})
    assert found(read(main)) == [("a.bib", "k1")]


@pytest.mark.parametrize(
    "name",
    ["~/.ssh/config", "/etc/passwd", "../outside", "../outside.bib", "link", "|ls", "\\string", "..", ".", "x" * 5000],
)
def test_nothing_outside_the_project_is_read(write: Write, tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.tex").write_text("\\bibitem{secret} A. Secret, 2000.")
    (tmp_path / "outside.bib").write_text("@misc{secret, title={Secret}}")
    main = write({"main.tex": paper(f"\\input{{{name}}}\\include{{{name}}}\\bibliography{{{name},a}}"), "a.bib": A_BIB})
    (main.parent / "link.tex").symlink_to(tmp_path / "outside.tex")
    (main.parent / "link.bib").symlink_to(tmp_path / "outside.bib")
    assert [key for _, key in found(read(main))] == ["k1", "k2"]


def test_file_is_named_as_the_user_would_name_it(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    main = write(
        {"main.tex": paper("\\input{sections/one}"), "sections/one.tex": "\\cite{k1}\\bibliography{a}", "a.bib": A_BIB}
    )
    monkeypatch.chdir(main.parent.parent)
    (reference,) = read(Path("paper/main.tex"))
    assert reference.location.file == "paper/a.bib"


def test_files_that_include_each_other_end(write: Write) -> None:
    main = write(
        {
            "main.tex": paper("\\input{main}\\input{b}\\bibliography{a}"),
            "b.tex": "\\input{main}\\input{b}",
            "a.bib": A_BIB,
        }
    )
    assert len(read(main)) == 2


def test_too_many_files_are_said(write: Write) -> None:
    parts = {f"p{number}.tex": ITEM % f"r{number}" for number in range(9)}
    main = write({"main.tex": paper("".join(f"\\input{{{name}}}" for name in parts)), **parts})
    items = read(main, max_files=5)
    assert lost(items) == ["the paper has more than 5 files; the rest is not read"]


def test_depth_of_includes_is_bounded(write: Write) -> None:
    chain = {f"p{number}.tex": f"\\input{{p{number + 1}}}" + ITEM % f"r{number}" for number in range(40)}
    main = write({"main.tex": paper("\\input{p0}"), **chain})
    assert len(found(read(main, max_depth=3))) == 3


def test_files_of_names_what_a_folder_need_not_list_again(write: Write) -> None:
    main = write(
        {
            "main.tex": paper("\\input{b}\\cite{k1}\\bibliography{a}"),
            "b.tex": "x",
            "a.bib": A_BIB,
            "main.bbl": ITEM % "k1",
        }
    )
    assert sorted(path.name for path in files_of(main, main.parent.resolve())) == ["a.bib", "b.tex", "main.bbl"]
    assert files_of(main.with_name("none.tex"), main.parent.resolve()) == frozenset()


def test_published_paper_gives_its_57_references(shared_data: Path, tmp_path: Path) -> None:
    documents = shared_data / "refs" / "documents"
    for suffix in ("tex", "bib", "bbl"):
        (tmp_path / f"ms.{suffix}").write_bytes((documents / f"wasp107_ms.{suffix}").read_bytes())
    assert len(found(read(tmp_path / "ms.tex"))) == 57
    (tmp_path / "ms.bib").unlink()
    assert len(found(read(tmp_path / "ms.tex"))) == 57
