from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.titles import is_generic, main_title, plain, title_key, title_keys, title_similarity

HONEST = 0.95
"""At least this much for damage that no writer is to blame for."""
OTHER = 0.9
"""At most this much where one word was exchanged."""

SAME = [
    ("Human-centered data-driven information retrieval", "human- centered data- driven infor- mation retrieval"),
    ("Chain-of-Thought Prompting Elicits Reasoning", "Chain of-Thought Prompting Elicits Reasoning"),
    ("Schema-Variable extraction of tables", "Schema Variable extraction of tables"),
    ("Making Smart Contracts Smarter", "Making Smart Contracts Smarter."),
    ("Role of (PIK3CA) in cells & tissues", "Role of (\n <i>PIK3CA</i>\n ) in cells &amp; tissues"),
    ("Water H2O and CO2 in soil", "Water H<sub>2</sub>O and CO$_2$ in soil"),
    ("Water H2O and CO2 in soil", "Water H₂O and CO₂ in soil"),
    ("On α-synuclein and β-decay", "On alpha-synuclein and $\\beta$-decay"),
    ("Erdős–Rényi graphs revisited", "Erd{\\H o}s--R{\\'e}nyi {Graphs} Revisited"),
    ("Efficient flow of fluids", "E\ufb03cient \ufb02ow of \ufb02uids"),
    ("“Like” them: a user's view", "'Like' them -- A User’s View"),
    ("Was it worth it? A survey of costs", "Was it worth it?: a survey of costs"),
    ("Search and retrieval", "Search & Retrieval"),
    ("A survey of 10,000 papers", "A survey of 10000 papers"),
    ("The soft\u00adhyphen problem of layout", "The softhyphen problem of layout"),
    ("ÉTUDE DES MÉTHODES NUMÉRIQUES", "Étude des méthodes numériques"),
    ("Nets of $\\varepsilon$-balls", "Nets of varepsilon-balls"),
    ("Nets of ε-balls", "Nets of $\\varepsilon$-balls"),
    ("Sorting in $\\tilde{O}(n)$ time", "Sorting in tildeO(n) time"),
    ("Sorting in $\\widetilde{O}(n)$ time", "Sorting in O(n) time"),
    ("Regression with $\\ell_1$ penalties", "Regression with ell_1 penalties"),
    ("Regression with $\\ell_p$ penalties", "Regression with ℓp penalties"),
    ("Regression with \\ell_2 penalties", "Regression with l2 penalties"),
    ("<StuMaBa>: a corpus", "StuMaBa: a corpus"),
    ("The &lt;TextCoop&gt; platform", "The <TextCoop> platform"),
    ("The $O(n \\log n)$ bound", "The <mml:math><mml:mi>O</mml:mi>(n log n)</mml:math> bound"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_markup_layout_and_spelling_of_signs_give_one_key(a, b):
    assert title_key(a) == title_key(b)
    assert title_similarity(a, b) == 1.0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Differential rotation of efficient fluids", "Di ff erential rotation of e ffi cient fl uids"),
        ("Differential rotation of efficient fluids", "Di!erential rotation of e#cient \x00uids"),
        ("The finance office of a different kind", 'The #nance o"ce of a di!erent kind'),
        ("Modelling the behaviour of coloured fibres", "Modeling the Behavior of Colored Fibers"),
        ("Analyse und Behandlung: Über Größe", "Analyse und Behandlung: Ueber Groesse"),
        ("Marketing the Maple Leaf: a history", "16. Marketing the Maple Leaf: A History"),
        ("Sharing the wealth in distributed systems", "Sharing the Wealth in Distributed Systems (Extended Abstract)."),
        ("Sharing the wealth in distributed systems", "Extended Abstract: Sharing the wealth in distributed systems"),
        ("Sharing the wealth in distributed systems", "Sharing the Wealth in Distributed Systems [Invited Paper]"),
        ("Data access on the web (tutorial session)", "Tutorial: data access on the web"),
        ("Index research (panel session): forest or trees?", "Index research: forest or trees? (Panel abstract)"),
        ("Generation, Garderobe, Geschlecht", "Generation | Garderobe | Geschlecht"),
        ("Vivienda y ciudad en Lima", "Vivienda y ciudad en Lima / Housing and town in Lima"),
        ("Attention networks for translation: a survey of methods", "Attention networks for translation"),
        ("Attention networks for translation — a survey", "Attention networks for translation"),
        ("Can machines think in public? An inquiry", "Can machines think in public?"),
        ("Characterizing the risk of fairwashing", "Characterizing risk of fairwashing"),
        ("World War II and its history in film", "World War 2 and its history in film"),
        ("A two-stage method for detection of faults", "A 2-stage method for detection of faults"),
        ("Tumor growth vs. therapy in mice", "Tumour growth versus therapy in mice"),
    ],
)
def test_honest_damage_stays_near_one(a, b):
    assert title_similarity(a, b) >= HONEST


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Learning neural networks is complete for the reals", "Training neural networks is complete for the reals"),
        ("Robust dynamic radiance fields", "Resilient dynamic radiance fields"),
        (
            "How hierarchical structure of the data that we see can guide deep learning in large models of language",
            "How hierarchical structure of the data that we see can guide deep training in large models of language",
        ),
        ("Supervised learning of visual features", "Unsupervised learning of visual features"),
        ("Linear models of the symmetric group", "Linear models of the asymmetric group"),
        (
            "Adversarial balancing for effect inference with observational data",
            "Adversarial balancing for effect inference",
        ),
        ("Making smart contracts smarter", "Making smart contracts smarter, correction."),
        ("Making smart contracts smarter", "Erratum: Making smart contracts smarter"),
        ("Making smart contracts smarter", "Book review: Making smart contracts smarter"),
        ("A model of generation in the brain", "A model of generative in the brain"),
        (
            "Variational inference for simple hierarchical models",
            "Variational inference towards simple hierarchical models",
        ),
        ("Learning to rank documents by clicks", "Documents to rank learning by clicks"),
    ],
)
def test_one_other_word_is_seen_however_long_the_title(a, b):
    assert title_similarity(a, b) <= OTHER


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Constructing entanglement witnesses: Part II", "Constructing entanglement witnesses: Part III"),
        ("Constructing entanglement witnesses: Part I", "Constructing entanglement witnesses: Part II"),
        ("Constructing entanglement witnesses", "Constructing entanglement witnesses II"),
        ("Constructing entanglement witnesses: Part II", "Constructing entanglement witnesses"),
        ("Language models of the GPT-3 kind", "Language models of the GPT-4 kind"),
        ("Overview of the shared task 2019", "Overview of the shared task 2020"),
        ("Estimating 2D human pose in the wild", "Estimating 3D human pose in the wild"),
    ],
)
def test_other_numbers_are_other_works(a, b):
    assert title_similarity(a, b) < OTHER


@pytest.mark.parametrize(
    ("right", "typed"),
    [
        ("Subspace Differential Privacy", "Subspace Differential Privacys"),
        ("Meta-learning bidirectional update rules", "Meta-learnings bidirectional update rules"),
        ("Reinforcement learning of policies", "Reinforcment learning of policies"),
    ],
)
def test_a_typing_error_is_noticed_and_stays_the_same_work(right, typed):
    assert HONEST <= title_similarity(right, typed) < 1.0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("A theory of justice in the city", "Web caching for database applications, part 2"),
        ("Attention 2.0", "Gradient-based learning applied to document recognition"),
        ("Overview of the 2019 shared task on parsing", "Deep residual learning for image recognition"),
    ],
)
def test_a_number_on_one_side_brings_other_titles_no_nearer(a, b):
    assert title_similarity(a, b) < 0.5


def test_other_titles_are_far():
    assert title_similarity("Web caching for database applications", "A theory of justice in the city") < 0.5


@pytest.mark.parametrize("empty", ["", " ", "...", "{}", "$ $", "<i></i>"])
def test_nothing_left_gives_no_key_and_no_similarity(empty):
    assert (title_key(empty), title_keys(empty), title_similarity(empty, empty)) == ("", (), 0.0)


def test_keys_come_without_label_and_subtitle():
    keys = title_keys("Extended Abstract: Sharing the wealth of nations: a survey")
    assert keys == (
        "extendedabstractsharingthewealthofnationsasurvey",
        "sharingthewealthofnationsasurvey",
        "sharingthewealthofnations",
    )


def test_a_main_title_that_says_little_gives_no_key():
    assert title_keys("BERT: pre-training of transformers") == ("bertpretrainingoftransformers",)


@pytest.mark.parametrize(
    ("title", "main"),
    [
        ("Attention networks: a survey", "Attention networks"),
        ("Fact or fiction?: a subtitle", "Fact or fiction"),
        ("No subtitle here", ""),
        ("Ends in a colon:", ""),
    ],
)
def test_the_main_title_ends_where_the_subtitle_begins(title, main):
    assert main_title(title) == main


@pytest.mark.parametrize(
    "title",
    ["", "Introduction", "Editorial.", "BOOK REVIEW", "Letter to the Editor", "Deep learning", "Random forests"],
)
def test_short_and_common_titles_are_generic(title):
    assert is_generic(title)


@pytest.mark.parametrize(
    "title",
    [
        "Attention is all you need",
        "Teoreticheskie osnovy khimii",
        "Über die Zusammensetzung des Erzes",
        "机器学习中的注意力机制研究",
    ],
)
def test_titles_that_name_a_work_are_not_generic(title):
    assert not is_generic(title)


def test_plain_keeps_case_accents_and_signs():
    assert plain("{\\'E}tude of {DNA}~repair,\n  $\\alpha$ &amp; more") == "Étude of DNA repair, α & more"


def test_plain_drops_control_characters():
    assert plain("Ho\x00mann\u200b s\ufeff work") == "Homann s work"


@given(st.text(max_size=120), st.text(max_size=120))
def test_similarity_is_symmetrical_bounded_and_never_fails(a, b):
    similarity = title_similarity(a, b)
    assert 0.0 <= similarity <= 1.0
    assert similarity == title_similarity(b, a)


VOCABULARY = "sparse neural graph of deep the retrieval kernel language attention tree"
WORDS = st.lists(
    st.sampled_from(VOCABULARY.split()),
    min_size=5,
    max_size=12,
)


@given(WORDS, st.data())
def test_blanks_instead_of_hyphens_and_hyphens_in_words_do_not_matter(words, data):
    where = data.draw(st.integers(0, len(words) - 1))
    word = words[where]
    cut = data.draw(st.integers(1, max(1, len(word) - 1)))
    broken = [*words[:where], word[:cut] + "-\n" + word[cut:], *words[where + 1 :]]
    assert title_similarity(" ".join(words), " ".join(broken)) == 1.0


@given(WORDS, st.data())
def test_an_exchanged_content_word_never_passes_for_damage(words, data):
    where = data.draw(st.integers(0, len(words) - 1))
    if words[where] in {"of", "the"}:
        return
    other = [*words[:where], "quantum", *words[where + 1 :]]
    assert title_similarity(" ".join(words), " ".join(other)) <= OTHER
