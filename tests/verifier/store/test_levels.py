"""What each level of storage leaves in the database: the files are searched as they lie on the disk, log included."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Location, Status, Unreadable
from probes.types import TokenTrace
from tests.verifier.judges.chat_server import ChatServer
from tests.verifier.samples import checked, one_of_each, reference, report_of
from tests.verifier.store.kept import everything
from verifier.cli import main
from verifier.errors import StoreError
from verifier.findings import finding_of
from verifier.generation import Generation
from verifier.pipeline import Prose, check_text
from verifier.policy import ExitCode, Policy, exit_code
from verifier.store import open_store
from verifier.store.adjudications import adjudication, confirm_work
from verifier.store.filters import QueueFilter
from verifier.store.levels import StorageLevel, kept_finding
from verifier.store.queue import count, flag, queue
from verifier.store.recorder import Recorder
from verifier.store.reports import scan_report
from verifier.store.retention import forget_paper, prune
from verifier.store.reviews import FlagState, ReviewAnswer, decide
from verifier.store.scans import ScanKey, add_findings, begin_scan, earlier_findings
from verifier.store.stored import TextKind, Written, around
from verifier.store.tables import scans, traces
from verifier.types import Finding, Span

FAR = "What would a farawayword be good for? " + "Who would ever say so? " * 12
CITED = (
    "Quimby, Z. (2019). Recursive enumeration of zyzzyva theorems by optimistic oracles. Journal of Imaginary Logic, 3."
)
ANSWER = f"{FAR}Does a nearbyword lead on?\n\n1. {CITED}\n"
PROMPT = "Tell me about the promptword, please."
LEVELS = [StorageLevel.HASH, StorageLevel.EXCERPT, StorageLevel.FULL]
EVERY = QueueFilter(state=None)
WORDS = ("zyzzyva", "nearbyword", "farawayword", "promptword", "secretname", "quimby")
KEPT = {
    StorageLevel.HASH: set(),
    StorageLevel.EXCERPT: {"zyzzyva", "nearbyword", "secretname", "quimby"},
    StorageLevel.FULL: set(WORDS),
}
"""Which of the words may be found again."""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.db"


@pytest.fixture
def engine(path):
    made = open_store(f"sqlite:///{path}")
    yield made
    made.dispose()


def all_not_found(references):
    for each in references:
        yield checked(Status.NOT_FOUND, each)


def generation():
    """The answer as a model might have written it, word by word."""
    traces_, start = [], 0
    for number, word in enumerate(ANSWER.split(" ")):
        text = word if not number else f" {word}"
        traces_.append(TokenTrace(number, text, start, start + len(text), -0.5, 1.25))
        start += len(text)
    return Generation.of(traces_, "secretmodel", None, [0.25] * len(traces_))


def ask(engine, level, **options):
    """What ``verifier ask`` does with an answer."""
    key = ScanKey("ask", ("secretname.txt",), "settings")
    recorder = Recorder(engine, key, lambda _: b"a body on zyzzyva", level=level, trace=generation().trace(), **options)
    return check_text(Prose(ANSWER, "secretname.txt", PROMPT), all_not_found, record=recorder)


@pytest.mark.parametrize("level", LEVELS)
def test_no_word_is_kept_that_the_level_does_not_allow(engine, path, level):
    report = ask(engine, level)
    assert [each.status for each in report.findings] == [Status.NOT_FOUND]
    assert {word for word in WORDS if word in everything(path)} == KEPT[level]


@pytest.mark.parametrize("level", LEVELS)
def test_a_decision_is_recognised_at_every_level(engine, level):
    ask(engine, level)
    (summary,) = queue(engine).items
    decide(engine, summary.id, ReviewAnswer.REJECT, "ana")
    report = ask(engine, level)
    assert report.findings[0].adjudication.reviewer == "ana"
    assert scan_report(engine).findings[0].adjudication.reviewer == "ana"
    assert exit_code(report, Policy(allow_incomplete=True)) is ExitCode.CLEAN
    assert (queue(engine, EVERY).items[0].seen, queue(engine, EVERY).items[0].state) == (2, FlagState.REJECTED)


def test_an_excerpt_is_200_characters_around_the_span_with_its_tokens(engine):
    ask(engine, StorageLevel.EXCERPT)
    item = flag(engine, queue(engine).items[0].id)
    start, end = item.span
    assert item.context[start:end] == item.finding.checked.reference.raw
    assert len(item.context) - (end - start) <= 200
    assert item.context in ANSWER
    assert "".join(token.text for token in item.trace.tokens) == item.context
    assert [item.context[token.start : token.end] for token in item.trace.tokens] == [t.text for t in item.trace.tokens]
    assert {(token.logprob, token.entropy, token.score) for token in item.trace.tokens} == {(-0.5, 1.25, 0.25)}
    assert item.texts == ()


def test_the_whole_text_and_its_prompt_are_kept_at_level_full_alone(engine):
    ask(engine, StorageLevel.FULL)
    texts = {each.kind: each.text for each in flag(engine, queue(engine).items[0].id).texts}
    assert texts == {TextKind.PROMPT: PROMPT, TextKind.ANSWER: ANSWER}


def test_a_trace_gives_way_to_that_of_the_text_seen_last(engine):
    ask(engine, StorageLevel.EXCERPT)
    recorder = Recorder(engine, ScanKey("check", ("secretname.txt",), "settings"))
    check_text(Prose(ANSWER, "secretname.txt"), all_not_found, record=recorder)
    item = flag(engine, queue(engine).items[0].id)
    assert (item.summary.seen, item.trace, bool(item.context)) == (2, None, True)
    with engine.connect() as connection:
        assert connection.execute(traces.select()).all() == []


def test_digests_alone_say_what_was_found_and_let_no_work_be_confirmed(engine):
    ask(engine, StorageLevel.HASH)
    (summary,) = queue(engine).items
    item = flag(engine, summary.id)
    assert (summary.status, summary.paper[:7], item.context, item.trace) == (Status.NOT_FOUND, "sha256:", "", None)
    assert item.fingerprint in summary.excerpt
    assert count(engine, QueueFilter(paper="secretname.txt")) == 1
    assert count(engine, QueueFilter(search=item.fingerprint)) == 1
    with pytest.raises(StoreError, match="names no work"):
        confirm_work(engine, summary.id, "ana", "isbn 1")


def test_digests_are_taken_over_by_no_run_that_resumes(engine):
    key = ScanKey("scan", ("refs.bib",), "settings")
    for level, expected in ((StorageLevel.HASH, 0), (StorageLevel.EXCERPT, 1)):
        number = begin_scan(engine, key, "0.1.0", level)
        recorder = Recorder(engine, key, level=level)
        recorder.add(finding_of(checked(Status.VERIFIED)))
        recorder.finish(report_of(()))
        assert len(earlier_findings(engine, key)) == expected
        assert number < recorder.scan_id


def test_a_flag_that_was_kept_with_words_keeps_them_when_it_is_seen_by_a_run_that_keeps_none(engine):
    ask(engine, StorageLevel.EXCERPT)
    ask(engine, StorageLevel.HASH)
    item = flag(engine, queue(engine).items[0].id)
    assert (item.summary.seen, "zyzzyva" in item.finding.checked.reference.raw, bool(item.context)) == (2, True, True)


def test_a_flag_of_digests_gets_its_words_from_a_run_that_keeps_them(engine):
    ask(engine, StorageLevel.HASH)
    ask(engine, StorageLevel.EXCERPT)
    summary = queue(engine).items[0]
    assert (summary.seen, "zyzzyva" in summary.excerpt) == (2, True)
    assert confirm_work(engine, summary.id, "ana", "isbn 1").title.startswith("Recursive enumeration")


@pytest.mark.parametrize("level", LEVELS)
def test_a_paper_is_forgotten_by_its_name_at_every_level(engine, level):
    ask(engine, level)
    assert forget_paper(engine, "secretname.txt").flags == 1
    assert count(engine, EVERY) == 0


@pytest.mark.parametrize("status", list(Status))
def test_a_finding_of_digests_can_still_be_read_whatever_its_verdict(engine, status):
    finding = finding_of(checked(status))
    bare = kept_finding(finding, StorageLevel.HASH)
    told = (bare.status, bare.decision, bare.fingerprint, [each.outcome for each in bare.checked.evidence])
    assert told == (
        *(finding.status, finding.decision, finding.fingerprint),
        [each.outcome for each in finding.checked.evidence],
    )
    add_findings(engine, begin_scan(engine, ScanKey("scan", ("x",), "s"), "0.1.0"), [bare])


@given(st.text(min_size=1, max_size=600), st.data())
def test_the_span_is_found_again_in_its_context_whatever_the_text(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, len(text)))
    made = around(Written(text), Span(start, end))
    assert made.text[made.start : made.end] == text[start:end].replace("\0", "�")
    assert len(made.text) <= end - start + 200


@pytest.fixture
def registries(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with RegistryServer([]) as running:
        for name in REGISTRIES:
            monkeypatch.setenv(f"VERIFIER_{name.upper()}_URL", running.url(name))
        yield running


@pytest.mark.parametrize("level", ["none", *(each.value for each in LEVELS)])
@pytest.mark.usefixtures("registries")
def test_scan_and_check_keep_what_the_option_or_the_variable_says(level, tmp_path, monkeypatch):
    raw = (
        "@article{quimby, title = {Recursive enumeration of zyzzyva theorems}, author = {Quimby, Z.}, year = {2019}}\n"
    )
    (tmp_path / "secretname.bib").write_text(f"{raw}@article{{broken, title = {{unreadableword")
    (tmp_path / "secretname.txt").write_text(f"{ANSWER}\nThe theorems were enumerated in Paris in 1904.\n")
    (tmp_path / "source.txt").write_text("Theorems were never enumerated. " * 20 + "A contextword ends it.")
    monkeypatch.setenv("VERIFIER_STORAGE", level)
    runner = CliRunner()
    with ChatServer(letter="B") as judge:
        runner.invoke(main, ["scan", "secretname.bib", "--db", "x.db"])
        runner.invoke(
            main, ["check", "secretname.txt", "--context", "source.txt", "--judge", judge.url, "--db", "x.db"]
        )
    if level == "none":
        assert not (tmp_path / "x.db").exists()
        return
    words = everything(tmp_path / "x.db")
    found = {word for word in ("zyzzyva", "secretname", "contextword", "promptword") if word in words}
    allowed = {"hash": set(), "excerpt": {"zyzzyva", "secretname"}, "full": {"zyzzyva", "secretname", "contextword"}}
    assert found == allowed[level]
    assert ("farawayword" in words) == (level == "full")


def test_what_cannot_be_read_is_cut_or_left_out(engine, path):
    for level in LEVELS:
        recorder = Recorder(engine, ScanKey("scan", ("x.bib",), level.value), level=level)
        broken = Unreadable(
            Location("secretname.bib", line=3), "no brace", f"{level.value}start " + "x" * 200 + f" {level.value}end"
        )
        recorder.unreadable((broken,))
    words = everything(path)
    assert [f"{level.value}start" in words for level in LEVELS] == [False, True, True]
    assert [f"{level.value}end" in words for level in LEVELS] == [False, False, True]


def test_what_is_older_than_the_days_is_gone_from_the_file_at_the_next_write(engine, path):
    now = datetime.now(UTC)
    secret = "Zyzzyva observations that nobody else has ever seen at all"
    recorder = Recorder(engine, ScanKey("scan", ("secretname.bib",), "s"), lambda _: b"a body")
    for each in (checked(Status.NOT_FOUND, reference(1, secret, file="secretname.bib")), *one_of_each()):
        recorder.add(finding_of(each))
    recorder.finish(report_of(()))
    for each in queue(engine).items:
        if "Zyzzyva" in each.excerpt:
            decide(engine, each.id, ReviewAnswer.REJECT, "ana")
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(scans.update().values(started_at=now - timedelta(days=31)))
        connection.exec_driver_sql("UPDATE flags SET last_seen_at = '2020-01-01 00:00:00'")
    assert "zyzzyva" in everything(path)
    Recorder(engine, ScanKey("scan", ("other.bib",), "s"), retain_days=30)
    words = everything(path)
    assert ("zyzzyva" in words, "entscheidungsproblem" in words) == (False, True)
    assert count(engine, EVERY) == 4


def test_a_young_database_is_left_as_it_is_by_the_days(engine):
    ask(engine, StorageLevel.EXCERPT, retain_days=30)
    ask(engine, StorageLevel.EXCERPT, retain_days=30)
    assert queue(engine).items[0].seen == 2


def test_prune_takes_the_days_from_the_settings(tmp_path, monkeypatch):
    open_store(f"sqlite:///{tmp_path / 'x.db'}").dispose()
    run = lambda *more: CliRunner().invoke(main, ["db", "prune", *more, "--db", str(tmp_path / "x.db")])  # noqa: E731
    assert run().exit_code == 2
    monkeypatch.setenv("VERIFIER_RETAIN", "30")
    assert (run().exit_code, run("5").exit_code) == (0, 0)


@pytest.mark.parametrize(("name", "value"), [("STORAGE", "everything"), ("RETAIN", "-1"), ("RETAIN", "soon")])
def test_a_setting_that_is_none_is_one_sentence(name, value, tmp_path, monkeypatch):
    monkeypatch.setenv(f"VERIFIER_{name}", value)
    (tmp_path / "x.bib").write_text("@article{a, title={b}}")
    done = CliRunner().invoke(main, ["scan", str(tmp_path / "x.bib"), "--offline"])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: VERIFIER_{name}: {name.lower()} = ")


def test_nothing_is_recorded_at_the_level_none(engine):
    with pytest.raises(StoreError, match="nothing is recorded"):
        Recorder(engine, ScanKey("scan", ("x",), "s"), level=StorageLevel.NONE)


def test_the_same_work_in_another_paper_is_still_recognised_after_a_prune(engine):
    ask(engine, StorageLevel.EXCERPT)
    number = queue(engine).items[0].id
    decide(engine, number, ReviewAnswer.REJECT, "ana")
    finding = flag(engine, number).finding
    assert isinstance(finding, Finding)
    assert adjudication(engine, replace(finding, adjudication=None)) is not None
    prune(engine, 0, now=datetime.now(UTC) + timedelta(days=1))
    assert adjudication(engine, finding) is None
