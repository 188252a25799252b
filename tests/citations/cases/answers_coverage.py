"""Facts of real works, written by hand: cases about who covers what, and about retractions."""

from __future__ import annotations

from collections.abc import Mapping

from citations.types import Kind, Retraction, RetractionKind
from tests.citations.cases.answers import Answers
from tests.citations.fake_registries import work

NOTICE = Retraction(RetractionKind.RETRACTED, "10.1155/2023/9756480", "2023-07-12", "retraction-watch")

COVERAGE: Mapping[str, Answers] = {
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
                more={"is_notice": True, "notice_of": "10.1155/2022/9172719"},
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
                more={"corrections": ("10.1073/pnas.1507001112",)},
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
}
