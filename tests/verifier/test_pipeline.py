from __future__ import annotations

from citations.types import Status
from tests.verifier.samples import checked
from verifier.pipeline import check_text
from verifier.policy import ExitCode, Policy, exit_code
from verifier.types import Span

TEXT = """Two works matter here:

1. Turing, A. M. (1937). On computable numbers, with an application to the Entscheidungsproblem. Proc. LMS, 42, 230-265.
2. Church, A. (1936). An unsolvable problem of elementary number theory. American Journal of Mathematics, 58, 345-363.
"""


def verify_all(references):
    for each in references:
        yield checked(Status.VERIFIED, each)


def test_citations_of_prose_become_findings_with_their_place():
    made = check_text(TEXT, verify_all, name="answer.txt")
    assert len(made.findings) == 2
    for finding in made.findings:
        assert isinstance(finding.span, Span)
        assert finding.checked.reference.raw == TEXT[finding.span.start : finding.span.end]
    assert [finding.checked.reference.location.line for finding in made.findings] == [3, 4]


def test_a_text_without_citations_is_no_error_and_no_clean_bill():
    made = check_text("The sky is blue.", verify_all)
    assert exit_code(made, Policy()) == ExitCode.CLEAN
    assert [gap.what for gap in made.gaps] == ["the text's claims"]
