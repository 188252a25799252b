"""Reference lists in PDFs, typeset here with typst so that the truth is known."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pypdfium2
import pytest
import typst

from citations.errors import UnreadableInput
from citations.extract.interface import Document, Limits
from citations.extract.pdf import PdfExtractor
from citations.extract.pdf_join import join, vocabulary
from citations.extract.pdf_text import repaired
from citations.types import Extracted, Reference, Unreadable
from tests.benchmarks.typeset import Design, Paper, typeset

WORKS = """
@article{shannon, author={Shannon, Claude E.}, title={A mathematical theory of communication}, journal={Bell System Technical Journal}, volume={27}, pages={379--423}, year={1948}, doi={10.1002/j.1538-7305.1948.tb01338.x}}
@article{turing, author={Turing, Alan M.}, title={On computable numbers, with an application to the Entscheidungsproblem}, journal={Proceedings of the London Mathematical Society}, volume={42}, pages={230--265}, year={1937}, doi={10.1112/plms/s2-42.1.230}}
@article{knuth, author={Knuth, Donald E.}, title={Semantics of context-free languages}, journal={Mathematical Systems Theory}, volume={2}, pages={127--145}, year={1968}, doi={10.1007/BF01692511}}
@article{dijkstra, author={Dijkstra, Edsger W.}, title={A note on two problems in connexion with graphs}, journal={Numerische Mathematik}, volume={1}, pages={269--271}, year={1959}, doi={10.1007/BF01386390}}
@article{hoare, author={Hoare, C. A. R.}, title={An axiomatic basis for computer programming}, journal={Communications of the ACM}, volume={12}, pages={576--580}, year={1969}, doi={10.1145/363235.363259}}
@inproceedings{vaswani, author={Vaswani, Ashish and Shazeer, Noam and Parmar, Niki and Uszkoreit, Jakob and Jones, Llion and Gomez, Aidan N. and Kaiser, Lukasz and Polosukhin, Illia}, title={Attention is all you need}, booktitle={Advances in Neural Information Processing Systems 30}, pages={5998--6008}, year={2017}}
@book{aho, author={Aho, Alfred V. and Sethi, Ravi and Ullman, Jeffrey D.}, title={Compilers: Principles, Techniques, and Tools}, publisher={Addison-Wesley}, year={1986}}
@article{cook, author={Cooley, James W. and Tukey, John W.}, title={An algorithm for the machine calculation of complex Fourier series}, journal={Mathematics of Computation}, volume={19}, pages={297--301}, year={1965}, doi={10.1090/S0025-5718-1965-0178586-1}}
@article{hodgkin, author={Hodgkin, Alan L. and Huxley, Andrew F.}, title={A quantitative description of membrane current and its application to conduction and excitation in nerve}, journal={The Journal of Physiology}, volume={117}, pages={500--544}, year={1952}, doi={10.1113/jphysiol.1952.sp004764}}
@article{watson, author={Watson, James D. and Crick, Francis H. C.}, title={Molecular structure of nucleic acids: A structure for deoxyribose nucleic acid}, journal={Nature}, volume={171}, pages={737--738}, year={1953}, doi={10.1038/171737a0}}
"""

STYLES = (
    "ieee",
    "apa",
    "chicago-author-date",
    "mla",
    "nature",
    "american-chemical-society",
    "royal-society-of-chemistry",
)


def extract(pdf: bytes, name: str = "paper.pdf", limits: Limits | None = None) -> list[Extracted]:
    return list(PdfExtractor().extract(Document(name, pdf, limits=limits or Limits())))


def letters(texts: Sequence[str]) -> list[str]:
    return ["".join(each for each in text if each.isalnum()) for text in texts]


def raws(pdf: bytes) -> list[str]:
    return [each.raw for each in extract(pdf)]


def compiled(source: str, tmp_path: Path) -> bytes:
    main = tmp_path / "main.typ"
    main.write_text(source, encoding="utf-8")
    made = typst.compile(str(main))
    assert isinstance(made, bytes)
    return made


@pytest.fixture(scope="module")
def ieee() -> Paper:
    return typeset(WORKS, Design())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("columns", [1, 2])
def test_every_style_is_cut_as_it_was_printed(style: str, columns: int) -> None:
    paper = typeset(WORKS, Design(style=style, columns=columns, running_head=True))
    assert letters(raws(paper.pdf)) == letters(paper.entries)


@pytest.mark.parametrize("style", ["ieee", "apa"])
@pytest.mark.parametrize("columns", [1, 2])
def test_a_list_without_heading_before_an_appendix_is_found(style: str, columns: int) -> None:
    paper = typeset(WORKS, Design(style=style, columns=columns, heading="", appendix=True))
    assert letters(raws(paper.pdf)) == letters(paper.entries)


@pytest.mark.parametrize("columns", [1, 2])
def test_line_numbers_in_the_margin_are_no_words(columns: int) -> None:
    paper = typeset(WORKS, Design(columns=columns, line_numbers=True))
    assert letters(raws(paper.pdf)) == letters(paper.entries)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("numbering", ["1", "— 1 —"])
@pytest.mark.parametrize("first", [1, 517])
def test_page_numbers_and_running_heads_of_small_text_on_large_paper_are_no_words(
    tmp_path: Path, columns: int, numbering: str, first: int
) -> None:
    entries = [
        f"Author{chr(65 + number // 26)}{chr(97 + number % 26)}, J. (20{number % 20 + 10}). A title of some words that "
        f"goes on. Journal of Things, {number}, 12–{number + 20}."
        for number in range(60)
    ]
    source = (
        f'#set page(paper: "a4", columns: {columns}, numbering: "{numbering}", margin: 5cm, footer-descent: 0.7cm, '
        "header-ascent: 0.7cm, header: [A running head of a paper about things])\n#set text(size: 9pt)\n#set par(hanging-indent: 2em)\n"
        f"#counter(page).update({first})\n= References\n" + "\n\n".join(entries)
    )
    assert letters(raws(compiled(source, tmp_path))) == letters(entries)


def test_references_carry_page_key_and_source(ieee: Paper) -> None:
    first = extract(ieee.pdf)[0]
    assert isinstance(first, Reference)
    assert (first.key, first.source, first.id) == ("1", "pdf", "paper.pdf#1")
    assert first.location.page in {1, 2}


def test_fields_are_read_from_the_joined_lines(ieee: Paper) -> None:
    dois = {each.fields.doi for each in extract(ieee.pdf) if isinstance(each, Reference)}
    assert "10.1002/j.1538-7305.1948.tb01338.x" in dois


def test_columns_drawn_row_by_row_are_read_column_by_column(tmp_path: Path) -> None:
    left = [
        "[1] C. E. Shannon, A mathematical theory of",
        "communication, Bell Syst. Tech. J. 27, 379 (1948).",
        "[2] A. M. Turing, On computable numbers,",
    ]
    left += [
        "Proc. London Math. Soc. 42, 230 (1937).",
        "[3] D. E. Knuth, Semantics of context-free",
        "languages, Math. Syst. Theory 2, 127 (1968).",
    ]
    right = [
        "[4] E. W. Dijkstra, A note on two problems in",
        "connexion with graphs, Numer. Math. 1, 269 (1959).",
        "[5] C. A. R. Hoare, An axiomatic basis for",
    ]
    right += [
        "computer programming, Commun. ACM 12, 576 (1969).",
        "[6] J. D. Watson and F. H. C. Crick, Molecular",
        "structure of nucleic acids, Nature 171, 737 (1953).",
    ]
    rows = "".join(
        f'#place(dx: {x}pt, dy: {20 + 14 * n}pt, "{text}")\n'
        for n, pair in enumerate(zip(left, right, strict=True))
        for x, text in zip((0, 260), pair, strict=True)
    )
    found = extract(
        compiled(
            f"#set page(width: 595pt, height: 300pt, margin: 40pt)\n#set text(size: 9pt)\n#place[References]\n{rows}",
            tmp_path,
        )
    )
    assert [each.key for each in found] == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    ("lines", "words", "joined"),
    [
        (["infor-", "mation retrieval"], "information", "information retrieval"),
        (["Human-", "centred design"], "human-centred design", "Human-centred design"),
        (["Rayleigh-", "Taylor instability"], "", "Rayleigh-Taylor instability"),
        (["transformer-", "based models"], "", "transformer-based models"),
        (["https://doi.org/10.1172/jci.insight.", "159058"], "", "https://doi.org/10.1172/jci.insight.159058"),
        (["https://doi.org/", "10.1000/xyz"], "", "https://doi.org/10.1000/xyz"),
        (["arXiv:2412.02", "349 [cs], 2024."], "", "arXiv:2412.02349 [cs], 2024."),
        (["doi:10.1000/xyz.", "Accessed 2020"], "", "doi:10.1000/xyz. Accessed 2020"),
        (["https://example.org/a", "(2010)"], "", "https://example.org/a (2010)"),
        (["pp. 280–", "287"], "", "pp. 280–287"),
    ],
)
def test_lines_are_joined_as_they_were_written(lines: list[str], words: str, joined: str) -> None:
    assert join(lines, vocabulary(words)) == joined


@pytest.mark.parametrize(
    ("drawn", "meant"),
    [
        ("di ff cult e ffi cient", "diffcult efficient"),
        ("ﬁgure", "figure"),
        ("D´esert, Molli`ere, Moˇcnik, Garc´ıa, ¨Oberg", "Désert, Mollière, Močnik, García, Öberg"),
        ("`quoted' words, ´x", "`quoted' words, ´x"),
        ("Ho\x00mann", "Ho\ufffdmann"),
        ("\ud835x", "\ufffdx"),
        ("wa\ufffeter", "wa-\nter"),
    ],
)
def test_damaged_characters_are_repaired_or_marked(drawn: str, meant: str) -> None:
    assert repaired(drawn) == meant


def minimal(kids: str = "", trailer: str = "") -> bytes:
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(kids.split()) // 3} >>",
    ]
    objects += ["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>"]
    body, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()


ENCRYPTED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'11' * 32}> /U <{'22' * 32}> >> /ID [<{'33' * 16}> <{'33' * 16}>]"


@pytest.mark.parametrize(
    ("pdf", "sentence"),
    [
        (minimal("3 0 R", ENCRYPTED), "paper.pdf is encrypted and asks for a password"),
        (minimal("3 0 R"), "paper.pdf has no text layer: its pages are pictures"),
        (b"%PDF-1.7\nnothing but noise", "paper.pdf is damaged or no PDF"),
        (b"", "paper.pdf is damaged or no PDF"),
    ],
)
def test_unreadable_files_say_why_in_one_sentence(pdf: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        extract(pdf)
    assert caught.value.message == sentence


def test_a_file_without_pages_is_unreadable() -> None:
    with pytest.raises(UnreadableInput):
        extract(minimal())


def test_a_paper_without_list_is_not_an_empty_success(tmp_path: Path) -> None:
    pdf = compiled(
        "= A letter\n\n" + "We write about nothing in particular, and it takes us a long while to do so. " * 40,
        tmp_path,
    )
    with pytest.raises(UnreadableInput) as caught:
        extract(pdf)
    assert caught.value.message == "no reference list was found in paper.pdf"


@pytest.mark.parametrize("limits", [Limits(max_pages=1), Limits(max_bytes=100)])
def test_files_beyond_the_limits_are_refused(ieee: Paper, limits: Limits) -> None:
    assert len(pypdfium2.PdfDocument(ieee.pdf)) > 1
    with pytest.raises(UnreadableInput):
        extract(ieee.pdf, limits=limits)


@pytest.mark.parametrize("eighths", range(1, 8))
def test_truncated_files_give_references_or_one_sentence(ieee: Paper, eighths: int) -> None:
    with suppress(UnreadableInput):
        found = extract(ieee.pdf[: len(ieee.pdf) * eighths // 8])
        assert all(isinstance(each, Reference | Unreadable) for each in found)


def test_real_papers_give_all_printed_entries(shared_data: Path) -> None:
    folder = shared_data / "refs" / "documents"
    counts = {
        "refextract_1508.05632v2.pdf": 53,
        "refextract_2304.10117.pdf": 33,
        "refextract_1805.05865.pdf": 5,
        "wasp107_ms.pdf": 57,
    }
    assert {name: len(extract((folder / name).read_bytes())) for name in counts} == counts


def test_review_manuscripts_and_row_by_row_columns_of_users(shared_data: Path) -> None:
    folder = shared_data / "cases" / "files-dev"
    numbered = extract((folder / "gen-pdf-line-numbers__line_numbers.pdf").read_bytes())
    columns = extract((folder / "gen-pdf-two-columns__two_columns.pdf").read_bytes())
    assert [each.key for each in numbered] == ["1", "2", "3", "4"]
    assert [each.key for each in columns] == ["1", "2", "3", "4", "5", "6", "7", "8"]
