from __future__ import annotations

import pytest

from citations.parse.kinds import kind_of
from citations.types import Fields, Kind

CUES = {
    Kind.THESIS: (
        "PhD thesis", "M.Sc. Thesis", "Ph. D. diss", "doctoral dissertation", "Diplomarbeit", "Masterarbeit", "Habilitationsschrift",
        "thèse de doctorat", "tesis doctoral", "proefschrift", "Diss., Basel",
    ),
    Kind.PATENT: ("Patent No. 4", "patent appl. 3", "U.S. Patent", "European patent", "US 4,405,829"),
    Kind.LEGAL: (
        "42 U.S.C. 1983", "12 F.3d 4", "F. Supp. 2", "Fed. Reg. 5", "S. Ct. 5", "BGBl I 3", "BGHZ 12", "BVerfG", "410 U.S. 113", "§ 12",
        "Regulation (EU) 2016/679", "Richtlinie 95/46", "Application no. 39371/20", "OJ L 119", "Public Law 5", "Pub. L. 104", "Act 1998",
        "Act of 1976",
    ),
    Kind.STANDARD: ("ISO 9001", "IEC 61508", "DIN EN 1990", "ANSI Z39", "NIST SP 800", "ITU-T H.264", "ETSI TS 102", "3GPP TS 38", "ASTM E119", "BS EN 1990", "IEEE Std 802", "RFC 2616"),
    Kind.DATASET: ("[Data set]", "[data file]", "(dataset]", "Zenodo", "Dryad", "figshare", "PANGAEA", "Dataverse", "Mendeley Data"),
    Kind.SOFTWARE: ("[Computer software]", "[software]", "[Computer program]", "R package", "software package", "github.com/a"),
    Kind.REPORT: ("Technical report", "Tech. Rep. 5", "internal memo", "Working paper", "white paper", "Report No. 4", "report TR-12"),
    Kind.UNPUBLISHED: ("unpublished", "personal communication", "manuscript submitted", "Manuscript in preparation", "in preparation"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "cue"), [(kind, cue) for kind, cues in CUES.items() for cue in cues])
@pytest.mark.parametrize("shown", [str, str.upper])
def test_words_that_give_a_kind_away_are_seen_in_every_case(kind, cue, shown):
    assert kind_of(f"Roe, A. On growth. {shown(cue)}, 2001.", Fields(title="On growth")) is kind


def test_words_of_the_title_give_nothing_away():
    fields = Fields(title="The working paper as unpublished report", venue="Nature", volume="3")
    assert kind_of(f"Roe, A. {fields.title}. Nature 3, 2001.", fields) is Kind.ARTICLE
