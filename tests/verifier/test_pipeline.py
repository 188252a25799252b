from __future__ import annotations

from citations.types import Status
from tests.verifier.samples import checked
from verifier.errors import StoreError
from verifier.pipeline import Prose, check_text
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
    made = check_text(Prose(TEXT, name="answer.txt"), verify_all)
    assert len(made.findings) == 2
    for finding in made.findings:
        assert isinstance(finding.span, Span)
        assert finding.checked.reference.raw == TEXT[finding.span.start : finding.span.end]
    assert [finding.checked.reference.location.line for finding in made.findings] == [3, 4]


def test_a_text_without_citations_is_no_error_and_no_clean_bill():
    made = check_text(Prose("The sky is blue."), verify_all)
    assert exit_code(made, Policy()) == ExitCode.CLEAN
    assert [gap.what for gap in made.gaps] == ["the text's claims"]


class FullDisk:
    """A record that can keep nothing."""

    def read(self, text, name, asked):
        raise StoreError("the disk is full", hint="free some space")


def test_a_database_that_fails_at_once_costs_the_record_and_no_finding():
    made = check_text(Prose(TEXT), verify_all, record=FullDisk())
    assert [finding.status for finding in made.findings] == [Status.VERIFIED] * 2
    assert [each.reason for each in made.failed] == ["findings are not kept: the disk is full"]
    assert exit_code(made, Policy()) == ExitCode.UNREADABLE


def test_the_question_tells_that_bare_titles_in_its_answer_are_works():
    answer = "1. On the Growth of Things (2015)\n2. Things in the Dark (2017)\n"
    asked = check_text(Prose(answer, asked="Give me two books on growth."), verify_all)
    alone = check_text(Prose(answer), verify_all)
    assert [len(asked.findings), len(alone.findings)] == [2, 0]


def test_a_key_keeps_the_brackets_that_belong_to_it():
    text = "Roe and Doe (2019) said so. It is so (Poe, 2018).\n\nReferences\n[7] Noe, A. (2015). On growth. Nature, 3, 1-9."
    made = check_text(Prose(text), verify_all)
    assert [finding.checked.reference.key for finding in made.findings] == ["Roe and Doe (2019)", "Poe, 2018", "7"]
