"""Lists that BibTeX, biber and authors wrote in LaTeX."""

from __future__ import annotations

import pytest

from citations.extract.bbl import BblExtractor, printed_fields
from citations.extract.interface import Document
from citations.types import Kind, Reference


def read(text: str) -> list[Reference]:
    items = list(BblExtractor().extract(Document("paper.bbl", text.encode())))
    references = [each for each in items if isinstance(each, Reference)]
    assert references == items
    return references


def listed(*items: str) -> str:
    return "\\begin{thebibliography}{9}\n" + "\n".join(items) + "\n\\end{thebibliography}\n"


def families(reference: Reference) -> list[str]:
    return [name.family or name.literal for name in reference.fields.authors]


def test_labels_with_nested_braces_and_brackets_do_not_leak() -> None:
    first, second = read(
        listed(
            "\\bibitem[{{Nakos} {et~al.}(2008){Nakos}, {Willis}, \\& et~al.}]{nakos08}\n"
            "{Nakos}, T., {Willis}, J.~P., {et~al.} 2008, \\aap, 494, 579",
            "\\bibitem[{[Abc]}]{abc} A.~J. Wagner, Mon. Weather Rev. \\textbf{102}, 736 (1974).",
        )
    )
    assert (first.key, first.location.line, families(first)) == ("nakos08", 2, ["Nakos", "Willis"])
    assert (second.key, second.location.line) == ("abc", 4)


def test_astronomers_style_has_no_title() -> None:
    (reference,) = read(listed("\\bibitem[P(2010)]{p10}\n{Pilbratt}, G.~L., {et~al.} 2010, \\aap, 518, \\penalty0 L1"))
    fields = reference.fields
    assert (fields.title, fields.venue, fields.volume, fields.pages, fields.year, fields.et_al, fields.kind) == (
        "", "Astronomy & Astrophysics", "518", "L1", 2010, True, Kind.ARTICLE,
    )  # fmt: skip


def test_astronomers_style_of_a_preprint() -> None:
    fields = printed_fields("{Benneke}, B. 2015, ArXiv e-prints,\n  arXiv:1504.07655")
    assert (fields.title, fields.arxiv, fields.kind, fields.year) == ("", "1504.07655", Kind.PREPRINT, 2015)


def test_doi_that_stands_only_in_a_link_is_kept() -> None:
    fields = printed_fields("N. Nakos, \\href{http://dx.doi.org/10.1051/0004-6361:200809584}{A\\&A 494, 579} (2008)")
    assert fields.doi == "10.1051/0004-6361:200809584"


def test_blocks_of_the_standard_styles_give_title_and_authors() -> None:
    fields = printed_fields(
        "Ashish Vaswani, Noam Shazeer, and Niki Parmar.\n\\newblock Attention is all you need.\n"
        "\\newblock In {\\em Advances in Neural Information Processing Systems}, pages 5998--6008, 2017."
    )
    assert fields.title == "Attention is all you need"
    assert [name.family for name in fields.authors] == ["Vaswani", "Shazeer", "Parmar"]
    assert fields.year == 2017


def test_title_of_a_book_is_in_italics() -> None:
    fields = printed_fields(
        "D.~E. Knuth.\n\\newblock {\\em The {\\TeX}book}, volume~A.\n\\newblock Addison-Wesley, 1984."
    )
    assert fields.title == "The TeXbook"


def test_repeated_author_is_taken_from_above() -> None:
    first, second = read(
        listed(
            "\\bibitem{a} D.~E. Knuth.\n\\newblock Literate programming.\n\\newblock {\\em Comput. J.}, 27:97--111, 1984.",
            "\\bibitem{b} \\bysame.\n\\newblock Surreal numbers.\n\\newblock Addison-Wesley, 1974.",
        )
    )
    assert families(second) == families(first) == ["Knuth"]


def test_revtex_marks_are_used() -> None:
    body = r"""\bibitem [{\citenamefont {Smith}\ and\ \citenamefont {Jones}(2016)}]{Smith2016}%
      \BibitemOpen
      \bibfield  {author} {\bibinfo {author} {\bibfnamefont {A.~B.}\ \bibnamefont {Smith}}\ and\ \bibinfo {author}
      {\bibfnamefont {C.}~\bibnamefont {de~Jong}},\ }\bibfield  {title} {\bibinfo {title} {A {CMB} study}, }\href
      {https://doi.org/10.1103/PhysRevD.94.043515} {\bibfield  {journal} {\bibinfo  {journal} {Phys. Rev. D}\ }\textbf
      {\bibinfo {volume} {94}},\ \bibinfo {pages} {043515} (\bibinfo {year} {2016})}\BibitemShut {NoStop}%"""
    (reference,) = read(listed(body))
    fields = reference.fields
    assert (fields.title, fields.venue, fields.volume, fields.pages, fields.year, fields.doi) == (
        "A CMB study", "Phys. Rev. D", "94", "043515", 2016, "10.1103/physrevd.94.043515",
    )  # fmt: skip
    assert families(reference) == ["Smith", "de Jong"]


def test_acm_marks_are_used() -> None:
    body = r"""\bibitem[Vaswani et~al\mbox{.}(2017)]{v17}
      \bibfield{author}{\bibinfo{person}{Ashish Vaswani}, {and} \bibinfo{person}{Noam Shazeer}.}
      \bibinfo{year}{2017}\natexlab{}. \newblock \showarticletitle{Attention is all you need}. In
      \bibinfo{booktitle}{\emph{NeurIPS}} (\bibinfo{publisher}{ACM}). \bibfield{editor}{\bibinfo{person}{I. Guyon}} (Ed.).
      \bibinfo{pages}{5998--6008}. \urldef\tempurl\url{https://doi.org/10.5555/3295222} \showDOI{\tempurl}"""
    (reference,) = read(listed(body))
    fields = reference.fields
    assert (fields.title, fields.venue, fields.year, fields.doi) == (
        "Attention is all you need", "NeurIPS", 2017, "10.5555/3295222",
    )  # fmt: skip
    assert (families(reference), fields.editors[0].family) == (["Vaswani", "Shazeer"], "Guyon")


BIBLATEX = r"""% $ biblatex auxiliary file $
\refsection{0}
  \datalist[entry]{nty/global//global/global}
    \entry{one}{inproceedings}{}
      \name{author}{2}{more=true}{%
        {{hash=1}{%
           family={van\bibnamedelima den Oord},
           familyi={v\bibinitperiod},
           given={A{\"a}ron},
           giveni={A\bibinitperiod}}}%
        {{hash=2}{family={World Health Organization}}}%
      }
      \list{publisher}{1}{%
        {Press}%
      }
      \field{title}{A {First} title}
      \field{booktitle}{Proceedings}
      \field{year}{2001}
      \field{pages}{1\bibrangedash 5}
      \range{pages}{5}
      \verb{doi}
      \verb 10.1002/qj_3512
      \endverb
    \endentry
    \entry{two}{article}{}
      \name{author}{1}{}{%
        {{hash=3}{Heged{\H u}s}{H\bibinitperiod}{G{\'a}bor}{G\bibinitperiod}{}{}{}{}}%
      }
      \field{title}{Second}
    \endentry
  \enddatalist
  \datalist[entry]{count/global//global/global}
    \entry{one}{inproceedings}{}
      \field{title}{A {First} title}
    \endentry
  \enddatalist
\endrefsection
"""


def test_biblatex_entries_are_read_field_by_field_and_once() -> None:
    one, two = read(BIBLATEX)
    assert (one.fields.title, one.fields.venue, one.fields.year, one.fields.pages, one.fields.doi) == (
        "A First title", "Proceedings", 2001, "1-5", "10.1002/qj_3512",
    )  # fmt: skip
    assert families(one) == ["van den Oord", "World Health Organization"]
    assert (one.fields.publisher, one.fields.et_al, one.fields.kind) == ("Press", True, Kind.CONFERENCE)
    assert (families(two), two.fields.authors[0].given) == (["Hegedűs"], "Gábor")


def test_amsrefs_entries_are_read_field_by_field() -> None:
    text = r"""\begin{biblist}
      \bib{Alp}{article}{ author={Alperin, J. L.}, author={Fong, P.}, title={Weights for symmetric groups},
        journal={J. Algebra}, volume={131}, date={1990}, pages={2\ndash 22}, }
      \bib*{Lin}{book}{ title={Semilinear Equations}, author={Lin, D.}, date={1994} }
      \end{biblist}"""
    alperin, lin = read(text)
    assert (alperin.key, families(alperin), alperin.fields.title) == (
        "Alp",
        ["Alperin", "Fong"],
        "Weights for symmetric groups",
    )
    assert (alperin.fields.year, alperin.fields.pages, alperin.fields.kind) == (1990, "2-22", Kind.ARTICLE)
    assert (lin.key, lin.fields.title, lin.fields.kind) == ("Lin", "Semilinear Equations", Kind.BOOK)


def test_words_broken_by_a_comment_are_joined() -> None:
    (reference,) = read(listed("\\bibitem{k} A. Smith, \\url{https://doi.org/10.1103/PhysRevD.94.0%\n  43515} (2016)"))
    assert reference.fields.doi == "10.1103/physrevd.94.043515"


def test_macro_that_is_only_redefined_is_no_reference() -> None:
    text = "\\let\\old\\bibitem\n\\renewcommand{\\bibitem}[2][]{\\old{#2}}\n" + listed(
        "\\bibitem{yes} A. One, Physics, 2000."
    )
    assert [each.key for each in read(text)] == ["yes"]


def test_commented_items_are_no_references() -> None:
    assert [
        each.key for each in read(listed("%\\bibitem{no} B. Two, 2001.", "\\bibitem{yes} A. One, Physics, 2000."))
    ] == ["yes"]


@pytest.mark.parametrize("body", ["", "{}", "\\newblock", "---"])
def test_item_without_words_is_unreadable_with_its_key(body: str) -> None:
    items = list(BblExtractor().extract(Document("p.bbl", listed(f"\\bibitem{{k}} {body}").encode())))
    assert [(each.key, isinstance(each, Reference), each.location.line) for each in items] == [("k", False, 2)]


FARMERS = "P. Holm and A. Bo. Early farmers of the lower plain. PLOS ONE 10(3):e0123456, 2015"
MEADOWS = "A. Oak and B. Fir. Alpine meadows under warming climates. Ecology 92:100-110, 2011"


@pytest.mark.parametrize(
    "hidden",
    [
        "\\iffalse\n\\bibitem{no} Q. Fake. Hidden study. Ecology 3, 1999.\n\\fi",
        "\\iffalse \\ifx\\a\\b Hidden \\else hidden \\fi Hidden study. \\fi",
        "\\begin{comment}\n\\bibitem{no} Q. Fake. Hidden study. Ecology 3, 1999.\n\\end{comment}",
        "% \\iffalse \n% Hidden study.",
    ],
)
def test_what_latex_skips_is_no_part_of_an_item(hidden: str) -> None:
    found = read(listed(f"\\bibitem{{a}} {FARMERS}.", hidden, f"\\bibitem{{b}} {MEADOWS}."))
    assert [each.key for each in found] == ["a", "b"]
    assert found[0].fields == printed_fields(FARMERS + ".")


def test_the_other_branch_of_a_false_condition_is_read() -> None:
    text = f"\\iffalse\n\\bibitem{{a}} {FARMERS}.\n\\else\n\\bibitem{{b}} {MEADOWS}.\n\\fi"
    assert [(each.key, each.fields.year) for each in read(listed(text))] == [("b", 2011)]


def test_two_works_of_one_item_are_two_references() -> None:
    found = read(listed(f"\\bibitem{{a}} {FARMERS}; {MEADOWS}.", f"\\bibitem{{b}} {FARMERS}."))
    assert [(each.key, each.fields.year) for each in found] == [("a", 2015), ("a", 2011), ("b", 2015)]
    assert len({each.id for each in found}) == 3
    assert "Alpine" not in found[0].raw


@pytest.mark.parametrize("piece", ["%", "\\", "\\%", "\\verb|", "\\iffalse ", "\\iffalse\\else ", "{", "; A. B (2001)"])
def test_hostile_items_are_read_in_linear_time(piece: str) -> None:
    text = "\\begin{thebibliography}{9}\n\\bibitem{a} x\n" + piece * (2_000_000 // len(piece))
    assert len(list(BblExtractor().extract(Document("p.bbl", text.encode())))) >= 1
