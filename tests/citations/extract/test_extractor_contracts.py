"""Every built-in extractor of text formats passes the battery for plug-ins."""

from __future__ import annotations

import pytest

from citations.extract.bbl import BblExtractor
from citations.extract.bibtex import BibtexExtractor
from citations.extract.csl import CslExtractor
from citations.extract.interface import Extractor
from citations.extract.latex import LatexExtractor
from citations.extract.ris import RisExtractor
from citations.testing import ContractBroken, Sample, extractor_contract

BIB = rb"""@string{cj = "The Computer Journal"}
@article{knuth84, author = {Knuth, Donald E.}, title = {Literate {P}rogramming}, journal = cj, volume = 27, year = 1984}

@inproceedings{vaswani17,
  author = {Vaswani, Ashish and Shazeer, Noam and others},
  title = "Attention is All you Need",
  booktitle = {Advances in Neural Information Processing Systems},
  year = {2017}
}
"""
BBL = rb"""\begin{thebibliography}{9}
\bibitem[{{Knuth}(1984)}]{knuth84}
Donald~E. Knuth.
\newblock Literate programming.
\newblock {\em The Computer Journal}, 27(2):97--111, 1984.

\bibitem[Turing(1937)]{turing37}
A.~M. Turing.
\newblock On computable numbers.
\newblock {\em Proceedings of the London Mathematical Society}, 42:230--265, 1937.
\end{thebibliography}
"""
TEX = rb"\documentclass{article}\begin{document}\cite{knuth84}" + b"\n" + BBL + b"\n\\end{document}\n"
RIS = b"TY  - JOUR\nTI  - One\nAU  - Doe, J.\nER  - \n\nTY  - BOOK\nTI  - Two\nID  - k\nER  - \n"
CSL = b'[\n {"id": "a", "type": "book", "title": "One"},\n {"id": "b", "title": "Two", "issued": {"raw": "2012"}}\n]\n'
SAMPLES = [
    (RisExtractor(), Sample("refs.ris", RIS, 2)),
    (CslExtractor(), Sample("refs.json", CSL, 2)),
    (BibtexExtractor(), Sample("refs.bib", BIB, 2)),
    (BblExtractor(), Sample("paper.bbl", BBL, 2)),
    (LatexExtractor(), Sample("paper.tex", TEX, 2)),
]


@pytest.mark.parametrize(("extractor", "sample"), SAMPLES, ids=[sample.name for _, sample in SAMPLES])
def test_extractor_passes_the_battery(extractor: Extractor, sample: Sample) -> None:
    extractor_contract(extractor, sample)


def test_battery_notices_a_lost_reference() -> None:
    with pytest.raises(ContractBroken, match="2 references are found, 3 are there"):
        extractor_contract(BibtexExtractor(), Sample("refs.bib", BIB, 3))
