"""What sort of work a printed reference names, from the words that give it away."""

from __future__ import annotations

import re

from citations.types import Fields, Kind

_CUES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile("|".join(patterns), re.IGNORECASE))
    for kind, patterns in (
        (
            Kind.THESIS,
            (
                r"\b(?:ph\.? ?d\.?|d\.?phil\.?|m\.?sc\.?|m\.?a\.?|master'?s|doctoral|bachelor'?s)[ .]+(?:thesis|diss)",
                r"\b(?:thesis|dissertation|diplomarbeit|masterarbeit|habilitationsschrift|thèse de|tesis (?:doctoral|de)|proefschrift)\b",
                r"\bdiss\.,? ",
            ),
        ),
        (
            Kind.PATENT,
            (
                r"\bpatents? (?:no|number|appl|\d)",
                r"\b(?:u\.?s\.?|european|ep|wo|german) patent\b",
                r"\bUS ?\d{1,2},\d{3},\d{3}\b",
            ),
        ),
        (
            Kind.LEGAL,
            (
                r"\b(?:U\.S\.C\.|F\.(?:2|3)d|F\. ?Supp|Fed\. ?Reg\.|S\. ?Ct\.|BGBl|BGHZ|BVerfG) ?",
                r"\b\d+ U\.S\. \d+",
                r"§",
                r"\b(?:regulation|directive|decision|verordnung|richtlinie|règlement) \((?:EU|EC|EEC|EG|UE|CE)\)",
                r"\b(?:directive|regulation|richtlinie) \d{2,4}/\d+",
                r"\bapplication no\.? \d+/\d\d",
                r"\bOJ [LC] ?\d",
                r"\bPub(?:lic|\.) ?L(?:aw|\.)",
                r"\bAct (?:of )?\d{4}\b",
            ),
        ),
        (
            Kind.STANDARD,
            (
                r"\b(?:ISO|IEC|DIN|ANSI|NIST|ITU-T|ETSI|3GPP|ASTM|BS EN)(?:/IEC|/IEEE| EN| ISO| TS| TR| SP| FIPS)* ?[A-Z]?[-.]?\d{2,}",
                r"\bIEEE (?:Std|Standard)\b",
                r"\bRFC ?\d{3,5}\b",
            ),
        ),
        (
            Kind.DATASET,
            (
                r"\[data ?(?:set|file)\]",
                r"\bdata ?set\]",
                r"\b(?:zenodo|dryad|figshare|pangaea|dataverse|mendeley data)\b",
            ),
        ),
        (
            Kind.SOFTWARE,
            (
                r"\[(?:computer software|software|computer program)\]",
                r"\bR package\b",
                r"\bsoftware package\b",
                r"\bgithub\.com/",
            ),
        ),
        (
            Kind.REPORT,
            (
                r"\b(?:technical|tech\.?|research|internal) (?:report|rep\.|memo)",
                r"\b(?:working|discussion|white) paper\b",
                r"\breport (?:no\b|number|[A-Z]+-?\d)",
            ),
        ),
        (
            Kind.UNPUBLISHED,
            (
                r"\bunpublished\b",
                r"\bpersonal communication\b",
                r"\bmanuscript (?:submitted|in preparation)",
                r"\bin preparation\b",
            ),
        ),
    )
)
_TRACES = {
    Kind.THESIS: ("thes", "diss", "arbeit", "schrift", "thèse", "tesis"),
    Kind.PATENT: ("patent", "us"),
    Kind.LEGAL: (
        "u.s.",
        "f.2d",
        "f.3d",
        "supp",
        "reg.",
        "ct.",
        "bg",
        "bverfg",
        "§",
        "(e",
        "(ue)",
        "(ce)",
        "directive",
        "regulation",
        "richtlinie",
        "application",
        "oj",
        "pub",
        "act",
    ),
    Kind.STANDARD: ("iso", "iec", "din", "ansi", "nist", "itu", "etsi", "3gpp", "astm", "bs", "ieee", "rfc"),
    Kind.DATASET: ("data", "zenodo", "dryad", "figshare", "pangaea"),
    Kind.SOFTWARE: ("software", "program", "package", "github"),
    Kind.REPORT: ("report", "rep.", "memo", "paper"),
    Kind.UNPUBLISHED: ("unpublished", "communication", "manuscript", "preparation"),
}
"""Of each kind, fragments in lower case of which every text that its cue finds holds one: cheaper to look for than the cue."""
_PREPRINT = re.compile(r"\b(?:arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|ssrn|preprints?|corr)\b", re.IGNORECASE)
_CONFERENCE = re.compile(
    r"\b(?:proc\.|proceedings|conference|conf\.|symposium|symp\.|workshop|congress|meeting|tagung|colloque|actes)"
    r"|\b(?:NeurIPS|NIPS|ICML|ICLR|AAAI|IJCAI|CVPR|ICCV|ECCV|ACL|EMNLP|NAACL|COLING|SIG[A-Z]+|KDD|WWW|CHI|VLDB|ICDE|INTERSPEECH|ICASSP)\b",
    re.IGNORECASE,
)
_JOURNAL_ANYWAY = re.compile(
    r"\bproc(?:\.|eedings)? (?:of the )?(?:natl|nat\.|national acad|royal|roy\.|r\.? soc|ieee\b(?! (?:int|conf)))",
    re.IGNORECASE,
)
_ACCESSED = re.compile(
    r"\b(?:accessed|retrieved|last visited|abgerufen|zugriff|consulté|available (?:at|from|online)|verfügbar)\b",
    re.IGNORECASE,
)


def kind_of(text: str, fields: Fields) -> Kind:
    """The kind of work that the printed reference ``text`` names, given what was read from it.

    >>> kind_of("A. Turing. PhD thesis, Princeton University, 1938.", Fields(year=1938)).value
    'thesis'
    """
    outside = text.replace(fields.title, " ") if fields.title else text
    lowered = text.lower()
    for kind, cue in _CUES:
        if any(trace in lowered for trace in _TRACES[kind]) and cue.search(
            text if kind in {Kind.LEGAL, Kind.PATENT} else outside
        ):
            return kind
    return _kind_by_fields(outside, fields)


def _kind_by_fields(outside: str, fields: Fields) -> Kind:
    if _CONFERENCE.search(fields.venue) and not _JOURNAL_ANYWAY.search(fields.venue):
        return Kind.CONFERENCE
    if _PREPRINT.search(fields.venue) or (fields.arxiv and not fields.venue):
        return Kind.PREPRINT
    if fields.venue and (fields.volume or fields.issue or not fields.publisher):
        return Kind.CHAPTER if fields.editors and fields.publisher else Kind.ARTICLE
    if fields.venue:
        return Kind.CHAPTER
    if fields.publisher or fields.isbn:
        return Kind.BOOK
    if fields.url and (not fields.doi or _ACCESSED.search(outside)):
        return Kind.WEBSITE
    return Kind.UNKNOWN
