"""Facts of real works, written by hand: cases about finding the right work and naming its authors."""

from __future__ import annotations

from collections.abc import Mapping

from citations.types import Identifier, Kind, Scheme
from tests.citations.cases.answers import Answers
from tests.citations.fake_registries import work

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
MATCHING: Mapping[str, Answers] = {
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
                more={"other_ids": (Identifier(Scheme.DOI, "10.1016/j.xgen.2025.100814"),)},
            ),
            work(
                **HERGER,
                year=2025,
                venue="Cell Genomics",
                doi="10.1016/j.xgen.2025.100814",
                kind=Kind.ARTICLE,
                more={"other_ids": (Identifier(Scheme.DOI, "10.1101/2024.04.01.587366"),)},
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
}
