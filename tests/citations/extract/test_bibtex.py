"""BibTeX and biblatex files as programs and people write them."""

from __future__ import annotations

import gzip
import logging
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.extract.bibtex import BibtexExtractor
from citations.extract.interface import Document, Limits
from citations.types import Extracted, Kind, Reference, Unreadable

GOOD = "@article{good%d, author = {Wagner, A. James}, title = {Weather and Circulation of July 1974}, year = {1974}}\n"


def read(text: str | bytes, **limits: int) -> list[Extracted]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(BibtexExtractor().extract(Document("refs.bib", data, limits=Limits(**limits))))


def only(text: str | bytes) -> Reference:
    (reference,) = read(text)
    assert isinstance(reference, Reference)
    return reference


def keys(items: list[Extracted]) -> list[str]:
    return [each.key for each in items]


def test_entry_keeps_its_place_and_its_text() -> None:
    text = "stray\n" + GOOD % 1
    reference = only(text)
    assert (reference.location.line, reference.id, reference.source) == (2, "refs.bib#good1", "bibtex")
    assert text[reference.location.start : reference.location.end] == reference.raw == (GOOD % 1).strip()


@pytest.mark.parametrize(
    "layout",
    [
        "@book{k\n,\ttitle\t= {Widget basics}\n,\tyear\t= {1992}\n}",
        "@book(k, title = {Widget basics}, year = 1992)",
        '@BOOK { k , TITLE = "Widget basics" , Year = "1992" , }',
        "@book{k,title={Widget\n   basics},year={1992}}",
        "@book{k,\r\n title={Widget basics},\r\n year={1992}\r\n}\r\n",
        "@book{k,\r title={Widget basics},\r year={1992}\r}\r",
        "\ufeff@book{k, title={{Widget basics}}, year={{1992}}}",
        "@book{k title={Widget basics}, year={1992}}",
        "@book{k, title={Widget basics} year={1992}}",
        "@book{k, title={Widget basics}, year={1992}",
        "@book{k, title={Widget basics}}, year={1992}}",
        "@book{ k, title = {Widget } # {basics}, year=1992}",
    ],
)
def test_layout_and_small_slips_do_not_change_what_is_read(layout: str) -> None:
    reference = only(layout)
    assert (reference.key, reference.fields.title, reference.fields.year) == ("k", "Widget basics", 1992)


def test_damage_that_was_mended_is_said() -> None:
    assert only("@book{k, publisher={Springer}\n doi={10.1007/s13194-022-00484-8}}").mended == (
        "no comma after publisher",
    )
    assert only(GOOD % 1).mended == ()


@pytest.mark.parametrize(
    "damaged",
    [
        "@article{bad, title = {Consensus {Epistemic Conditions}, journal = {Topoi}, year = {2021}\n}\n",
        "@article{bad,\n  title = {Consensus {Epistemic Conditions},\n  journal = {Topoi}\n}\n\n",
        '@article{bad, title = "Consensus, year = {2021}}\n',
        '@article{bad, title = "The "big" thing", year = {2021}}\n',
        "@article{bad, title = {Consensus}, year = {2021}\n",
        "@article{bad, title = {Consensus}}, year = {2021}}\n",
        "@article{bad, title = , year = {2021}}\n",
        "@article{bad, title {Consensus}, year = {2021}}\n",
        "@article{bad, title = {Consensus}, file = {Consensus \\{Withania.pdf}, year = {2021}\n}\n",
        "@article{bad\n",
        "@article{bad,\n",
        "@article{bad}\n",
        "@article bad, title = {Consensus}\n",
        "@comment{bad, title = {Consensus}\n",
        "@string{bad = {Consensus}\n",
        "@article{bad, author = {Smith, J.},\n title = {No end\n",
        "@article{bad, author = {Smith, J. and\n title = {Consensus}, year = {2021}\n}\n",
        "@article{bad, title = {Consensus}, year = {2021}, pag\n",
        "a stray brace { and mail@example.org{\n",
    ],
)
def test_broken_entry_never_takes_its_neighbours_with_it(damaged: str) -> None:
    items = read(GOOD % 1 + damaged + GOOD % 2)
    goods = [each for each in items if each.key.startswith("good")]
    assert [(each.key, each.fields.title) for each in goods if isinstance(each, Reference)] == [
        ("good1", "Weather and Circulation of July 1974"),
        ("good2", "Weather and Circulation of July 1974"),
    ]
    rest = [each for each in items if not each.key.startswith("good")]
    assert keys(rest) == (["bad"] if damaged.startswith("@article{") else [])
    assert all(isinstance(each, Unreadable) or each.mended for each in rest)


@pytest.mark.parametrize(
    "behind", ["", "\n", "\n}\n", ",\n", "\n year = {2021}\n}\n", " and\n journal = {Topoi},\n}\n"]
)
@pytest.mark.parametrize("opening", ["{", '"'])
@pytest.mark.parametrize("neighbour", ["", GOOD % 1])
@pytest.mark.parametrize(("first", "lost"), [("author", "title"), ("title", "author")])
def test_an_entry_whose_title_or_author_was_cut_off_is_told_and_not_judged(
    behind, opening, neighbour, first, lost
) -> None:
    behind = behind or "\n" * bool(neighbour)
    item, *rest = read(f"\n@article{{bad,\n {first} = {{Whole Words}},\n {lost} = {opening}Half of{behind}{neighbour}")
    assert isinstance(item, Unreadable)
    assert (item.key, item.location.line) == ("bad", 2)
    assert item.reason.startswith(f"the end of the entry's {lost} is lost: a ")
    assert keys(rest) == (["good1"] if neighbour else [])


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("doi = {10.1007/s13194", "doi"),
        ('journal = "Phys. Rev', "journal"),
        ("pages = {12", "pages"),
        ("year = {20", "year"),
    ],
)
def test_half_a_value_is_not_held_against_the_entry(field: str, name: str) -> None:
    item, *rest = read(
        f"@article{{bad, author = {{Hoffmann, M.}}, title = {{Consensus Building}},\n {field}\n{GOOD % 1}"
    )
    assert isinstance(item, Reference)
    assert item.fields.title == "Consensus Building"
    assert [item.fields.doi, item.fields.venue, item.fields.pages, item.fields.year] == ["", "", "", None]
    assert item.mended[-1] == f"the end of its {name} is lost"
    assert keys(rest) == ["good1"]


def test_the_beginning_of_a_lost_field_does_not_become_part_of_the_title() -> None:
    reference = only("@article{bad, author = {Hoffmann, M.},\n title = {Consensus Building},\n ye")
    assert reference.fields.title == "Consensus Building"


@pytest.mark.parametrize("between", ["", " ", "\n", "\n\n  ", "\r\n"])
def test_an_opening_without_anything_leaves_its_neighbour_alone(between: str) -> None:
    items = read("@article{" + between + GOOD % 1 + GOOD % 2)
    assert [type(each) for each in items] == [Unreadable, Reference, Reference]
    assert keys(items) == ["", "good1", "good2"]


def test_unclosed_title_gives_back_the_fields_it_swallowed() -> None:
    damaged = (
        "@article{bad,\n author = {Hoffmann, M.},\n title = {Consensus {Epistemic Conditions},\n year = {2021}\n}\n"
    )
    bad = read(damaged + GOOD % 1)[0]
    assert isinstance(bad, Reference)
    assert (bad.fields.title, bad.fields.year, bad.fields.authors[0].family) == (
        "Consensus Epistemic Conditions",
        2021,
        "Hoffmann",
    )
    assert bad.mended == ("a brace that is never closed in the entry that begins in line 1: read field by field",)


def test_brace_in_the_wrong_place_does_not_hide_fields() -> None:
    reference = only("@article{bad, title = {Consensus {Epistemic}, year = {2021}, journal = {Topoi}}}")
    assert (reference.fields.title, reference.fields.year, reference.fields.venue) == (
        "Consensus Epistemic",
        2021,
        "Topoi",
    )


def test_entry_without_fields_is_unreadable_with_its_line() -> None:
    (item,) = read("\n\n@article{empty, }")
    assert isinstance(item, Unreadable)
    assert (item.key, item.location.line) == ("empty", 3)


def test_comments_preambles_and_settings_are_no_entries() -> None:
    text = (
        '@comment{ @article{no, title={commented out}} }\n@preamble{"\\newcommand{\\x}{y}"}\n@string{a = "b"}\n'
        "@comment{jabref-meta: databaseType:bibtex;}\n@xdata{x, publisher={P}}\n@IEEEtranBSTCTL{c, a={b}}\n"
    )
    assert read(text) == []


def test_macros_months_and_concatenation_are_resolved() -> None:
    text = (
        '@string{SOC = {Society}}\n@string{prs = "Proceedings of the Royal " # soc}\n'
        '@article{a, title = "Weather of " # jul # " 1974", journal = prs, month = "15~" # sep, year = 1974}'
    )
    fields = only(text).fields
    assert (fields.title, fields.venue) == ("Weather of July 1974", "Proceedings of the Royal Society")


def test_undefined_macro_is_kept_as_a_word() -> None:
    reference = only("@article{b, title={T}, journal = mwr, year = 1974}")
    assert (reference.fields.venue, reference.mended) == ("mwr", ("mwr is not defined",))


def test_duplicate_keys_are_both_read_under_different_ids() -> None:
    items = read("@misc{k, title={One}}@misc{k, title={Two}}@misc{, title={Three}}")
    assert [each.id for each in items if isinstance(each, Reference)] == [
        "refs.bib#k",
        "refs.bib#k~2",
        "refs.bib#line-1",
    ]


@pytest.mark.parametrize(
    ("author", "families"),
    [
        (r"Heged{\H u}s, G. and Erd{\H{o}}s, P. and Dvo{\v r}\'ak, A.", ["Hegedűs", "Erdős", "Dvořák"]),
        (r"{\c{C}}etinkaya, B. and Truch{\l}o, M. and G{\"o}{\u g}{\"u}{\c s}, M.", ["Çetinkaya", "Truchło", "Göğüş"]),
        (r"S{\o}rensen, A. and \AA berg, B. and {\'E}.~Cartan", ["Sørensen", "Åberg", "Cartan"]),
        (
            r"Nguy{\~{\^e}}n, V. and Mart{\'\i}n, J. and Wa{\k e}sa, L. and M{\r u}{\v z}i{\v c}ka, X.",
            ["Nguyễn", "Martín", "Waęsa", "Můžička"],
        ),
    ],
)
def test_accent_macros_do_not_split_names(author: str, families: list[str]) -> None:
    fields = only(f"@misc{{k, title={{T}}, author={{{author}}}}}").fields
    assert [name.family for name in fields.authors] == families


def test_braces_protect_bodies_and_others_is_nobody() -> None:
    fields = only("@misc{k, author={{World Health Organization} and A. {Delgado de Molina} and others}}").fields
    assert fields.authors[0].literal == "World Health Organization"
    assert (fields.authors[1].family, len(fields.authors), fields.et_al) == ("Delgado de Molina", 2, True)


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("@article{k, title={T}, journal={Nature}}", Kind.ARTICLE),
        ("@article{k, title={T}, journal={arXiv preprint arXiv:2205.01833}}", Kind.PREPRINT),
        ("@misc{k, title={T}, eprint={1706.03762}, archivePrefix={arXiv}}", Kind.PREPRINT),
        ("@misc{k, title={T}, howpublished={\\url{https://example.org/x}}}", Kind.WEBSITE),
        ("@misc{k, title={T}, url={https://github.com/a/b}}", Kind.SOFTWARE),
        ("@misc{k, note={Private communication with the curator}}", Kind.UNPUBLISHED),
        ("@article{k, title={T}, journal={in preparation}}", Kind.UNPUBLISHED),
        ("@online{k, title={T}}", Kind.WEBSITE),
        ("@software{k, title={T}}", Kind.SOFTWARE),
        ("@dataset{k, title={T}}", Kind.DATASET),
        ("@thesis{k, title={T}, type={phdthesis}}", Kind.THESIS),
        ("@patent{k, title={T}}", Kind.PATENT),
        ("@electronic{k, title={T}}", Kind.WEBSITE),
        ("@incollection{k, title={T}}", Kind.CHAPTER),
        ("@techreport{k, title={T}}", Kind.REPORT),
        ("@junk{k, title={T}}", Kind.UNKNOWN),
    ],
)
def test_every_entry_type_has_its_kind_and_none_is_dropped(entry: str, kind: Kind) -> None:
    assert only(entry).fields.kind is kind


def test_biblatex_fields_are_understood() -> None:
    text = """@inproceedings{k, title={Main}, subtitle={A Study}, author={Doe, J.}, date={2020-05-01/2020-05-03},
      booktitle={Proceedings}, booksubtitle={Second Workshop}, location={Berlin}, pages={1--5}}"""
    fields = only(text).fields
    assert (fields.title, fields.year, fields.venue, fields.pages) == (
        "Main: A Study", 2020, "Proceedings: Second Workshop", "1-5",
    )  # fmt: skip
    assert only("@article{k, title={T}, journaltitle={J. Phys.}}").fields.venue == "J. Phys."


@pytest.mark.parametrize(
    ("field", "doi", "arxiv"),
    [
        ("doi={https://doi.org/10.1002/QJ.3512}", "10.1002/qj.3512", ""),
        ("doi={10.1163/2214-8264\\_dutch}", "10.1163/2214-8264_dutch", ""),
        ("url={https://dx.doi.org/10.1002/qj.3512}", "10.1002/qj.3512", ""),
        ("note={{DOI}: https://doi.org/10.24432/C56C76}", "10.24432/c56c76", ""),
        ("doi={10.48550/arXiv.2205.14135}", "10.48550/arxiv.2205.14135", "2205.14135"),
        ("eprint={1706.03762v5}, eprinttype={arxiv}", "", "1706.03762v5"),
        ("eprint={hep-th/9711200}", "", "hep-th/9711200"),
        ("eprint={1508.007}, eprinttype={ascl}", "", ""),
        ("url={https://arxiv.org/abs/2205.01833}", "", "2205.01833"),
        ("journal={CoRR}, volume={abs/1706.03762}", "", "1706.03762"),
        ("howpublished={arXiv:1811.04968}", "", "1811.04968"),
    ],
)
def test_identifiers_are_found_wherever_exporters_put_them(field: str, doi: str, arxiv: str) -> None:
    fields = only(f"@misc{{k, title={{T}}, {field}}}").fields
    assert (fields.doi, fields.arxiv) == (doi, arxiv)


def test_volume_gives_its_part_what_the_part_lacks() -> None:
    text = """@incollection{part, author={Anne Abeill\\'e}, title={Coordination}, crossref={vol}}
      @collection{vol, editor={Stefan M{\\"u}ller}, title={The Handbook}, date={2020}, doi={10.1/x}, xdata={press}}
      @xdata{press, publisher={Language Science Press}}"""
    part, volume = read(text)
    assert isinstance(part, Reference)
    assert isinstance(volume, Reference)
    assert (part.fields.title, part.fields.venue, part.fields.year) == ("Coordination", "The Handbook", 2020)
    assert (part.fields.editors[0].family, part.fields.publisher) == ("Müller", "Language Science Press")
    assert (part.fields.doi, volume.fields.title) == ("", "The Handbook")


def test_entries_that_inherit_from_each_other_end() -> None:
    assert keys(read("@misc{a, title={A}, crossref={b}}@misc{b, title={B}, crossref={a}}")) == ["a", "b"]


def test_isbn_of_the_volume_is_not_that_of_the_chapter() -> None:
    assert only("@incollection{k, title={T}, isbn={978-3-16-148410-0}}").fields.isbn == ""
    assert only("@book{k, title={T}, isbn={978-3-16-148410-0}}").fields.isbn == "9783161484100"


@pytest.mark.parametrize(
    "data",
    [
        "@misc{k, title={Zürich Gespräche}}".encode("latin-1"),
        "@misc{k, title={Zürich Gespräche}}".encode("utf-8-sig"),
        "@misc{k, title={Zürich Gespräche}}".encode("utf-16"),
        b'@misc{k, title={Z{\\"u}rich Gespr{\\"a}che}}',
    ],
)
def test_encodings_are_told_apart(data: bytes) -> None:
    assert only(data).fields.title == "Zürich Gespräche"


def test_nul_bytes_and_invalid_utf8_lose_no_entry() -> None:
    items = read(b"@misc{a, title={One\0 two}}\n@misc{b, title={Caf\xff\xfe}}\n@misc{c, title={Three}}")
    assert keys(items) == ["a", "b", "c"]
    assert all("\0" not in each.raw for each in items)


def test_limit_names_what_is_left_out() -> None:
    *read_ones, last = read((GOOD % 1) * 3, max_entries=2)
    assert [type(each) for each in read_ones] == [Reference, Reference]
    assert isinstance(last, Unreadable)
    assert last.location.line == 3


def test_macros_that_hold_each_other_stay_small() -> None:
    bomb = '@string{a0 = "ha"}' + "".join(f"@string{{a{n + 1} = {' # '.join([f'a{n}'] * 9)}}}" for n in range(40))
    assert len(only(bomb + "@misc{k, title = a40}").fields.title) <= 2_000


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet='@ab{}(),="#\\\n k', max_size=200))
def test_no_text_makes_the_reader_fail_or_lose_what_follows(noise: str) -> None:
    items = read(noise + "\n" + GOOD % 1 + GOOD % 2)
    assert keys(items)[-1] == "good2"


@pytest.mark.parametrize("name", ["dblp-cs-conferences", "acl-anthology-to-2021"])
def test_every_entry_of_a_large_collection_is_read_whole(shared_data: Path, name: str) -> None:
    with gzip.open(shared_data / "works" / f"{name}.bib.gz") as stream:
        text = stream.read(1_500_000).decode()
    text = text[: text.rindex("\n@")]
    items = read(text)
    assert len(items) == len(re.findall(r"(?m)^@\w+\{", text))
    assert [each.key for each in items if isinstance(each, Unreadable) or each.mended or not each.fields.title] == []


def test_bibliography_pasted_together_from_many_programs_is_read_whole(shared_data: Path) -> None:
    items = read((shared_data / "cases" / "files-dev" / "real-joss-bib-missing-dois__paper.bib").read_bytes())
    assert [type(each) for each in items] == [Reference] * 23
    assert [each.fields.doi for each in items if isinstance(each, Reference) and each.key == "iris_53"] == [
        "10.24432/c56c76"
    ]


_WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüß", min_size=1, max_size=8)
_VALUE = st.recursive(
    st.lists(_WORD, min_size=1, max_size=4).map(" ".join),
    lambda inner: st.tuples(inner, inner).map(lambda pair: f"{pair[0]} {{{pair[1]}}}"),
    max_leaves=4,
)
_NAMES = st.sampled_from(["title", "author", "journal", "year", "note", "volume"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(_NAMES, _VALUE, min_size=1), min_size=1, max_size=5), st.booleans())
def test_machine_written_files_are_read_as_bibtexparser_reads_them(entries: list[dict[str, str]], quoted: bool) -> None:
    import bibtexparser

    from citations.extract.bibtex_blocks import bibtex_blocks

    opening, closing = ('"', '"') if quoted else ("{", "}")
    text = "\n".join(
        f"@article{{k{number},\n" + ",\n".join(f"  {n} = {opening}{v}{closing}" for n, v in entry.items()) + "\n}\n"
        for number, entry in enumerate(entries)
    )
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    theirs = bibtexparser.parse_string(text, parse_stack=[bibtexparser.middlewares.RemoveEnclosingMiddleware()])
    assert [(b.key, b.line, {f.name: f.value for f in b.fields}) for b in bibtex_blocks(text)] == [
        (e.key, e.start_line + 1, {f.key: f.value for f in e.fields}) for e in theirs.entries
    ]
