"""Facts of real works, written by hand: all other cases."""

from __future__ import annotations

from collections.abc import Mapping

from citations.types import Kind
from tests.citations.cases.answers import Answers
from tests.citations.fake_registries import work

ATTENTION = {
    "title": "Attention Is All You Need",
    "authors": "Ashish Vaswani; Noam Shazeer; Niki Parmar; Jakob Uszkoreit; Llion Jones; Aidan N. Gomez; Łukasz Kaiser; Illia Polosukhin",
    "year": 2017,
}
COT = {
    "title": "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models",
    "authors": "Jason Wei; Xuezhi Wang; Dale Schuurmans; Maarten Bosma; Brian Ichter; Fei Xia; Ed Chi; Quoc Le; Denny Zhou",
    "year": 2022,
}
LUU = "Loi Luu; Duc-Hiep Chu; Hrishi Olickel; Prateek Saxena; Aquinas Hobor"
HOFFMANN = work(
    title="Consensus Building and Its Epistemic Conditions",
    authors="Michael H. G. Hoffmann",
    year=2021,
    venue="Topoi",
    volume="40",
    issue="5",
    pages="1173-1186",
    doi="10.1007/s11245-019-09640-x",
    kind=Kind.ARTICLE,
    more={"other_years": (2019,)},
)
BREEDEN = work(
    title="Evidence for nonlinear processes in fostering a North Pacific jet retraction",
    authors="Melissa Breeden; Jonathan E. Martin",
    year=2019,
    venue="Quarterly Journal of the Royal Meteorological Society",
    volume="145",
    issue="721",
    pages="1559-1570",
    doi="10.1002/qj.3512",
    kind=Kind.ARTICLE,
)
OTHER: Mapping[str, Answers] = {
    "arxiv-wrong-id-for-title": Answers(
        arxiv=[
            work("arxiv", **ATTENTION, venue="arXiv", arxiv="1706.03762v7", kind=Kind.PREPRINT),
            work(
                "arxiv",
                title="Proceedings of Workshop AEW10: Concepts in Information Theory and Communications",
                authors="Kees A. Schouhamer Immink; Stan Baggen",
                year=2017,
                arxiv="1707.08567",
                kind=Kind.PREPRINT,
            ),
        ]
    ),
    "doi-arxiv-not-in-crossref": Answers(
        arxiv=[
            work(
                "arxiv",
                title="FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness",
                authors="Tri Dao; Daniel Y. Fu; Stefano Ermon; Atri Rudra; Christopher Ré",
                year=2022,
                venue="arXiv",
                arxiv="2205.14135v2",
                kind=Kind.PREPRINT,
            ),
            work("arxiv", **COT, venue="arXiv", arxiv="2201.11903v6", kind=Kind.PREPRINT),
        ],
        registered=frozenset({"10.48550/arxiv.2205.14135", "10.48550/arxiv.2201.11903"}),
    ),
    "doi-composed-from-container": Answers(
        crossref=[
            work(
                title="Chapter two",
                authors="X. Wen",
                venue="An edited volume",
                publisher="John Benjamins",
                doi="10.1075/silv.31.02wen",
                kind=Kind.CHAPTER,
            ),
            work(
                title="A JOSS paper",
                authors="E. Doe",
                year=2021,
                venue="Journal of Open Source Software",
                volume="6",
                doi="10.21105/joss.09999",
                kind=Kind.ARTICLE,
            ),
        ]
    ),
    "doi-parentheses-truncated": Answers(
        crossref=[
            work(
                title="A new method of classifying prognostic comorbidity in longitudinal studies: Development and validation",
                authors="Mary E. Charlson; Peter Pompei; Kathy L. Ales; C. Ronald MacKenzie",
                year=1987,
                venue="Journal of Chronic Diseases",
                volume="40",
                issue="5",
                pages="373-383",
                doi="10.1016/0021-9681(87)90171-8",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "doi-square-brackets-and-semicolon": Answers(
        crossref=[
            work(
                title="PHYLOGENETIC ECOLOGY AT WORLD SCALE, A NEW FUSION BETWEEN ECOLOGY AND EVOLUTION",
                authors="Mark Westoby",
                year=2006,
                venue="Ecology",
                volume="87",
                issue="sp7",
                pages="S163-S165",
                doi="10.1890/0012-9658(2006)87[163:peawsa]2.0.co;2",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "doi-two-dois-one-article": Answers(
        crossref=[
            work(
                title="Review. Arbitraire et motivation en français et en allemand. Examen critique des thèses de Charles Bally",
                authors="M. Harris",
                year=1984,
                venue="French Studies",
                volume="38",
                issue="4",
                pages="504-514",
                doi="10.1093/fs/38.4.504",
                kind=Kind.ARTICLE,
            ),
            work(
                title="Review. Arbitraire et motivation en francais et en allemand. Examen critique des theses de Charles Bally",
                authors="M. Harris",
                year=1984,
                venue="French Studies",
                volume="XXXVIII",
                issue="4",
                pages="504-504",
                doi="10.1093/fs/xxxviii.4.504",
                kind=Kind.ARTICLE,
            ),
        ]
    ),
    "fab-chimera-famous-authors": Answers(
        arxiv=[
            work(
                "arxiv",
                title="DeepFM: A Factorization-Machine based Neural Network for CTR Prediction",
                authors="Huifeng Guo; Ruiming Tang; Yunming Ye; Zhenguo Li; Xiuqiang He",
                year=2017,
                venue="arXiv",
                arxiv="1703.04247v1",
                kind=Kind.PREPRINT,
            ),
            work(
                "arxiv",
                title="Adam: A Method for Stochastic Optimization",
                authors="Diederik P. Kingma; Jimmy Ba",
                year=2014,
                venue="arXiv",
                arxiv="1412.6980v9",
                kind=Kind.PREPRINT,
            ),
            work(
                "arxiv",
                title="WebVoyager: Building an End-to-End Web Agent with Large Multimodal Models",
                authors="Hongliang He; Wenlin Yao; Kaixin Ma; Wenhao Yu; Yong Dai; Hongming Zhang; Zhenzhong Lan; Dong Yu",
                year=2024,
                venue="arXiv",
                arxiv="2401.13919v4",
                kind=Kind.PREPRINT,
            ),
        ],
    ),
    "fab-real-article-draft-list": Answers(
        crossref=[
            work(
                title=f"A work about something else, number {n}",
                authors="Other Person",
                year=2023,
                venue="Elsewhere",
                doi=doi,
                kind=Kind.ARTICLE,
            )
            for n, doi in enumerate(
                (
                    "10.1016/j.patter.2023.100824",
                    "10.1016/j.patter.2023.100797",
                    "10.1038/s41597-023-02006-7",
                    "10.1371/journal.pcbi.1011920",
                )
            )
        ]
    ),
    "name-cyrillic-vs-transliteration": Answers(
        crossref=[
            work(
                title="Математическое моделирование твердофазной плунжерной экструзии композиционных материалов",
                authors="Д. А. Паршин; Л. С. Стельмах; А. М. Столин",
                year=2015,
                venue="Теоретические основы химической технологии",
                volume="49",
                issue="3",
                pages="361-366",
                doi="10.7868/s0040357115030100",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "noneng-dutch-pamphlet-dataset": Answers(
        crossref=[
            work(
                title="Missive van sijn Hoogheydt den Heere Prince van Orange &amp;c aen haer Hoogh Mog: de Heeren Staten Generael der "
                "Vereenighde Nederlanden",
                doi="10.1163/2214-8264_dutchpamphlets-kb1-kb13538",
                publisher="Brill",
                kind=Kind.DATASET,
            )
        ]
    ),
    "noneng-german-1845": Answers(
        crossref=[
            work(
                title="Ueber die Zusammensetzung des dunkeln Zundererzes",
                authors="Hausmann",
                year=1845,
                venue="Journal f\ufffdr Praktische Chemie",
                volume="36",
                issue="1",
                pages="40-42",
                doi="10.1002/prac.18450360112",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "data-dblp-quirks": Answers(
        semantic_scholar=[
            work("semantic_scholar", "other", title="Making Smart Contracts Smarter.", authors="Some One"),
            work("semantic_scholar", "right", title="Making Smart Contracts Smarter.", authors=LUU),
        ]
    ),
    "name-communicating-editor-as-author": Answers(
        crossref=[
            work(
                title="On steady vortex rings of small cross-section in an ideal fluid",
                authors="L. E. Fraenkel; T. B. Benjamin",
                year=1997,
                venue="Proceedings of the Royal Society of London. A. Mathematical and Physical Sciences",
                volume="316",
                issue="1524",
                pages="29-62",
                doi="10.1098/rspa.1970.0065",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "pdf-nested-quotes-year-after-authors": Answers(
        crossref=[
            work(
                title="I like them, but won't ‘like’ them: An examination of impression management associated with visible political party "
                "affiliation on Facebook",
                authors="Ben Marder; Emma Slade; David Houghton; Chris Archer-Brown",
                year=2016,
                venue="Computers in Human Behavior",
                volume="61",
                pages="280-287",
                doi="10.1016/j.chb.2016.03.047",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "nul-in-extracted-text": Answers(crossref=[HOFFMANN]),
    "pdf-same-doi-for-all": Answers(crossref=[HOFFMANN, BREEDEN]),
}
