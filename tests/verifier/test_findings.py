from __future__ import annotations

from citations.types import Status
from tests.verifier.samples import checked, reference, verdicts
from verifier.errors import StoreError
from verifier.findings import finding_of, judge
from verifier.store.scans import reference_digest

REFERENCES = [reference(number, f"Title number {number}") for number in range(1, 5)]
ALL_VERIFIED = {each.id: Status.VERIFIED for each in REFERENCES}


class Memory:
    """A record that keeps findings in a list, and fails when told to."""

    def __init__(self, earlier=(), fails_at: int | None = None):
        self.kept = []
        self._earlier = earlier
        self._fails_at = fails_at

    def earlier(self):
        return self._earlier

    def digest(self, ref):
        return reference_digest(ref)

    def adjudicated(self, finding):
        return finding

    def unreadable(self, entries):
        pass

    def add(self, finding):
        if len(self.kept) == self._fails_at:
            raise StoreError("the disk is full", hint="free some space")
        self.kept.append(finding)

    def finish(self, report):
        pass


class Earlier:
    """A finding of an earlier scan."""

    def __init__(self, finding):
        self.digest = reference_digest(finding.checked.reference)
        self.finding = finding


def statuses(judged):
    return [each.status for each in judged.findings]


def test_findings_stand_in_the_order_of_the_input():
    judged = judge(REFERENCES, verdicts(ALL_VERIFIED))
    assert [each.id for each in REFERENCES] == [each.checked.reference.id for each in judged.findings]


def test_a_crash_of_the_checker_leaves_the_rest_unchecked_and_keeps_what_is_done():
    def check(references):
        yield checked(Status.VERIFIED, references[0])
        raise RuntimeError("boom")

    memory = Memory()
    judged = judge(REFERENCES, check, record=memory)
    assert statuses(judged) == [Status.VERIFIED] + [Status.UNCHECKED] * 3
    assert judged.findings[1].checked.verdict.argument.sentence == "the checker crashed: RuntimeError: boom"
    assert len(memory.kept) == 4


def test_an_interruption_leaves_the_rest_unchecked_and_is_no_crash():
    def check(references):
        yield checked(Status.MISMATCH, references[0])
        raise KeyboardInterrupt

    judged = judge(REFERENCES, check)
    assert judged.interrupted
    assert statuses(judged) == [Status.MISMATCH] + [Status.UNCHECKED] * 3


def test_a_checker_that_forgets_a_reference_leaves_it_unchecked():
    judged = judge(REFERENCES, lambda references: iter([checked(Status.VERIFIED, references[2])]))
    assert statuses(judged) == [Status.UNCHECKED, Status.UNCHECKED, Status.VERIFIED, Status.UNCHECKED]


def test_a_failing_database_loses_no_finding():
    judged = judge(REFERENCES, verdicts(ALL_VERIFIED), record=Memory(fails_at=2))
    assert statuses(judged) == [Status.VERIFIED] * 4
    (failure,) = judged.failures
    assert (failure.code, failure.reason) == ("store-error", "findings are not kept: the disk is full")


def test_resuming_asks_only_what_was_not_judged():
    asked_for = []

    def check(references):
        asked_for.extend(each.id for each in references)
        yield from verdicts(ALL_VERIFIED)(references)

    earlier = [Earlier(finding_of(checked(Status.MISMATCH, REFERENCES[1])))]
    judged = judge(REFERENCES, check, record=Memory(earlier), resume=True)
    assert [REFERENCES[0].id, REFERENCES[2].id, REFERENCES[3].id] == asked_for
    assert statuses(judged) == [Status.VERIFIED, Status.MISMATCH, Status.VERIFIED, Status.VERIFIED]
    assert judged.resumed == 1


def test_resuming_does_not_take_over_what_was_changed_since():
    old = reference(2, "Another title")
    earlier = [Earlier(finding_of(checked(Status.MISMATCH, old)))]
    judged = judge(REFERENCES, verdicts(ALL_VERIFIED), record=Memory(earlier), resume=True)
    assert judged.resumed == 0


def test_a_moved_entry_is_taken_over_with_its_new_place():
    moved = reference(2, "Title number 2", file="moved.bib")
    earlier = [Earlier(finding_of(checked(Status.MISMATCH, REFERENCES[1])))]
    judged = judge([moved], verdicts({}), record=Memory(earlier), resume=True)
    assert judged.findings[0].checked.reference.location.file == "moved.bib"
    assert {moved.id} == {each.reference_id for each in judged.findings[0].checked.evidence}


def test_every_finding_is_told_with_the_sum():
    told = []
    judge(REFERENCES, verdicts(ALL_VERIFIED), on_finding=lambda finding, done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_lean_report_keeps_no_evidence_of_verified_references_and_all_of_the_others():
    told = []
    each = dict(
        zip(
            [ref.id for ref in REFERENCES],
            [Status.VERIFIED, Status.NOT_FOUND, Status.UNCHECKED, Status.MISMATCH],
            strict=True,
        )
    )
    record = Memory()
    whole = judge(REFERENCES, verdicts(each)).findings
    lean = judge(REFERENCES, verdicts(each), record=record, on_finding=lambda f, *_: told.append(f), lean=True).findings
    assert sorted(told, key=lambda f: f.checked.reference.id) == sorted(
        record.kept, key=lambda f: f.checked.reference.id
    )
    assert {f.checked.reference.id: f for f in told} == {f.checked.reference.id: f for f in whole}
    assert [f.status for f in lean] == [f.status for f in whole]
    assert [bool(f.checked.evidence) for f in lean] == [False, True, True, True]
    assert lean[1:] == whole[1:]
