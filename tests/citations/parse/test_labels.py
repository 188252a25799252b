from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.parse import emissions
from citations.parse.boundaries import mend_borders
from citations.parse.features import features
from citations.parse.gold import GoldReference, Segment, examples
from citations.parse.labels import Label, Model, label_all, label_pieces, read_model, shipped_model
from citations.parse.tokens import mend, pieces
from citations.parse.words import word_classes


def cut(text: str) -> list[str]:
    return [piece[0] for piece in pieces(mend(text))]


def tiny_model() -> bytes:
    """Three labels; the features of the words ``Aa`` and ``9`` decide."""
    return gzip.compress(
        json.dumps(
            {
                "labels": ["A", "T", "D"],
                "transitions": [[1.03, 0.57, -2.11], [-5.3, 1.07, 0.53], [-5.9, 0.29, 0.17]],
                "features": {
                    "0s=Xx": {"0": 0.71, "1": 0.59},
                    "0s=x": {"1": 2.0},
                    "0s=Y": {"2": 3.0},
                    "i=0": {"0": 1.9},
                },
            }
        ).encode()
    )


def plain_scores(texts: Sequence[str], model: Model) -> list[list[int]]:
    """Sums of the weights, one feature after the other."""
    rows, weights = model.emissions.rows, model.emissions.weights.tolist()
    named = [[weights[rows[name]] for name in found if name in rows] for found in features(texts)]
    return [[sum(column) for column in zip(*found, [0] * len(model.labels), strict=True)] for found in named]


def best_by_trying_all(texts: Sequence[str], data: bytes) -> list[Label]:
    model = read_model(data)
    scores = plain_scores(texts, model)
    paths = product(range(len(model.labels)), repeat=len(texts))

    def worth(path: Sequence[int]) -> int:
        steps = sum(int(model.transitions[b][a]) for a, b in pairwise(path))
        return sum(score[label] for score, label in zip(scores, path, strict=True)) + steps

    return [model.labels[label] for label in max(paths, key=worth)]


def best_by_plain_steps(texts: Sequence[str], model: Model) -> list[Label]:
    """Viterbi's path in lists of whole numbers."""
    scores, behind = plain_scores(texts, model), model.transitions.tolist()
    best, steps = scores[0], []
    for score in scores[1:]:
        ways = [[value + weight for value, weight in zip(best, row, strict=True)] for row in behind]
        steps.append([way.index(max(way)) for way in ways])
        best = [max(way) + emission for way, emission in zip(ways, score, strict=True)]
    path = [best.index(max(best))]
    for step in reversed(steps):
        path.append(step[path[-1]])
    return [model.labels[label] for label in reversed(path)]


WORDS = st.sampled_from(
    ["Roe,", "A.", "A", "“On", "growth”,", "of", "things.", "In", "Proc.", "Nature", "12", "(3):", "1–9.", "2015.", "(Springer,", "&", "誌", "!", "x", "et", "al."]
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=40))
def test_kept_sums_and_array_steps_give_the_labels_of_plain_sums_and_steps(texts: list[str]) -> None:
    assert label_pieces(texts) == best_by_plain_steps(texts, shipped_model())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=12), max_size=9))
def test_references_labelled_together_get_the_labels_of_each_alone(rows: list[list[str]]) -> None:
    model = shipped_model()
    assert label_all(rows) == [best_by_plain_steps(texts, model) if texts else [] for texts in rows]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=20))
def test_kept_sums_are_the_plain_sums_for_any_text(texts: list[str]) -> None:
    model = shipped_model()
    assert model.emissions.emissions([texts]).tolist() == plain_scores(texts, model)


def test_labels_stay_the_same_while_threads_fill_a_fresh_model() -> None:
    """Sums are kept for all threads together; none may see a row that another one has not finished."""
    stored = files("citations.parse").joinpath("labels.json.gz").read_bytes()
    entries = [
        cut(f"Roe{at}, A. and Doe, B. On the growth of {at} things. Nature {at}, {at}-9 (19{at}).")
        for at in range(10, 90)
    ]
    model = read_model(stored)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda texts: label_pieces(texts, model), entries))
    assert found == [best_by_plain_steps(texts, model) for texts in entries]


def test_sums_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emissions, "_MOST_PIECES", 20)
    model = read_model(tiny_model())
    for number in range(300):
        label_pieces([f"Word{number}", "of", "1999"], model)
    assert len(model.emissions._sums.pieces) < 30


@pytest.mark.parametrize("text", ["Smith Jane on things 1999", "Smith 1999 things", "things and Things", "1999"])
def test_the_path_is_the_best_of_all_paths(text: str) -> None:
    texts = cut(text)
    assert label_pieces(texts, read_model(tiny_model())) == best_by_trying_all(texts, tiny_model())


def test_no_pieces_have_no_labels() -> None:
    assert label_pieces([]) == []


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
def test_every_piece_has_one_label(text: str) -> None:
    texts = cut(text)
    assert len(label_pieces(texts)) == len(texts)


def test_the_shipped_model_holds_no_word_of_its_training_data() -> None:
    """Punctuation without letters, shapes of signs, endings of three letters, and words of our own list: nothing else."""
    values: dict[str, set[str]] = {}
    for name in shipped_model().emissions.rows:
        sort, _, value = name.lstrip("0+-").partition("=")
        values.setdefault(sort, set()).add(value)
    assert not [value for value in values["t"] | values["l"] if any(char.isalpha() for char in value)]
    assert {char for value in values["s"] for char in value if char.isalpha()} <= set("XxY字")
    assert {len(value) for value in values["e"]} <= {0, 3}
    known = set(word_classes()) | {""}
    assert not values["k"] - known


def test_the_shipped_model_is_small() -> None:
    assert len(files("citations.parse").joinpath("labels.json.gz").read_bytes()) < 300_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Surv. Geophys., 29(3):187–220.", ["Surv.", "Geophys.,", "29", "(3):", "187–220."]),
        ("J .Phys .A 35 (2002), 2173 .", ["J.", "Phys.", "A", "35", "(2002),", "2173."]),
        ("see https://doi.org/10.1000/abc(2).", ["see", "https://doi.org/10.1000/abc(2)."]),
        ("舒仁輝，《東都事略》。北京：商務，2007年。", ["舒仁輝，", "《東都事略》。", "北京：", "商務，", "2007年。"]),
    ],
)
def test_pieces_are_cut_where_parts_can_meet(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_mended_text_has_single_blanks_and_its_pieces_lose_no_letter(text: str) -> None:
    mended = mend(text)
    assert mended == " ".join(mended.split())
    joined = "".join(piece[0] for piece in pieces(mended))
    assert [char for char in joined if char.isalnum()] == [char for char in mended if char.isalnum()]


def labelled(*parts: tuple[str, str]) -> tuple[list[str], list[Label]]:
    texts, labels = [], []
    for label, text in parts:
        texts += text.split()
        labels += [Label(label)] * len(text.split())
    return texts, labels


@pytest.mark.parametrize(
    ("parts", "title"),
    [
        (
            [("A", "Roe, A."), ("T", "Claudio Monteverdi:"), ("O", "Orfeo"), ("U", "(Press, 1986).")],
            "Claudio Monteverdi: Orfeo (Press,",
        ),
        (
            [("A", "Roe, A."), ("T", "Growth of cod"), ("O", "(Baltic Sea)."), ("J", "Fish.")],
            "Growth of cod (Baltic Sea).",
        ),
        ([("A", "Roe, A."), ("T", "Growth of cod"), ("O", "(2nd ed.)."), ("U", "Wiley.")], "Growth of cod"),
        (
            [("A", "Roe, A."), ("T", "A marker of growth,"), ("J", "in head and neck."), ("J", "Cell")],
            "A marker of growth, in head and neck.",
        ),
        ([("A", "Roe, A."), ("T", "A marker of growth,"), ("J", "in Proceedings of X.")], "A marker of growth,"),
        ([("A", "Roe, A."), ("T", "“On ‘like’"), ("J", "and so” Nature 3")], "“On ‘like’ and so”"),
        ([("A", "Roe, A."), ("J", "Acoustical Oceanography"), ("U", "(Wiley, 1977).")], "Acoustical Oceanography"),
        (
            [("A", "Roe, A.,"), ("D", "1996,"), ("U", "Anthropologie du Nom,"), ("L", "Paris,"), ("U", "Seuil.")],
            "Anthropologie du Nom,",
        ),
        ([("A", "Roe, A.,"), ("D", "1996,"), ("J", "The Machine,"), ("L", "New York, Maxwell.")], "The Machine,"),
        ([("A", "A. Roe,"), ("J", "Algebraic Topology, Springer"), ("D", "(1977).")], "Algebraic Topology,"),
        ([("A", "A. Roe,"), ("J", "Nature, Springer"), ("V", "3,"), ("D", "(1977).")], ""),
        (
            [("A", "Roe A."), ("T", "On the genes of vitamin"), ("J", "A. Eur J Biochem"), ("V", "3")],
            "On the genes of vitamin A.",
        ),
        (
            [("A", "Roe A.,"), ("T", "On things,"), ("L", "South Africa,"), ("J", "Nature,"), ("V", "3")],
            "On things, South Africa,",
        ),
        ([("A", "Roe A.,"), ("T", "On things,"), ("L", "Paris,"), ("U", "Seuil,"), ("D", "1996")], "On things,"),
        ([("A", "Roe, A.,"), ("D", "1996,"), ("O", "in preparation.")], ""),
        (
            [("A", "Roe, A.,"), ("D", "1996,"), ("T", "Labor politics in"), ("L", "Germany,"), ("U", "Wiley.")],
            "Labor politics in Germany,",
        ),
        ([("T", "OpenAI. GPT-4 technical report."), ("J", "CoRR")], "GPT-4 technical report."),
        ([("T", "Sleep and memory. A review."), ("J", "Cell")], "Sleep and memory. A review."),
        ([("A", "Roe A, et al. Effects of X on Y."), ("J", "Lancet."), ("V", "3")], "Effects of X on Y."),
        ([("A", "Roe, Ann;"), ("T", "Doe, Jo: Die Stadt."), ("L", "Bern")], "Die Stadt."),
        ([("A", "Ann Roe,"), ("T", "Jo Doe: Die Stadt. ICML"), ("D", "2019:"), ("P", "1-9")], "Die Stadt."),
        ([("A", "A. Roe et al. BERT:"), ("T", "On things."), ("J", "ICML")], "BERT: On things."),
        ([("A", "A. ROE et J."), ("T", "DOE."), ("J", "Bull. Soc. Chim."), ("V", "3")], ""),
        ([("A", "A. Roe and J."), ("T", "Doe. On things."), ("J", "Cell")], "On things."),
        ([("A", "Ann Roe,"), ("T", "Bob Doe, and Jo Poe. On things."), ("J", "Cell")], "On things."),
        ([("A", "Roe, F.,"), ("T", "van der 1880. Eenige dingen."), ("J", "Cell")], "Eenige dingen."),
        ([("A", "Roe, A."), ("T", "On things. 2 vols. 1: Old."), ("L", "Bern")], "On things."),
        ([("A", "Roe, A."), ("T", "On things. Second edition."), ("L", "Bern")], "On things."),
        (
            [
                ("A", "Roe A."),
                ("D", "2006."),
                ("T", "On things,"),
                ("L", "Ontario,"),
                ("D", "1964-2004."),
                ("J", "Cell"),
                ("V", "3"),
            ],
            "On things, Ontario, 1964-2004.",
        ),
        ([("A", "Roe A."), ("T", "On things,"), ("L", "Paris,"), ("D", "1964."), ("O", "See")], "On things,"),
        ([("A", "Roe A.,"), ("D", "1997,"), ("T", "A&AS,"), ("V", "121,"), ("P", "507")], ""),
        ([("T", "On things."), ("J", "Ann Roe, Bob Doe. ICML"), ("D", "2015.")], "On things."),
        ([("A", "Roe, A."), ("T", "The growth of things 1996"), ("J", "Nature"), ("V", "3")], "The growth of things"),
        (
            [("A", "Roe, A."), ("D", "1997."), ("T", "The crisis of 1929"), ("J", "Nature"), ("V", "3")],
            "The crisis of 1929",
        ),
        (
            [("A", "Roe, A."), ("T", "The growth of things. Information Quarterly."), ("D", "2005."), ("P", "3-9")],
            "The growth of things.",
        ),
        (
            [("A", "Roe, A."), ("T", "The growth of things. A critical review."), ("D", "2005.")],
            "The growth of things. A critical review.",
        ),
        (
            [("A", "Roe, A."), ("T", "Integral operators."), ("J", "II. Acta Math."), ("V", "3")],
            "Integral operators. II.",
        ),
    ],
)
def test_borders_of_the_title_move_to_where_a_title_can_end(parts: list[tuple[str, str]], title: str) -> None:
    texts, labels = labelled(*parts)
    mended = mend_borders(texts, labels)
    assert " ".join(text for text, label in zip(texts, mended, strict=True) if label is Label.TITLE) == title


def test_labelled_references_become_examples_with_words_between_the_parts() -> None:
    parts = (
        (Label.AUTHOR, "Roe, A."),
        (None, ". In"),
        (Label.VENUE, "Nature"),
        (None, ", pages"),
        (Label.PAGES, "3-4"),
    )
    gold = GoldReference("Roe, A. . In Nature, pages 3-4", tuple(Segment(label, text) for label, text in parts), "d")
    example = next(examples([gold]))
    assert dict(zip(example.texts, example.labels, strict=True)) == {
        "Roe,": Label.AUTHOR,
        "A..": Label.AUTHOR,
        "In": Label.VENUE,
        "Nature,": Label.VENUE,
        "pages": Label.PAGES,
        "3-4": Label.PAGES,
    }


def test_a_year_that_a_preposition_ties_to_the_title_stays_in_it() -> None:
    texts, labels = labelled(("A", "Roe A:"), ("T", "Things and growth since 1996."), ("J", "AIDS"), ("V", "3"))
    assert mend_borders(texts, labels) == labels
