"""What the registries say in each case of the bank: facts of real works, written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from citations.types import Identifier, Kind, Retraction, RetractionKind, Scheme, Work
from tests.citations.fake_registries import work


@dataclass(frozen=True)
class Answers:
    """The works that each registry holds; everything else it truly does not have."""

    crossref: Sequence[Work] = ()
    arxiv: Sequence[Work] = ()
    datacite: Sequence[Work] = ()
    semantic_scholar: Sequence[Work] = ()
    openalex: Sequence[Work] | None = None
    pubmed: Sequence[Work] | None = None
    offline_covers: bool | None = None
    """``False``: there is only an offline index, and it says that it cannot know."""
    registered: frozenset[str] = field(default_factory=frozenset)
    """DOIs that doi.org knows beside those of the works."""


def _doi(value: str) -> Identifier:
    return Identifier(Scheme.DOI, value)


ATTENTION = {
    "title": "Attention Is All You Need",
    "authors": "Ashish Vaswani; Noam Shazeer; Niki Parmar; Jakob Uszkoreit; Llion Jones; Aidan N. Gomez; Łukasz Kaiser; Illia Polosukhin",
    "year": 2017,
}
MUSSGNUG = {
    "title": "The predictive reframing of machine learning applications: good predictions and bad measurements",
    "authors": "Alexander Martin Mussgnug",
    "year": 2022,
    "venue": "European Journal for Philosophy of Science",
    "volume": "12",
    "issue": "3",
    "pages": "55",
    "doi": "10.1007/s13194-022-00484-8",
    "kind": Kind.ARTICLE,
}
COT = {
    "title": "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models",
    "authors": "Jason Wei; Xuezhi Wang; Dale Schuurmans; Maarten Bosma; Brian Ichter; Fei Xia; Ed Chi; Quoc Le; Denny Zhou",
    "year": 2022,
}
HERGER = {
    "title": "High-throughput screening of human genetic variants by pooled prime editing",
    "authors": "Michael Herger; Christina M. Kajba; Megan Buckley; Ana Cunha; Molly Strom; Gregory M. Findlay",
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
NOTICE = Retraction(RetractionKind.RETRACTED, "10.1155/2023/9756480", "2023-07-12", "retraction-watch")

ANSWERS: Mapping[str, Answers] = {
    "name-all-authors-replaced": Answers(
        arxiv=[
            work(
                "arxiv",
                title="Cross-Architecture Knowledge Distillation",
                authors="Yufan Liu; Jiajiong Cao; Bing Li; Weiming Hu; Jingting Ding; Liang Li",
                year=2022,
                venue="arXiv",
                arxiv="2207.05273",
                kind=Kind.PREPRINT,
            )
        ],
        crossref=[
            work(
                title="Distilled Dual-Encoder Model for Vision-Language Understanding",
                authors="Zekun Wang; Wenhui Wang; Haichao Zhu; Ming Liu; Bing Qin; Furu Wei",
                year=2022,
                venue="Proceedings of the 2022 Conference on Empirical Methods in Natural Language Processing",
                doi="10.18653/v1/2022.emnlp-main.608",
                kind=Kind.CONFERENCE,
            ),
            work(
                title="MMANet: Margin-Aware Distillation and Modality-Aware Regularization for Incomplete Multimodal Learning",
                authors="Shicai Wei; Chunbo Luo; Yang Luo",
                year=2023,
                venue="2023 IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)",
                kind=Kind.CONFERENCE,
            ),
        ],
    ),
    "name-consortium-in-the-middle": Answers(
        crossref=[
            work(
                title="The impact of structural variation on human gene expression",
                authors="Colby Chiang; GTEx Consortium; Alexandra J Scott; Joe R Davis; Emily K Tsang; Xin Li; Ira M Hall",
                year=2017,
                venue="Nature Genetics",
                volume="49",
                issue="5",
                pages="692-699",
                doi="10.1038/ng.3834",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "name-given-name-invented": Answers(crossref=[work(**MUSSGNUG)]),
    "name-missing-comma-then-doi": Answers(crossref=[work(**MUSSGNUG)]),
    "name-index-drops-coauthor": Answers(
        openalex=[
            work(
                "openalex",
                title="Learning Multiple Layers of Features from Tiny Images",
                authors="Alex Krizhevsky",
                year=2009,
            )
        ]
    ),
    "name-mononym-and-initial-only": Answers(
        crossref=[
            work(
                title="Publications of Warren L. Butler on photosynthesis",
                authors="Govindjee",
                year=1986,
                venue="Photosynthesis Research",
                volume="10",
                issue="3",
                pages="151-161",
                kind=Kind.ARTICLE,
            ),
            work(
                title="Fire-proof flooring",
                authors="C.",
                year=1878,
                venue="Journal of the Franklin Institute",
                volume="105",
                issue="1",
                pages="68",
                kind=Kind.ARTICLE,
            ),
        ]
    ),
    "name-truncated-without-et-al": Answers(
        arxiv=[
            work(
                "arxiv",
                title="Online Fast Adaptation and Knowledge Accumulation: a New Approach to Continual Learning",
                authors="Massimo Caccia; Pau Rodriguez; Oleksiy Ostapenko; Fabrice Normandin; Min Lin; Lucas Caccia; Issam Laradji; "
                "Irina Rish; Alexandre Lacoste; David Vazquez; Laurent Charlin",
                year=2020,
                arxiv="2003.05856",
                venue="arXiv",
                kind=Kind.PREPRINT,
            )
        ]
    ),
    "arxiv-retitled-between-versions": Answers(
        arxiv=[
            work(
                "arxiv",
                title="LoRATK: LoRA Once, Backdoor Everywhere in the Share-and-Play Ecosystem",
                authors="Hongyi Liu; Shaochen Zhong; Xintong Sun; Zirui Liu; Ruixiang Tang; Jiayi Yuan",
                year=2024,
                arxiv="2403.00108v2",
                venue="arXiv",
                kind=Kind.PREPRINT,
                # The first version; the registry asks for it where the title of the current one differs.
                more={"other_titles": ("LoRA-as-an-Attack! Piercing LLM Safety Under The Share-and-Play Scenario",)},
            )
        ]
    ),
    "work-chapter-number-in-title": Answers(
        crossref=[
            work(
                title="16. Marketing the Maple Leaf: The Curious Case of National Flag of Canada Day",
                year=2016,
                venue="Celebrating Canada",
                pages="405-436",
                publisher="University of Toronto Press",
                kind=Kind.CHAPTER,
            ),
            work(
                title="Generation | Garderobe | Geschlecht",
                authors="Nadine Wagener-Böck",
                year=2015,
                publisher="Göttingen University Press",
                kind=Kind.BOOK,
                more={
                    "other_titles": ("Generation | Garderobe | Geschlecht: Kleidungspraxis bei Mutter-Tochter-Paaren",)
                },
            ),
        ]
    ),
    "work-conference-year-off-by-one": Answers(
        crossref=[
            work(
                title="Logical Fallacy Detection",
                authors="Zhijing Jin; Abhinav Lalwani; Tejas Vaidhya; Xiaoyu Shen; Yiwen Ding; Zhiheng Lyu; Mrinmaya Sachan; "
                "Rada Mihalcea; Bernhard Schoelkopf",
                year=2022,
                venue="Findings of the Association for Computational Linguistics: EMNLP 2022",
                pages="7180-7198",
                kind=Kind.CONFERENCE,
                more={"other_ids": (Identifier(Scheme.ARXIV, "2202.13758"),)},
            )
        ]
    ),
    "work-edition-years": Answers(
        crossref=[
            work(
                key=doi,
                title="Using the canvas Widget",
                authors="Clif Flynt",
                year=year,
                venue="Tcl/Tk",
                doi=doi,
                kind=Kind.CHAPTER,
            )
            for doi, year in (
                ("10.1016/b978-155860802-8/50013-3", 2003),
                ("10.1016/b978-0-12-384717-1.00012-9", 2012),
                ("10.1016/b978-0-443-00000-0.00012-9", 2026),
            )
        ]
    ),
    "work-html-entities-and-layout": Answers(
        crossref=[
            work(
                title="Oncogenic mutations mimic and enhance dynamic events in the natural activation of phosphoinositide 3-kinase p110α "
                "(\n <i>PIK3CA</i>\n )",
                authors="John E. Burke; Olga Perisic; Glenn R. Masson; Oscar Vadas; Roger L. Williams",
                year=2012,
                venue="Proceedings of the National Academy of Sciences",
                volume="109",
                issue="38",
                pages="15259-15264",
                doi="10.1073/pnas.1205508109",
                kind=Kind.ARTICLE,
            ),
            work(
                title="The dire side of autophagy in aging: Lessons from <i>C. elegans</i>",
                authors="Rebeca Medina; Holger Richly",
                year=2017,
                venue="Communicative &amp; Integrative Biology",
                volume="11",
                issue="1",
                pages="e1395120",
                doi="10.1080/19420889.2017.1395120",
                kind=Kind.ARTICLE,
            ),
        ]
    ),
    "work-one-letter-title-change": Answers(
        crossref=[
            work(
                title="Subspace Differential Privacy",
                authors="Jie Gao; Ruobin Gong; Fang-Yi Yu",
                year=2022,
                venue="Proceedings of the AAAI Conference on Artificial Intelligence",
                kind=Kind.CONFERENCE,
                doi="10.1609/aaai.v36i4.20315",
            ),
        ],
        semantic_scholar=[work("semantic_scholar", **COT, venue="Neural Information Processing Systems")],
    ),
    "work-preprint-and-published": Answers(
        crossref=[
            work(
                **HERGER,
                year=2024,
                venue="bioRxiv",
                doi="10.1101/2024.04.01.587366",
                kind=Kind.PREPRINT,
                more={"other_ids": (_doi("10.1016/j.xgen.2025.100814"),)},
            ),
            work(
                **HERGER,
                year=2025,
                venue="Cell Genomics",
                doi="10.1016/j.xgen.2025.100814",
                kind=Kind.ARTICLE,
                more={"other_ids": (_doi("10.1101/2024.04.01.587366"),)},
            ),
        ]
    ),
    "work-same-authors-same-title-two-journals": Answers(
        crossref=[
            work(
                key=doi,
                title="Modular composition of particular specifications",
                authors="Ada Byron; Carl Gauss",
                year=year,
                venue=venue,
                doi=doi,
                kind=Kind.ARTICLE,
            )
            for doi, year, venue in (
                ("10.1007/s00450-004-0158-4", 2004, "Informatik - Forschung und Entwicklung"),
                ("10.1007/s10270-002-0001-y", 2002, "Software and Systems Modeling"),
            )
        ]
    ),
    "work-same-title-other-work": Answers(
        crossref=[
            work(
                title="An Introduction to Hidden Markov Models",
                authors="Benjamin Schuster-Böckler; Alex Bateman",
                year=2007,
                venue="Current Protocols in Bioinformatics",
                doi="10.1002/0471250953.bia03as18",
                kind=Kind.ARTICLE,
            ),
            work(
                title="An introduction to hidden Markov models",
                authors="L. Rabiner; B. Juang",
                year=1986,
                venue="IEEE ASSP Magazine",
                volume="3",
                issue="1",
                pages="4-16",
                doi="10.1109/massp.1986.1165342",
                kind=Kind.ARTICLE,
            ),
        ]
    ),
    "work-spam-mirror-record": Answers(
        crossref=[work(**{**ATTENTION, "year": 2025, "venue": "Mirror", "doi": "10.65215/2q58a426"})],
        arxiv=[work("arxiv", **ATTENTION, venue="arXiv", arxiv="1706.03762v7", kind=Kind.PREPRINT)],
    ),
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
    "work-component-doi": Answers(
        crossref=[
            work(
                title="Rapid Maxillary Anterior Teeth Retraction En Masse by Bone Compression: A Canine Model",
                authors="Chufeng Liu; Yang Cao; Conghua Liu; Jincai Zhang; Pingping Xu",
                year=2011,
                venue="PLoS ONE",
                volume="6",
                issue="10",
                pages="e26398",
                doi="10.1371/journal.pone.0026398",
                kind=Kind.ARTICLE,
            )
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
    "work-corrupt-index-record": Answers(
        openalex=[
            work(
                "openalex",
                title="LoRA Fine-Tuning of a 3B Code LLM for Algorithmic Efficiency",
                authors="Edward J. Hu; Yelong Shen",
                doi="10.48550/arxiv.2106.09685",
            )
        ],
        arxiv=[
            work(
                "arxiv",
                title="LoRA: Low-Rank Adaptation of Large Language Models",
                authors="Edward J. Hu; Yelong Shen",
                year=2021,
                venue="arXiv",
                arxiv="2106.09685v2",
                kind=Kind.PREPRINT,
            )
        ],
    ),
    "work-registry-title-empty": Answers(
        crossref=[
            work(
                authors="K. A. Hunter; J. P. Kim; P. L. Croot",
                year=1997,
                venue="Environmental Monitoring and Assessment",
                volume="44",
                issue="1/3",
                pages="103-147",
                doi="10.1023/a:1005720103937",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "cov-in-preparation-and-software": Answers(
        crossref=[
            work(
                title="Weak lensing by particular galaxies",
                authors="Some One",
                year=2010,
                venue="MNRAS",
                doi="10.1111/j.1365-2966.2010.17430.x",
                kind=Kind.ARTICLE,
            ),
            work(
                title="Computation of two-point functions",
                authors="Some One",
                year=1978,
                doi="10.2172/6401879",
                kind=Kind.REPORT,
            ),
        ]
    ),
    "cov-journal-without-dois": Answers(
        pubmed=[
            work(
                "pubmed",
                title="Measuring Community Vulnerability to Natural and Anthropogenic Hazards: The Centers for Disease Control and "
                "Prevention's Social Vulnerability Index",
                authors="Barry E. Flanagan; Elaine J. Hallisey; Erica Adams; Amy Lavery",
                year=2018,
                venue="Journal of Environmental Health",
                volume="80",
                issue="10",
                pages="34-36",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "cov-offline-index-silence": Answers(offline_covers=False),
    "cov-one-index-misses-work": Answers(
        crossref=[
            work(
                title="A Kronecker Product-Based Module for Digital Predistortion Neural Network for the Wide Bandwidth Power Amplifier",
                authors="First Person; Second Person",
                year=2026,
                venue="IEEE Microwave and Wireless Technology Letters",
                volume="36",
                issue="1",
                doi="10.1109/lmwt.2025.3613530",
                kind=Kind.ARTICLE,
            )
        ],
        openalex=[],
    ),
    "cov-standards": Answers(
        crossref=[
            work(
                title="Electroacoustics \ufffd Measurement microphones",
                doi="10.3403/30430945",
                publisher="BSI British Standards",
                kind=Kind.STANDARD,
            ),
            work(
                title="Dentistry. Endodontic instruments",
                doi="10.3403/30451915u",
                publisher="BSI British Standards",
                kind=Kind.STANDARD,
            ),
        ]
    ),
    "retr-notice-doi-for-article": Answers(
        crossref=[
            work(
                title="Retracted: Influence of Gastrectomy on Cortical and Cancellous Bones in Rats",
                authors="Gastroenterology Research and Practice",
                year=2020,
                venue="Gastroenterology Research and Practice",
                doi="10.1155/2020/5109831",
                kind=Kind.ARTICLE,
                more={"is_notice": True},
            )
        ]
    ),
    "retr-notice-with-unrelated-title": Answers(
        pubmed=[
            work(
                "pubmed",
                title="The origin of Palestinians and their genetic relatedness with other Mediterranean populations",
                authors="A Arnaiz-Villena; N Elaiwa; C Silvera; A Rostom; J Moscoso",
                year=2001,
                venue="Human immunology",
                volume="62",
                issue="9",
                pages="889-900",
                pmid="11543891",
                kind=Kind.ARTICLE,
                more={"retraction": Retraction(RetractionKind.RETRACTED, "", "2001", "PMID 11600210")},
            )
        ]
    ),
    "retr-retraction-watch-rows": Answers(
        crossref=[
            work(
                title="The Feature Recognition of Motor Noise Based on the Improved EEMD Model",
                authors="Qing Liao; Long Li; Jiaqi Luo",
                year=2022,
                venue="Computational Intelligence and Neuroscience",
                doi="10.1155/2022/9172719",
                kind=Kind.ARTICLE,
                more={"retraction": NOTICE},
            ),
            work(
                title="Research and Implementation of Intelligent Evaluation System of Teaching Quality",
                authors="Bo Gao",
                year=2022,
                venue="Mathematical Problems in Engineering",
                doi="10.1155/2022/8224184",
                kind=Kind.ARTICLE,
                more={"retraction": Retraction(RetractionKind.RETRACTED, "10.1155/2023/9860810", "2023-07-12")},
            ),
            work(
                title="Retracted: The Feature Recognition of Motor Noise Based on the Improved EEMD Model",
                authors="Computational Intelligence and Neuroscience",
                year=2023,
                doi="10.1155/2023/9756480",
                kind=Kind.ARTICLE,
                more={"is_notice": True, "other_ids": ()},
            ),
        ]
    ),
    "retr-no-relation-deposited": Answers(
        crossref=[work(title="A paper of a journal", authors="E. Doe", year=2018, doi="10.21105/joss.00000")]
    ),
    "retr-updated-by-correction": Answers(
        crossref=[
            work(
                title="Developing functional musculoskeletal tissues through hypoxia and lysyl oxidase-induced collagen cross-linking",
                authors="Eleftherios A. Makris; Donald J. Responte; Nikolaos K. Paschos; Jerry C. Hu; Kyriacos A. Athanasiou",
                year=2014,
                venue="Proceedings of the National Academy of Sciences",
                volume="111",
                issue="45",
                doi="10.1073/pnas.1414271111",
                kind=Kind.ARTICLE,
            )
        ]
    ),
    "retr-updated-by-direction": Answers(
        crossref=[
            work(
                title="Patient-Specific Embryonic Stem Cells Derived from Human SCNT Blastocysts",
                authors="Woo Suk Hwang; Sung Il Roh; Byeong Chun Lee; Sung Keun Kang",
                year=2005,
                venue="Science",
                volume="308",
                issue="5729",
                pages="1777-1783",
                doi="10.1126/science.1112286",
                kind=Kind.ARTICLE,
                more={
                    "retraction": Retraction(RetractionKind.RETRACTED, "10.1126/science.1124926", "2006", "crossref")
                },
            )
        ]
    ),
    "retr-withdrawn-preprint-version": Answers(
        crossref=[
            work(
                title="Enhancing Object Classification for Autonomous Vehicles via RGBD Fusion From Monocular Cameras: a Depth-aware Approach",
                authors="Mehmet Akif Alper",
                year=2024,
                venue="Research Square",
                doi="10.21203/rs.3.rs-4920598/v1",
                kind=Kind.PREPRINT,
                more={
                    "retraction": Retraction(
                        RetractionKind.WITHDRAWN, "10.21203/rs.3.rs-4920598/v2", "2024", "crossref"
                    )
                },
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
