from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.parse.fields import parse_fields
from citations.types import Fields, Kind


def key(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


def family(fields: Fields) -> str:
    return (fields.authors[0].family or fields.authors[0].literal) if fields.authors else ""


STYLES = {
    "apa": (
        "Turing, A. M. (1950). Computing machinery and intelligence. Mind, 59(236), 433–460. https://doi.org/10.1093/mind/LIX.236.433",
        "Computing machinery and intelligence",
        "Turing",
        1950,
        "Mind",
    ),
    "ieee": (
        '[12] S. Hochreiter and J. Schmidhuber, "Long short-term memory," Neural Comput., vol. 9, no. 8, pp. 1735–1780, Nov. 1997.',
        "Long short-term memory",
        "Hochreiter",
        1997,
        "Neural Comput",
    ),
    "acm": (
        (
            "Kaiming He, Xiangyu Zhang, Shaoqing Ren, and Jian Sun. 2016. Deep residual learning for image recognition. "
            "In Proceedings of the IEEE Conference on Computer Vision and Pattern Recognition. 770–778."
        ),
        "Deep residual learning for image recognition",
        "He",
        2016,
        "Proceedings of the IEEE Conference on Computer Vision and Pattern Recognition",
    ),
    "acm journal with year and address": (
        (
            "Shannon, C. E. A Mathematical Theory of Communication. Bell System Technical Journal (1948). "
            "https://doi.org/10.1002/j.1538-7305.1948.tb01338.x"
        ),
        "A Mathematical Theory of Communication",
        "Shannon",
        1948,
        "Bell System Technical Journal",
    ),
    "vancouver": (
        "Ioannidis JPA. Why most published research findings are false. PLoS Med. 2005;2(8):e124. doi:10.1371/journal.pmed.0020124",
        "Why most published research findings are false",
        "Ioannidis",
        2005,
        "PLoS Med",
    ),
    "chicago": (
        (
            "Bender, Emily M., Timnit Gebru, Angelina McMillan-Major, and Shmargaret Shmitchell. “On the Dangers of Stochastic Parrots: "
            "Can Language Models Be Too Big?” In Proceedings of the 2021 ACM Conference on Fairness, Accountability, and Transparency, 610–623. 2021."
        ),
        "On the Dangers of Stochastic Parrots: Can Language Models Be Too Big?",
        "Bender",
        2021,
        "Proceedings of the 2021 ACM Conference on Fairness, Accountability, and Transparency",
    ),
    "harvard": (
        (
            "Watson, J.D. and Crick, F.H.C., 1953. Molecular structure of nucleic acids: a structure for deoxyribose nucleic acid. "
            "Nature, 171(4356), pp.737-738."
        ),
        "Molecular structure of nucleic acids: a structure for deoxyribose nucleic acid",
        "Watson",
        1953,
        "Nature",
    ),
    "nature": (
        "LeCun, Y., Bengio, Y. & Hinton, G. Deep learning. Nature 521, 436–444 (2015).",
        "Deep learning",
        "LeCun",
        2015,
        "Nature",
    ),
    "elsevier": (
        "J. Dean, S. Ghemawat, MapReduce: simplified data processing on large clusters, Commun. ACM 51 (1) (2008) 107–113.",
        "MapReduce: simplified data processing on large clusters",
        "Dean",
        2008,
        "Commun. ACM",
    ),
    "springer": (
        "Dijkstra, E.W.: A note on two problems in connexion with graphs. Numer. Math. 1, 269–271 (1959)",
        "A note on two problems in connexion with graphs",
        "Dijkstra",
        1959,
        "Numer. Math",
    ),
    "year after authors, quotes inside quotes": (
        "Grice, H. P. 1975. “Saying ‘and’ and meaning it”: An examination of what is said in conversation. Syntax and Semantics, 3: 41-58.",
        "Saying ‘and’ and meaning it: An examination of what is said in conversation",
        "Grice",
        1975,
        "Syntax and Semantics",
    ),
    "et al. at the front": (
        "M. Abadi et al. TensorFlow: A system for large-scale machine learning. In OSDI, 2016.",
        "TensorFlow: A system for large-scale machine learning",
        "Abadi",
        2016,
        "OSDI",
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_each_printed_style_gives_title_first_author_year_and_venue(style: str) -> None:
    raw, title, author, year, venue = STYLES[style]
    fields = parse_fields(raw)
    assert (key(fields.title), family(fields), fields.year, key(fields.venue)) == (key(title), author, year, key(venue))


@pytest.mark.parametrize(
    ("raw", "family_name", "year", "venue", "volume", "pages"),
    [
        ("Perlmutter S. et al., 1999, ApJ, 517, 565", "Perlmutter", 1999, "ApJ", "517", "565"),
        ("P. W. Anderson, Phys. Rev. 109, 1492 (1958).", "Anderson", 1958, "Phys. Rev", "109", "1492"),
    ],
)
def test_a_style_without_titles_leaves_the_title_empty(
    raw: str, family_name: str, year: int, venue: str, volume: str, pages: str
) -> None:
    fields = parse_fields(raw)
    read = (fields.title, family(fields), fields.year, fields.venue, fields.volume, fields.pages)
    assert read == ("", family_name, year, venue, volume, pages)


@pytest.mark.parametrize(
    ("raw", "title", "family_name", "year"),
    [
        ("Habermas, J. (1981): Theorie des kommunikativen Handelns. Frankfurt a. M.: Suhrkamp.", "Theorie des kommunikativen Handelns", "Habermas", 1981),
        ("Foucault, Michel, Surveiller et punir. Naissance de la prison, Paris, Gallimard, 1975.", "Surveiller et punir. Naissance de la prison", "Foucault", 1975),
        ("Berger, Peter; Luckmann, Thomas: Die gesellschaftliche Konstruktion der Wirklichkeit. Frankfurt: Fischer, 1969.", "Die gesellschaftliche Konstruktion der Wirklichkeit", "Berger", 1969),
        ("Darwin, Charles. On the Origin of Species. London: John Murray, 1859.", "On the Origin of Species", "Darwin", 1859),
    ],
)  # fmt: skip
def test_books_of_several_languages(raw: str, title: str, family_name: str, year: int) -> None:
    fields = parse_fields(raw)
    assert (fields.title, family(fields), fields.year, fields.kind) == (title, family_name, year, Kind.BOOK)


def test_the_doi_in_an_address_is_no_title() -> None:
    fields = parse_fields(
        "Weiser, M. The computer for the 21st century. Scientific American (1991). https://doi.org/10.1145/329124.329126"
    )
    assert (fields.title, fields.doi) == ("The computer for the 21st century", "10.1145/329124.329126")


@pytest.mark.parametrize(
    "title",
    [
        "How long is the coast of Britain?",
        "Can machines think?: a question that has a subtitle",
        "Lost in translation: a survey",
    ],
)
def test_question_marks_and_the_word_in_do_not_glue_the_venue_to_the_title(title: str) -> None:
    stop = "" if title.endswith("?") else "."
    fields = parse_fields(f"Jane Doe and Richard Roe. {title}{stop} In Proceedings of ICML, pages 1–10, 2019.")
    assert (fields.title, fields.venue, fields.year) == (title, "Proceedings of ICML", 2019)


@pytest.mark.parametrize(
    ("raw", "title", "year"),
    [
        (
            (
                "Regulation (EU) 2016/679 of the European Parliament and of the Council of 27 April 2016 on the protection of natural "
                "persons with regard to the processing of personal data, OJ L 119, 4.5.2016, p. 1."
            ),
            (
                "Regulation (EU) 2016/679 of the European Parliament and of the Council of 27 April 2016 on the protection of natural "
                "persons with regard to the processing of personal data"
            ),
            2016,
        ),
        ("Brown v. Board of Education, 347 U.S. 483 (1954).", "Brown v. Board of Education", 1954),
    ],
)
def test_legal_titles_keep_their_dates_and_have_no_authors(raw: str, title: str, year: int) -> None:
    fields = parse_fields(raw)
    assert (fields.title, fields.authors, fields.year, fields.kind) == (title, (), year, Kind.LEGAL)


@pytest.mark.parametrize(
    ("damaged", "title", "family_name"),
    [
        ("[1] M. Ho\x00mann. Consensus building and its epistemic conditions. Topoi 40(5), 2021.", "Consensus building and its epistemic conditions", "Hoffmann"),
        ("Roe, A., & Doe, B. (2019). Work\u00ading memory in an of-\nfice. Cognition, 38, 43-102.", "Working memory in an of-fice", "Roe"),
        ("Roe, A., 2019 .The ﬁrst ﬂight of birds .Nature ,12 , 3-4 .", "The first flight of birds", "Roe"),
    ],
)  # fmt: skip
def test_damage_of_typesetting_is_mended(damaged: str, title: str, family_name: str) -> None:
    fields = parse_fields(damaged)
    assert (fields.title, family(fields)) == (title, family_name)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("Jane Doe. On things. PhD thesis, Stanford University, 1999.", Kind.THESIS),
        ("Doe, J. On things. arXiv preprint arXiv:2001.01234, 2020.", Kind.PREPRINT),
        ("Doe, J. (2018). Birds of the north [Data set]. Zenodo. https://doi.org/10.5281/zenodo.12345", Kind.DATASET),
        ("Jane Doe. On things. Technical Report 95-50, University of Massachusetts, 1995.", Kind.REPORT),
        (
            "Jane Doe and Jo Roe. On things. In Proceedings of the 12th Conference on Machine Learning, pages 1-9, 1999.",
            Kind.CONFERENCE,
        ),
        ("Doe J. On things. Lancet. 1999;12:1-9.", Kind.ARTICLE),
        ("Doe, J. Things. US Patent 7,123,456, 2006.", Kind.PATENT),
    ],
)
def test_the_kind_of_work_is_told_by_its_words(raw: str, kind: Kind) -> None:
    assert parse_fields(raw).kind is kind


def test_identifiers_and_addresses_go_to_their_own_fields() -> None:
    fields = parse_fields(
        "Doe, J. (2020). On things. Journal of Things, 3, 1-9. https://example.org/things doi:10.1000/ABC arXiv:2001.01234v2"
    )
    assert (fields.doi, fields.arxiv, fields.url) == ("10.1000/abc", "2001.01234v2", "https://example.org/things")


def test_editors_of_a_volume_are_no_authors() -> None:
    fields = parse_fields(
        "Slobin, D. (1981). The origins of grammatical encoding of events. In W. Deutsch (Ed.), The child's construction of language "
        "(pp. 185–199). London: Academic Press."
    )
    assert [str(name) for name in fields.authors] == ["D. Slobin"]
    assert [name.family for name in fields.editors] == ["Deutsch"]


@pytest.mark.parametrize(
    "raw", ["", " ", "\x00", "[1]", ".", "10.1000/abc", "https://example.org", "2020", "(((((", "“", "et al."]
)
def test_scraps_give_no_title_and_no_error(raw: str) -> None:
    assert parse_fields(raw).title == ""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_text_raises_and_no_nul_comes_out(raw: str) -> None:
    fields = parse_fields(raw)
    assert "\x00" not in fields.title + fields.venue


SYSTEMS = ["BERT", "GloVe", "HotFlip", "U-Net", "word2vec", "GPT-3", "PyTorch", "VGG16"]
STYLES_OF_SYSTEMS = [
    "J. Roe, M.-W. Doe, et al. {}. In Proc. NAACL-HLT, 2019.",
    "J. Roe et al., {}, in Proc. NAACL-HLT, 2019, pp. 1-9.",
    "Jo Roe, Ann Doe, and Bob Poe. {}. In NAACL, 2019.",
    "J. Roe, M.-W. Doe, {}, J. Mach. Learn. Res. 12 (2019) 1-9.",
    "Roe, J., Doe, M.W.: {}. In: NAACL, pp. 1-9 (2019)",
    "Roe, J., et al.: {}. In: NAACL, pp. 1-9 (2019)",
    "Roe, J., & Doe, M.-W. (2019). {}. Journal of Things, 3(2), 1-9.",
    "Roe J, Doe MW, et al. {}. J Mach Learn Res. 2019;12:1-9.",
    "Roe, J. et al. {}. Nature 12, 1-9 (2019).",
    "Roe, Jo, et al. {}. NAACL, 2019.",
]


@pytest.mark.parametrize("style", STYLES_OF_SYSTEMS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_name_of_a_system_in_front_of_a_colon_begins_the_title(style: str, system: str) -> None:
    title = f"{system}: A method for the growth of things"
    fields = parse_fields(style.format(title))
    assert (fields.title, family(fields)) == (title, "Roe")


TITLES_OF_PHYSICS = [
    "Growth of thin films on cold surfaces",
    "Bounds for the number of primes in short intervals II",
    "Scaling laws, phase transitions, and universality",
    "A review of sleep and memory in adults: Old and new",
]
STYLES_OF_PHYSICS = [
    "A. Roe, B. Doe, and C. Poe, {}, Phys. Rev. Lett. 12, 345 (2015).",
    "A. Roe and B. Doe, {}, Journal of Statistical Physics 12 (2015), 345-367.",
    "A. Roe, B. Doe, C. Poe: {}. Phys. Rev. Lett. 12, 345 (2015)",
    "A. Roe, B. Doe, {}, in: Proceedings of the International Conference on Things, 2015, pp. 345-367.",
    "A. Roe, B. Doe, {}, IEEE Trans. Signal Process., vol. 12, no. 3, pp. 345-367, 2015.",
    "Ann Roe and Bob Doe, {}, Ann. of Math. (2) 12 (2015), no. 3, 345-367.",
    "A. Roe, B. Doe, {}, arXiv:1501.01234 (2015).",
    "Ann Roe, Bob Doe, Carl Poe: {}. ICML 2015: 345-367",
    "Ann Roe, Bob Doe: {}. J. ACM 12(3): 345-367 (2015)",
    "Ann Roe, Bob Doe, Carl Poe: {}. CoRR abs/1501.01234 (2015)",
    "A. Roe and B. Doe. {}. Journal of Number Theory, 12(3):345-367, 2015.",
    "{}. A. Roe, B. Doe, and C. Poe. Phys. Rev. Lett. 12, 345 (2015).",
    "{}. Ann Roe, Bob Doe. ICML 2015.",
]


@pytest.mark.parametrize("style", STYLES_OF_PHYSICS)
@pytest.mark.parametrize("title", TITLES_OF_PHYSICS)
def test_titles_between_commas_and_titles_in_front_are_told_from_the_authors(style: str, title: str) -> None:
    fields = parse_fields(style.format(title))
    assert (key(fields.title), family(fields)) == (key(title), "Roe")


@pytest.mark.parametrize(
    "style",
    ["A. Roe, B. Doe, and C. Poe, {}, Phys. Rev. Lett. 12, 345 (2015).", "A. Roe, {}, Nucl. Phys. B 12 (2015) 345."],
)
@pytest.mark.parametrize("title", ["Entanglement", "Superconductivity"])
def test_a_title_of_one_word_behind_authors_with_initials_is_no_author(style: str, title: str) -> None:
    fields = parse_fields(style.format(title))
    assert (fields.title, fields.authors[-1].family == title) == (title, False)


def test_words_that_a_pdf_glued_to_the_sentence_before_are_parted() -> None:
    fields = parse_fields("Roe, A., Doe, B. Growth of things in cold waters.J Phys A 12, 345-367 (2015).")
    assert fields.title == "Growth of things in cold waters"
