from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.parse.answer_styles import arranged
from citations.parse.bibtex_block import bibtex_blocks
from citations.parse.blocks import BlockKind, blocks
from citations.parse.inline import Citation, find_citations
from citations.parse.pointers import pointers


def first_author(citation: Citation) -> str:
    authors = citation.fields.authors
    return (authors[0].family or authors[0].literal) if authors else ""


def told(text: str) -> list[tuple[str, str, int | None]]:
    """Title, first author and year of each citation."""
    return [(each.fields.title, first_author(each), each.fields.year) for each in find_citations(text)]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ('1. "Attention Is All You Need" by Vaswani (2017)', ("Attention Is All You Need", "Vaswani", 2017)),
        ('1. "The Role of Sleep in Memory" by John Smith, Journal of Sleep, 2012.', ("The Role of Sleep in Memory", "Smith", 2012)),
        ("- Roe, A. (2015). On the growth of things. Journal of Things, 3(2), 1-10.", ("On the growth of things", "Roe", 2015)),
        ("* **Deep Residual Learning for Image Recognition** - He, K., Zhang, X., & Ren, S. (2016). CVPR.", ("Deep Residual Learning for Image Recognition", "He", 2016)),
        ("2) **On the Growth of Things** (2018) by Roe et al.", ("On the Growth of Things", "Roe", 2018)),
        ("[3] A. Roe and B. Doe, “On the growth of things,” Nature, vol. 3, pp. 1–10, 2015.", ("On the growth of things", "Roe", 2015)),
        ("1. **On the Growth of Things**\n   - **Authors:** Ann Roe, Bob Doe\n   - **Published in:** Nature, 2015", ("On the Growth of Things", "Roe", 2015)),
        ("1. Roe, A. (2015). *On the growth of things*. Oxford University Press.", ("On the growth of things", "Roe", 2015)),
    ],
)  # fmt: skip
def test_list_items_of_language_models_are_citations(item: str, expected: tuple[str, str, int]) -> None:
    assert told(f"Here are some references:\n\n{item}\n\nI hope this helps!") == [expected]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ('The Transformer was introduced in "Attention is all you need" (Vaswani et al., 2017).', ("Attention is all you need", "Vaswani", 2017)),
        ("The book *The Selfish Gene* by Richard Dawkins (1976) is famous.", ("The Selfish Gene", "Dawkins", 1976)),
        ("Kingma and Ba (2015) proposed it in “Adam: A method for stochastic optimization”.", ("Adam: A method for stochastic optimization", "Kingma", 2015)),
        ('Hinton, "Learning multiple layers of representation", Trends in Cognitive Sciences, 2007, explains it.', ("Learning multiple layers of representation", "Hinton", 2007)),
        ("As shown by Smith (2021), time travel psychology is hard.", ("", "Smith", 2021)),
        ("Sleep helps (Roe & Doe, 2019).", ("", "Roe", 2019)),
        ("Smith 2021 time travel psychology", ("time travel psychology", "Smith", 2021)),
        ("The World Health Organization (2020) says so.", ("", "World Health Organization", 2020)),
    ],
)  # fmt: skip
def test_citations_in_sentences_are_found_with_what_they_tell(sentence: str, expected: tuple[str, str, int]) -> None:
    assert told(sentence) == [expected]


def test_lists_in_styles_of_other_scripts_are_read() -> None:
    text = (
        "以下是一些参考文献：\n\n"
        "[1] 周飞燕, 金林鹏, 董军. 卷积神经网络研究综述[J]. 计算机学报, 2017, 40(6): 1229-1251.\n"
        "[2] 李航. 统计学习方法[M]. 北京: 清华大学出版社, 2019.\n\n"
        "- 夏目漱石『こころ』岩波書店, 1914年.\n"
        "- 余英時，《歷史與思想》（臺北：聯經，1976）。\n"
        "- Колмогоров А. Н. Основные понятия. — М.: Наука, 1974. — 120 с.\n"
    )
    titles = ["卷积神经网络研究综述", "统计学习方法", "こころ", "歷史與思想", "Основные понятия"]
    assert [each.fields.title for each in find_citations(text)] == titles


ANSWER = """Sleep helps memory (Roe et al., 2019; Doe, 2018), as Roe et al. (2019) showed [1], [2-3]. A third view is Poe's (2017).

## References

[1] Roe, A., Smith, B., & Jones, C. (2019). Sleep and memory in adults. Sleep, 4, 1-9.
[2] Doe, J. (2018). Why we forget. Memory, 12(3), 44-58.
"""


def test_short_citations_with_an_entry_in_the_list_are_not_counted_again() -> None:
    assert told(ANSWER) == [
        ("", "Poe", 2017),
        ("Sleep and memory in adults", "Roe", 2019),
        ("Why we forget", "Doe", 2018),
    ]
    assert [each.label for each in find_citations(ANSWER)] == ["Poe's (2017)", "[1]", "[2]"]


def test_line_ends_of_windows_change_nothing_but_the_offsets() -> None:
    windows = ANSWER.replace("\n", "\r\n")
    assert told(windows) == told(ANSWER)
    assert all(windows[each.start : each.end] == each.raw for each in find_citations(windows))


def test_an_unnumbered_entry_is_labelled_by_the_short_citation_that_points_to_it() -> None:
    text = "Sleep helps (Roe, 2019).\n\nReferences:\n\nRoe, A. (2019). Sleep and memory. Sleep, 4, 1-9.\nDoe, B. (2018). Why we\n  forget. Memory, 3, 4-5."
    assert [each.label for each in find_citations(text)] == ["(Roe, 2019)", ""]


def test_a_title_in_a_sentence_and_in_the_list_is_one_citation() -> None:
    text = (
        'See "Sleep and memory in adults" (Roe, 2019).\n\n1. Roe, A. (2019). Sleep and memory in adults. Sleep, 4, 1-9.'
    )
    assert [(each.label, each.fields.venue) for each in find_citations(text)] == [("[1]", "Sleep")]


@pytest.mark.parametrize(
    "remark",
    [
        ": This book gives an overview.",
        " - The authors explain it.",
        ". This paper shows it.",
        "\n   - Summary: it is good.",
    ],
)
def test_a_remark_behind_a_reference_is_not_part_of_it(remark: str) -> None:
    reference = '"The Growth of Things" by Ann Roe and Bob Doe, 2017'
    (found,) = find_citations(f"1. {reference}{remark}")
    assert found.raw.rstrip(".") == reference
    assert (found.fields.title, found.fields.year, found.fields.venue) == ("The Growth of Things", 2017, "")


@pytest.mark.parametrize(
    ("item", "title", "author", "year", "printed"),
    [
        ("Deep Things: A New Era of Growth (2018) by Roe, Doe et al., published by Google", "Deep Things: A New Era of Growth", "Roe", 2018, "Google"),
        ("The Growth of Things (2018) by Ann Roe, published in Nature", "The Growth of Things", "Roe", 2018, "Nature"),
        ("The Growth of Things by Ann Roe and Bob Doe (2018)", "The Growth of Things", "Roe", 2018, ""),
        ("The Growth of Things by Ann Roe, Bob Doe, et al. - This paper shows it.", "The Growth of Things", "Roe", None, ""),
        ("The Growth of Things by A.I. deVries and Bob Doe (2018)", "The Growth of Things", "deVries", 2018, ""),
        ('"The Growth of Things" (2018): This is a book.', "The Growth of Things", "", 2018, ""),
        ('"The Growth of Things" - A team of people who wrote much.', "The Growth of Things", "", None, ""),
        ("**The Growth of Things by Ann Roe**", "The Growth of Things", "Roe", None, ""),
        ("*The Growth of Things* by Dr. Ann Roe, published in 2018 by Springer.", "The Growth of Things", "Roe", 2018, "Springer"),
        ("**The Growth of Things**, by Ann Roe, a famous economist who has studied it.", "The Growth of Things", "Roe", None, ""),
        ('"The Growth of Things" (2018) by Ann Roe: This book shows it.', "The Growth of Things", "Roe", 2018, ""),
        ('"The Growth of Things" by Prof. Ann Roe" (2018)', "The Growth of Things", "Roe", 2018, ""),
        ('2018: "The Growth of Things" by Ann Roe, published in The New Republic.', "The Growth of Things", "Roe", 2018, "The New Republic"),
        ('Prize for Papers: "The Growth of Things" by Ann Roe', "The Growth of Things", "Roe", None, ""),
        ('Ann Roe, Bob Doe: "The Growth of Things", Nature, 2018', "The Growth of Things", "Roe", 2018, "Nature"),
        ('Roe\'s 2018 paper "The Growth of Things" published in "Nature"', "The Growth of Things", "Roe", 2018, "Nature"),
        ("Roe's 2018 \"The Growth of Things\"", "The Growth of Things", "Roe", 2018, ""),
        ("**The Growth of Things** - Ann Roe, Bob Doe (2018)", "The Growth of Things", "Roe", 2018, ""),
        ("The Growth of Things: A Study (2018)", "The Growth of Things: A Study", "", 2018, ""),
        ("The Growth of Things (2018): arXiv.org", "The Growth of Things", "", 2018, ""),
        ('"The Growth of Things"', "The Growth of Things", "", None, ""),
        ('"The Growth of Things" - This paper published in 2001 explored it.', "The Growth of Things", "", None, ""),
    ],
)  # fmt: skip
def test_small_models_list_works_in_styles_of_their_own(
    item: str, title: str, author: str, year: int | None, printed: str
) -> None:
    text = f"Here are two notable papers:\n\n1. {item}\n2. {item.replace('Growth', 'Decay')}\n\nI hope this helps!"
    found = find_citations(text)
    assert [
        (each.fields.title, first_author(each), each.fields.year, each.fields.venue or each.fields.publisher)
        for each in found
    ] == [
        (title, author, year, printed),
        (title.replace("Growth", "Decay"), author, year, printed),
    ]


@pytest.mark.parametrize("marker", ["{}. ", "{}) ", "- ", "* ", "[{}] "])
@pytest.mark.parametrize(
    "item",
    [
        '"On Growth" by Ann Roe (2018)',
        "On the Growth of Things by Ann Roe, published in 2018 by Springer",
        '"On the Growth of Things"',
    ],
)
def test_no_item_of_a_list_of_works_is_lost_because_it_is_like_another(marker: str, item: str) -> None:
    items = "\n".join(f"{marker.format(number)}{item}" for number in range(1, 6))
    assert len(find_citations(f"Five papers:\n\n{items}")) == 5


@pytest.mark.parametrize(
    "text",
    [
        "Five films:\n\n1. The Return of the Thing (1999)\n2. The End of the Thing by Ann Roe (2001)",
        "Events of the century:\n\n- The Battle of the Two Hills (1914)\n- The Treaty of the Long River (1919)",
        'What people say:\n\n1. "To Be or Not to Be"\n2. "All the World Is a Stage"',
    ],
)
def test_lists_of_other_things_with_years_and_makers_are_no_citations(text: str) -> None:
    assert find_citations(text) == ()


def test_references_of_a_list_that_say_by_in_their_titles_keep_their_authors() -> None:
    text = "References\n\n1. Roe, Ann, Activation of growth by Notch Signaling, Nature, 2015.\n2. A. Roe and B. Doe, Control of things by Wnt and Notch, Cell, 2016."
    assert told(text) == [
        ("Activation of growth by Notch Signaling", "Roe", 2015),
        ("Control of things by Wnt and Notch", "Roe", 2016),
    ]


def test_a_list_that_repeats_the_works_of_a_list_before_adds_none() -> None:
    works = [f"Roe, A. (201{at}). On the growth of {at} things. Nature, {at}, 1-9." for at in range(3, 6)]
    text = "Papers:\n\n" + "\n".join(f"- {work}" for work in works)
    text += "\n\nReferences:\n\n" + "\n".join(f"{at}. {work}" for at, work in enumerate(works, 1))
    assert [each.label for each in find_citations(text)] == ["[1]", "[2]", "[3]"]


def test_equal_items_of_one_list_are_citations_of_their_own() -> None:
    text = '1. "The Growth of Things" by Ann Roe, 2017\n2. "The Growth of Things" by Ann Roe, 2018\n3. "The Growth of Things" by Ann Roe, 2017'
    assert [(each.label, each.fields.year) for each in find_citations(text)] == [
        ("[1]", 2017),
        ("[2]", 2018),
        ("[3]", 2017),
    ]


def test_identifiers_and_links_in_prose_are_citations() -> None:
    text = "See 10.1038/s41586-020-2649-2, arXiv:1706.03762 and [the docs](https://example.org/a_(b)), or [9](https://example.org/home/)."
    found = find_citations(text)
    assert [(each.fields.doi, each.fields.arxiv, each.fields.url, each.label) for each in found] == [
        ("10.1038/s41586-020-2649-2", "", "", ""),
        ("", "1706.03762", "", ""),
        ("", "", "https://example.org/a_(b)", ""),
        ("", "", "https://example.org/home/", "[9]"),
    ]


def test_bibtex_in_a_code_fence_is_read() -> None:
    text = 'Here:\n\n```bibtex\n@article{roe2019,\n  title={Sleep and {M}emory},\n  author={Roe, Ann and Doe, Bob and others},\n  journal="Sleep", year=2019, pages={1--9}\n}\n```\n'
    (found,) = find_citations(text)
    assert (found.fields.title, first_author(found), found.fields.et_al, found.fields.year) == (
        "Sleep and Memory",
        "Roe",
        True,
        2019,
    )
    assert (found.raw[0], found.raw[-1], found.label) == ("@", "}", "[roe2019]")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mitochondria are the powerhouse of the cell.",
        "- Use a smaller learning rate.\n- Train longer in 2019.\n- See Table 3 (2020).",
        '"To be or not to be" is a quote.',
        "In May (2020) and in Table (2019) nothing happened; BERT (2018) did. Numbers [1] point nowhere.",
        "1. Preheat the oven to 200 degrees.\n2. Mix flour and water.\n3. Bake for 40 minutes.",
        "```python\nprint('Smith (2020)')\n```",
    ],
)
def test_ordinary_text_has_no_citations(text: str) -> None:
    assert find_citations(text) == ()


PARTS = st.sampled_from(
    [*ANSWER.split(), "\n", "\n\n", "1. ", "- ", "[", "(", '"', "“", "*", "```\n", "Smith (2020)", "(Roe, 2019)", "@article{a,", "10.1000/a", "https://a.org", "References\n"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(PARTS, max_size=60).map(" ".join))
def test_offsets_are_exact_and_citations_stand_in_order_without_overlap(text: str) -> None:
    found = find_citations(text)
    assert [each.raw for each in found] == [text[each.start : each.end] for each in found]
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    assert all(each.raw for each in find_citations(text))


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, max_size=40).map(" ".join))
def test_blocks_are_disjoint_and_cover_every_line_of_prose(text: str) -> None:
    found = list(blocks(text))
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))
    prose = "".join(text[block.start : block.end] for block in found if block.kind is not BlockKind.CODE)
    assert prose.count("Memory") <= text.count("Memory")


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "(",
        '"',
        "“ab cd ",
        "*a ",
        "(2020) ",
        "Smith (2020), ",
        "van de ",
        "A. ",
        "[a](http://",
        "> ",
        "@article{a,",
    ],
)
def test_hostile_repetition_gives_a_bounded_number_of_citations(unit: str) -> None:
    assert len(find_citations(unit * 5_000)) <= 2


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('"Deep Learning" by Yann LeCun, Nature, 2015.', "Yann LeCun. “Deep Learning.” Nature, 2015."),
        ("Roe, A. (2015). On things. Nature.", "Roe, A. (2015). On things. Nature."),
        ("“On things” is a chapter of 2015.", "“On things” is a chapter of 2015."),
    ],
)
def test_only_references_that_start_with_the_title_are_reordered(raw: str, expected: str) -> None:
    assert arranged(raw).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "(see van den Oord et al., 2018a; Doe & Roe, 2019)",
            [("van den Oord et al.", 2018, True), ("Doe & Roe", 2019, False)],
        ),
        (
            "In Smith, Jones, and Brown (2020) and Müller’s (2019)",
            [("Smith, Jones, and Brown", 2020, False), ("Müller’s", 2019, False)],
        ),
        ("In 2019 (n = 2020), Paris (2015) and page (1999)", []),
    ],
)
def test_short_citations_name_their_authors(text: str, expected: list[tuple[str, int, bool]]) -> None:
    assert [(each.names, each.year, each.et_al) for each in pointers(text)] == expected


def test_an_unclosed_bibtex_entry_ends_at_the_blank_line() -> None:
    text = "@book{a, title={On things\n\nMore text @misc{b, title={Other}, year={2020}}"
    assert [(each.key, each.fields.title) for each in bibtex_blocks(text)] == [("a", "On things"), ("b", "Other")]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Residual networks help (He et al., 2015).", ["(He et al., 2015)"]),
        ("As She et al. (2016) say.", ["She et al. (2016)"]),
        ("Well known (An and Doe, 2003; He & Sun, 2014).", ["(An and Doe, 2003)", "(He & Sun, 2014)"]),
        ("However, Roe et al. (2011) say no.", ["Roe et al. (2011)"]),
        ("In May and June (2015) it rained.", []),
        ("He (2015) was the year.", []),
    ],
)
def test_words_that_are_families_too_are_names_where_colleagues_follow(text, labels):
    assert [each.label for each in pointers(text)] == labels
