from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.venues import VenueRelation, compare_venues, is_preprint_server, venue_key

SAME, RELATED, DIFFERENT, UNKNOWN = VenueRelation

ACL_IJCNLP = (
    "Proceedings of the 59th Annual Meeting of the Association for Computational Linguistics and the 11th "
    "International Joint Conference on Natural Language Processing (Volume 1: Long Papers)"
)
NEURIPS = "Advances in Neural Information Processing Systems 33: Annual Conference on Neural Information Processing Systems 2020"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("NIPS 2017", NEURIPS),
        ("NeurIPS'20", NEURIPS),
        ("Proceedings of the 36th International Conference on Neural Information Processing Systems", NEURIPS),
        ("In: Proc. NeurIPS", NEURIPS),
        ("CVPR", "2022 IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)"),
        (
            "CVPR",
            "{IEEE/CVF} Conference on Computer Vision and Pattern Recognition, {CVPR} 2022, New Orleans, LA, USA, June 18-24",
        ),
        ("KDD", "Proceedings of the 27th ACM SIGKDD Conference on Knowledge Discovery & Data Mining"),
        ("AAAI", "Thirty-Fifth AAAI Conference on Artificial Intelligence"),
        (
            "ICML",
            "Proceedings of the 38th International Conference on Machine Learning, ICML 2021, 18-24 July 2021, Virtual Event",
        ),
        ("ICLR", "The Eleventh International Conference on Learning Representations"),
        ("Int Conf Learn Represent", "International Conference on Learning Representations"),
        ("ECCV", "Computer Vision – ECCV 2020"),
        (
            "ACL",
            ACL_IJCNLP,
        ),
        (
            "Proc. 21st Int. Conf. Comp. Ling.",
            (
                "21st International Conference on Computational Linguistics and 44th Annual Meeting of the Association for "
                "Computational Linguistics"
            ),
        ),
        (
            "EMNLP",
            (
                "Empirical Methods in Natural Language Processing and 9th International Joint Conference on Natural Language "
                "Processing"
            ),
        ),
        (
            "NAACL",
            "North American Chapter of the Association for Computational Linguistics: Human Language Technologies",
        ),
        ("WWW", "Proceedings of The Web Conference 2020"),
        ("J. Am. Chem. Soc.", "Journal of the American Chemical Society"),
        ("IEEE Trans. Pattern Anal. Mach. Intell.", "IEEE Transactions on Pattern Analysis and Machine Intelligence"),
        ("TPAMI", "IEEE Transactions on Pattern Analysis and Machine Intelligence"),
        ("Proc. Natl. Acad. Sci. U.S.A.", "Proceedings of the National Academy of Sciences"),
        ("Proc Natl Acad Sci USA", "PNAS"),
        ("Phys. Rev. Lett.", "Physical Review Letters"),
        ("\\apj", "The Astrophysical Journal"),
        ("\\mnras", "Monthly Notices of the Royal Astronomical Society"),
        ("Astron. Astrophys.", "A&A"),
        ("Commun. ACM", "Communications of the ACM"),
        ("Proc. IEEE", "Proceedings of the IEEE"),
        ("J. prakt. Chem.", "Journal für Praktische Chemie"),
        ("J. prakt. Chem.", "Journal f\ufffdr Praktische Chemie"),
        ("Environ. Monit. Assess.", "Environmental Monitoring and Assessment"),
        ("Acta Cryst. D", "Acta Crystallographica Section D"),
        ("J Pediatr Endocrinol Metab", "Journal of pediatric endocrinology &amp; metabolism : JPEM"),
        ("Nature", "nature"),
        ("PLOS ONE", "PLoS One"),
        ("arXiv preprint arXiv:1706.03762", "CoRR"),
        ("arXiv.org", "arXiv (Cornell University)"),
        ("CoRR, abs/1706.03762", "arXiv"),
        ("Findings of EMNLP", "Findings of the Association for Computational Linguistics: EMNLP 2021"),
        ("The Lancet", "Lancet"),
        ("QJRMS", "Quarterly Journal of the Royal Meteorological Society"),
        ("Zeitschrift für unbekannte Dinge", "Zeitschrift fur unbekannte Dinge"),
    ],
)
def test_spellings_of_one_venue_are_the_same(a, b):
    assert compare_venues(a, b) is SAME


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("CVPR", "IEEE/CVF Conference on Computer Vision and Pattern Recognition Workshops"),
        ("EMNLP", "Findings of the Association for Computational Linguistics: EMNLP 2021"),
        ("ICLR Workshop", "International Conference on Learning Representations"),
        ("NeurIPS 2020 Workshop on Machine Learning for Health", NEURIPS),
        ("EMNLP: System Demonstrations", "EMNLP"),
        ("arXiv preprint arXiv:1706.03762", NEURIPS),
        ("bioRxiv", "Nature"),
        ("OpenReview", "ICLR"),
        ("bioRxiv", "A journal that nobody knows"),
        ("Lecture Notes in Computer Science", "ECCV"),
        ("PMLR", "ICML"),
        ("Proceedings of the VLDB Endowment", "VLDB"),
        ("Proceedings of the ACM on Human-Computer Interaction", "CSCW"),
    ],
)
def test_tracks_preprints_and_series_are_related(a, b):
    assert compare_venues(a, b) is RELATED


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ICML", "ICLR"),
        ("ICML", "International Conference on Machine Learning and Applications"),
        ("ICCV", "International Conference on Computer Vision Theory and Applications"),
        ("ICCV", "Asian Conference on Computer Vision"),
        ("NeurIPS", "International Conference on Neural Information Processing"),
        ("EMNLP", "Transactions of the Association for Computational Linguistics"),
        ("EMNLP", "Proceedings of the 59th Annual Meeting of the Association for Computational Linguistics"),
        ("Phys. Rev. D", "Physical Review B"),
        ("Nature", "Nature Communications"),
        ("Journal of Machine Learning Research", "Machine Learning"),
        ("CVPR Workshops", "ICCV"),
        ("Conference on Attention Mechanisms and Transformers", "CVPR"),
        ("Pacific Rim Symposium on Volcanic Information", "ICLR"),
        ("Journal of Marine Sediments", "Journal of Consumer Psychology and Retail"),
    ],
)
def test_venues_that_are_known_apart_are_different(a, b):
    assert compare_venues(a, b) is DIFFERENT


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("", "ICML"),
        ("ICML", ""),
        ("...", "ICML"),
        ("Workshop on Domain Generalization", "ICML"),
        ("Software and Systems Modeling", "Informatik - Forschung und Entwicklung"),
        ("J. Unkn. Res.", "ICML"),
        ("Springer", "ECCV"),
        ("MIT Press", "Neural Computation and its Uses"),
        ("Lecture Notes in Computer Science", "Explainable AI"),
        ("International Conference on Quantum Machine Learning", "ICML"),
        ("Ökologie heute", "Ecology"),
        ("IEEE", "CVPR"),
        ("ICML", "Proceedings of the 2019 International Conference on Machine Learning and Cybernetics (ICMLC)"),
        ("Society for Industrial and Applied Mathematics eBooks", "SODA"),
    ],
)
def test_in_doubt_nothing_is_said(a, b):
    assert compare_venues(a, b) is UNKNOWN


@pytest.mark.parametrize(
    ("venue", "expected"),
    [
        ("arXiv", True),
        ("arXiv preprint arXiv:1706.03762 [cs.CL]", True),
        ("CoRR", True),
        ("bioRxiv preprint", True),
        ("SSRN Electronic Journal", True),
        ("Nature", False),
        ("Corrosion Science", False),
        ("", False),
        ("A venue nobody knows", False),
    ],
)
def test_preprint_servers_are_recognised(venue, expected):
    assert is_preprint_server(venue) is expected


@pytest.mark.parametrize(
    ("venue", "key"),
    [
        (NEURIPS, "neurips"),
        ("Proceedings of the 3rd Meeting on Beetles, 2019", "meeting beetles"),
        ("J. Mach. Learn. Res., vol. 12, pp. 1-20", "jmlr"),
        ("Proceedings of the 2012 IEEE/ACM Symposium on Unheard Things", "symposium unheard things"),
        (
            "Proceedings of the 2012 IEEE/ACM International Conference on Advances in Social Networks Analysis and Mining",
            "asonam",
        ),
        ("", ""),
    ],
)
def test_the_key_is_the_short_name_or_the_words(venue, key):
    assert venue_key(venue) == key


def test_no_name_in_the_table_stands_for_two_venues():
    venues = json.loads(files("citations").joinpath("venues.json").read_text(encoding="utf-8"))["venues"]
    wrong = [(name, key) for key, venue in venues.items() for name in venue["names"] if venue_key(name) != key]
    assert wrong == []


def test_venues_that_the_table_relates_are_in_it():
    data = json.loads(files("citations").joinpath("venues.json").read_text(encoding="utf-8"))
    assert [key for group in data["related"] for key in group if key not in data["venues"]] == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_relation_is_symmetrical_and_never_fails(a, b):
    assert compare_venues(a, b) is compare_venues(b, a)


@pytest.mark.parametrize(
    "broken",
    [
        "Proceed-ings of the 49th Annual Meeting of the Association for Computational Linguistics",
        "Proceedings of the 49th An-nual Meeting of the Associ-ation for Computational Linguistics",
        "Pro-ceedings of the 49th Annual Meet-ing of the Association for Compu-tational Linguis-tics",
    ],
)
def test_a_word_broken_at_the_end_of_a_line_does_not_make_another_venue(broken):
    whole = "Proceedings of the 49th Annual Meeting of the Association for Computational Linguistics"
    assert compare_venues(broken, whole) is VenueRelation.SAME
    technologies = ": Human Language Technologies"
    assert compare_venues(broken + technologies, whole + technologies) is VenueRelation.SAME
