from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

import verifier
from tests.verifier.judges.fake_judges import KnowingJudge
from verifier.errors import EvidenceUnreadable
from verifier.folder import MOST_BYTES, Folder
from verifier.retrieval import LONGEST_PASSAGE, Passages, cut, evidence_for
from verifier.types import Claim, ClaimKind, Passage, PassageSource, Span

DOCUMENT = "\n\n".join(
    [f"Paragraph {number} speaks of other things, such as weather number {number}." for number in range(40)]
    + ["The dam at Orlow was finished in 1911 and holds nine million cubic metres."]
)


def claim(text):
    return Claim("c1", text, Span(0, len(text)), ClaimKind.SENTENCE)


def test_the_passage_with_the_rare_words_is_found_and_those_about_other_things_are_not():
    found = evidence_for(claim("The Orlow dam holds 9 million cubic metres."), [Passages([Passage(DOCUMENT)])])
    assert ["Orlow" in each.text for each in found.passages] == [True]


def test_a_short_document_is_read_whole_and_a_long_one_in_its_order():
    short = Passages([Passage("Tea is old. Coffee is older.\n\nNothing else is known.")])
    assert len(short.best("Quite unrelated.")) == 2
    found = Passages([Passage(DOCUMENT)]).best("Weather number 7 and weather number 3.")
    assert [each.text for each in found] == sorted((each.text for each in found), key=DOCUMENT.index)


def test_a_document_is_cut_into_whole_sentences():
    text = " ".join(f"Sentence number {number} is here." for number in range(200))
    pieces = list(cut(Passage(text)))
    assert " ".join(each.text for each in pieces) == text
    assert max(len(each.text) for each in pieces) <= LONGEST_PASSAGE


ROWS = "; ".join(f"station {number}: {number * 7} mm" for number in range(4_000))
PROSE = "\n\n".join(f"Sentence number {number} tells of the weather in the valley." for number in range(12_000))


@pytest.mark.parametrize(
    ("document", "asked", "wanted"),
    [(ROWS, "Station 3901 had 27307 mm.", "3901"), (PROSE, "Sentence number 11900 tells.", "11900")],
    ids=["one endless sentence", "a long document"],
)
@pytest.mark.parametrize("how", ["context", "retriever"])
def test_what_stands_near_the_end_of_a_long_text_is_found(document, asked, wanted, how):
    if how == "context":
        found = evidence_for(claim(asked), [Passages([Passage(document)])])
    else:
        found = evidence_for(claim(asked), [], lambda _: [document])
    assert any(wanted in each.text for each in found.passages)


def test_a_retriever_that_shares_no_word_with_the_claim_is_read_all_the_same():
    found = evidence_for(claim("Quite unrelated!"), [], lambda _: [DOCUMENT])
    assert found.passages


def test_a_claim_that_shares_no_word_gets_nothing():
    assert evidence_for(claim("Quite unrelated!"), [Passages([Passage(DOCUMENT)])]).passages == ()


def test_words_without_blanks_are_found_as_well():
    held = Passages([Passage("茶は1657年にロンドンに来た。"), Passage("水は百度で沸騰する。")])
    assert "1657" in held.best("ロンドンに茶が来た。")[0].text


def test_an_endless_retriever_is_stopped():
    def endless(_):
        while True:
            yield "The same passage."

    assert len(evidence_for(claim("Tea."), [], endless).passages) == 1


def test_text_and_pdf_files_are_found_with_their_names(tmp_path, shared_paper):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "dam.txt").write_text(DOCUMENT)
    (tmp_path / "paper.pdf").write_bytes(shared_paper.read_bytes())
    (tmp_path / "image.png").write_bytes(b"\x89PNG")
    folder = Folder(tmp_path)
    assert folder.best("The Orlow dam")[0].title == str(Path("sub", "dam.txt"))
    assert folder.best("reference list cannot be trusted")[0].title == "paper.pdf"
    assert folder.best("Orlow")[0].source is PassageSource.EVIDENCE


@pytest.fixture
def shared_paper(request):
    return request.config.rootpath / "examples" / "paper" / "paper.pdf"


def test_a_damaged_file_costs_itself_alone_and_is_said(tmp_path):
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 broken")
    (tmp_path / "dam.txt").write_text(DOCUMENT)
    folder = Folder(tmp_path)
    assert folder.best("Orlow dam")[0].title == "dam.txt"
    (gap,) = folder.gaps()
    assert gap.what == "evidence bad.pdf"


def scanned_pdf():
    import pypdfium2

    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(200, 200)
    held = BytesIO()
    pdf.save(held)
    pdf.close()
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.txt", b" \n", "it is empty"),
        ("scan.pdf", scanned_pdf(), "no text layer"),
        ("huge.txt", b"a" * (MOST_BYTES + 1), "more than"),
        ("broken.pdf", b"%PDF-1.4", "cannot be read"),
    ],
    ids=["empty", "pictures alone", "too large", "damaged"],
)
def test_a_report_says_which_evidence_was_not_read(tmp_path, name, content, why):
    (tmp_path / "dam.txt").write_text(DOCUMENT)
    (tmp_path / name).write_bytes(content)
    report = verifier.check("The Orlow dam was built by nobody.", evidence=tmp_path, judge=KnowingJudge())
    (gap,) = [each for each in report.gaps if name in each.what]
    assert why in gap.why


def test_many_files_that_were_not_read_are_counted(tmp_path):
    (tmp_path / "dam.txt").write_text(DOCUMENT)
    for number in range(9):
        (tmp_path / f"{number}.md").write_text("")
    folder = Folder(tmp_path)
    folder.best("dam")
    assert len(folder.gaps()) == 6
    assert folder.gaps()[-1].what == "4 more files of evidence"


def test_a_folder_of_which_nothing_can_be_read_is_read_once_however_many_claims_ask(tmp_path):
    (tmp_path / "empty.txt").write_text("")
    folder = Folder(tmp_path)
    for _ in range(3):
        with pytest.raises(EvidenceUnreadable):
            folder.best("dam")
    assert [gap.what for gap in folder.gaps()] == ["evidence empty.txt"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("The secret dam at Orlow.")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "dam.txt").write_text("Another dam.")
    (folder / "link.txt").symlink_to(outside)
    (folder / "gone.txt").symlink_to(tmp_path / "nosuch")
    assert [each.title for each in Folder(folder).best("dam")] == ["dam.txt"]


@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_a_folder_that_holds_nothing_says_so(kind, tmp_path):
    place = tmp_path / "place"
    if kind == "empty":
        place.mkdir()
    if kind == "file":
        place.write_text("x")
    with pytest.raises(EvidenceUnreadable):
        Folder(place).best("dam")


@pytest.mark.parametrize("query", ["", "AND OR NOT", "text:secret", '"', "*", "a" * 10_000, "\ud800"])
def test_no_claim_is_a_query_language(query, tmp_path):
    (tmp_path / "dam.txt").write_text(DOCUMENT)
    assert isinstance(Folder(tmp_path).best(query), list)
