"""Corrected BibTeX: the entries whose fields are wrong, with what the registries hold in their place."""

from __future__ import annotations

from typing import TextIO

from citations.correct import corrected_entry
from verifier.harmless import inline
from verifier.render.words import what_differs
from verifier.types import Report


class BibtexRenderer:
    """Only entries with something to correct, each under a comment that says what was changed."""

    name = "bibtex"
    suffix = ".bib"

    def render(self, report: Report, out: TextIO) -> None:
        """Write the corrected entries; they stand beside the original file and never replace it."""
        written = 0
        for finding in report.findings:
            entry = corrected_entry(finding.checked)
            if not entry:
                continue
            written += 1
            place = inline(str(finding.checked.reference.location))
            differs = what_differs(finding.checked.verdict).replace("@", "(at)")
            out.write(f"% {place}: {differs}\n{entry.rstrip()}\n\n")
        out.write(f"% {written} of {len(report.findings)} entries corrected; look at each before you use it\n")
