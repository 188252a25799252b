"""Export and import lose nothing between the two kinds of database; what is to be forgotten is gone from the file."""

from __future__ import annotations

import io
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from citations.types import Location, Name, Status, Unreadable
from tests.verifier.samples import TURING, checked, one_of_each, reference, report_of
from verifier.cli import main
from verifier.errors import StoreError
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.adjudications import confirm_work
from verifier.store.connect import connect
from verifier.store.filters import QueueFilter
from verifier.store.queue import count, queue
from verifier.store.recorder import Recorder
from verifier.store.reports import scan_report
from verifier.store.retention import forget_author, forget_paper, prune
from verifier.store.reviewers import add_reviewer
from verifier.store.reviews import ReviewAnswer, decide
from verifier.store.scans import ScanKey, add_findings, add_unreadable, begin_scan, body
from verifier.store.tables import metadata, tombstones
from verifier.store.transfer import back_up, export_database, import_database, vacuum
from verifier.store.upgrade import upgrade
from verifier.types import Gap

EVERY = QueueFilter(state=None)
NASTY = 'Ünïcode \U0001f600 "quotes" and \\n of a title that is long enough'


def store(engine, *items, paper="refs.bib"):
    recorder = Recorder(engine, ScanKey("scan", (paper,), "settings"), lambda _: b"\x00\xff body")
    report = report_of(items)
    for each in report.findings:
        recorder.add(each)
    recorder.finish(report)


@pytest.fixture
def engine(tmp_path):
    made = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    store(made, *one_of_each(), checked(Status.NOT_FOUND, reference(9, NASTY, raw=NASTY)))
    numbers = [each.id for each in queue(made).items]
    decide(made, numbers[0], ReviewAnswer.REJECT, "ana", note=NASTY, quorum=2)
    confirm_work(made, numbers[0], "ana", "https://library.example/1")
    add_reviewer(made, "ana")
    yield made
    made.dispose()


def exported(engine):
    out = io.StringIO()
    export_database(engine, out)
    return out.getvalue()


def test_export_and_import_lose_nothing_on_sqlite(engine, tmp_path):
    other = open_store(f"sqlite:///{tmp_path / 'y.db'}")
    written = exported(engine)
    assert written.isascii()
    assert import_database(other, written.splitlines()) == len(written.splitlines()) - 2
    assert exported(other) == written
    assert count(other, QueueFilter(search="quotes titl")) == 1
    other.dispose()


def test_export_and_import_lose_nothing_between_sqlite_and_postgresql(engine, postgres, tmp_path):
    written = exported(engine)
    middle = connect(postgres)
    upgrade(middle)
    import_database(middle, written.splitlines())
    assert exported(middle) == written
    store(middle, checked(Status.NOT_FOUND, reference(20, "A title that is new to the database")))
    decide(middle, queue(middle).items[0].id, ReviewAnswer.ACCEPT, "ben")
    back = open_store(f"sqlite:///{tmp_path / 'y.db'}")
    import_database(back, exported(middle).splitlines())
    assert exported(back) == exported(middle)
    back.dispose()
    middle.dispose()


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["nonsense"],
        ["{}"],
        ['{"format": "factprobe-database", "schema": "9999"}'],
        [None, "{"],
        [None, '{"table": "users", "row": {}}'],
        [None, '{"table": "scans", "row": {"id": 1}}'],
        [None, '{"table": "bodies", "row": {"sha256": "x", "size": 1, "compressed": "%%"}}'],
        [None, "[" * 100_000],
    ],
)
def test_a_damaged_export_imports_nothing(engine, tmp_path, lines):
    head = exported(engine).splitlines()[0]
    other = open_store(f"sqlite:///{tmp_path / 'y.db'}")
    with pytest.raises(StoreError):
        import_database(other, [head if each is None else each for each in [*lines, '{"rows": 1}']])
    assert len(exported(other).splitlines()) == 2
    other.dispose()


def test_an_export_whose_end_is_missing_imports_nothing(engine, tmp_path):
    lines = exported(engine).splitlines()
    other = open_store(f"sqlite:///{tmp_path / 'y.db'}")
    for cut in (lines[:-1], lines[: len(lines) // 2], [*lines[:-2], lines[-1]], lines[:1]):
        with pytest.raises(StoreError, match="the end of the export is missing"):
            import_database(other, cut)
    assert count(other, EVERY) == 0
    other.dispose()


@pytest.mark.parametrize(
    "values",
    [
        {"status": "banana"},
        {"state": "banana"},
        {"decision": "banana"},
        {"finding": "{}"},
        {"finding": "[" * 100_000},
        {"seen": 10**30},
        {"seen": [1]},
        {"excerpt": {"a": 1}},
        {"excerpt": "\ud800"},
        {"created_at": "9999-12-31T23:59:59-23:00"},
    ],
    ids=lambda each: next(f"{name} {str(value)[:12]}" for name, value in each.items()),
)
def test_a_flag_that_could_not_be_read_again_is_not_imported(engine, tmp_path, values):
    rows = [json.loads(line) for line in exported(engine).splitlines()]
    for each in rows:
        if each.get("table") == "flags":
            each["row"] |= values
    other = open_store(f"sqlite:///{tmp_path / 'y.db'}")
    with pytest.raises(StoreError, match="is damaged; nothing was imported"):
        import_database(other, [json.dumps(each) for each in rows])
    assert count(other, EVERY) == 0
    other.dispose()


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        (Name("Müller", "Jürgen"), "Muller"),
        (Name("Müller", "Jürgen"), "MÜLLER"),
        (Name("Kaiser", "Łukasz"), "Lukasz Kaiser"),
        (Name("Øvergaard", "Ny"), "Overgaard"),
        (Name("Паршин", "А."), "Parshin"),
    ],
    ids=str,
)
def test_a_person_is_forgotten_however_the_name_is_spelt(engine, stored, asked):
    before = count(engine, EVERY)
    plain = reference(30, "A title that nobody else has")
    store(engine, checked(Status.NOT_FOUND, replace(plain, fields=replace(plain.fields, authors=(stored,)))))
    assert forget_author(engine, asked).flags == 1
    assert count(engine, EVERY) == before


def test_a_database_that_holds_something_is_not_written_over(engine):
    with pytest.raises(StoreError, match="is not empty"):
        import_database(engine, exported(engine).splitlines())


def test_a_backup_is_whole_private_and_never_written_over(engine, tmp_path):
    target = tmp_path / "copy.db"
    back_up(engine, target)
    copy = open_store(f"sqlite:///{target}")
    assert exported(copy) == exported(engine)
    copy.dispose()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(engine, target)


def test_pruning_keeps_what_waits_with_its_evidence(engine):
    later = datetime.now(UTC) + timedelta(days=31)
    number = queue(engine).items[1].id
    decide(engine, number, ReviewAnswer.ACCEPT, "ana")
    before = count(engine, EVERY)
    done = prune(engine, 30, now=later)
    assert (done.flags, done.scans, done.references, count(engine, EVERY)) == (1, 1, 8, before - 1)
    assert body(engine, "b" * 64) == b"\x00\xff body"
    assert prune(engine, 30, now=later).flags == 0


def rows(engine):
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_forgotten_paper_leaves_numbers_alone(database, request, tmp_path):
    if database == "postgres":
        made = connect(request.getfixturevalue("postgres"))
        upgrade(made)
    else:
        made = open_store(f"sqlite:///{tmp_path / 'z.db'}")
    secret = "Zyzzyva observations that nobody else has ever seen at all"
    store(made, checked(Status.NOT_FOUND, reference(1, secret, file="secret.pdf")), paper="secret.pdf")
    store(made, checked(Status.NOT_FOUND, reference(1, TURING.title, file="open.pdf")), paper="open.pdf")
    done = forget_paper(made, "secret.pdf")
    vacuum(made)
    assert (done.flags, done.references, done.scans) == (1, 1, 1)
    assert [each.paper for each in queue(made, EVERY).items] == ["open.pdf"]
    with made.connect() as connection:
        stone = connection.execute(select(tombstones)).mappings().one()
    assert (stone["kind"], json.loads(stone["counts"])) == ("paper", {"not_found open": 1})
    assert "secret.pdf" not in exported(made)
    made.dispose()
    if database == "sqlite":
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("z.db*")).lower()
        assert (b"zyzzyva" in kept, b"secret.pdf" in kept, b"entscheidungsproblem" in kept) == (False, False, True)


@pytest.mark.parametrize("name", ["Lovelace", "Ada Lovelace", "lovelace, ada"])
def test_a_forgotten_person_is_in_no_row(engine, name):
    found = checked(Status.NOT_FOUND, reference(30, "Notes on the analytical engine and its uses"))
    fields = replace(found.reference.fields, authors=(Name("Lovelace", "Ada"),))
    mine = replace(found, reference=replace(found.reference, fields=fields, raw="Ada Lovelace. Notes."))
    add_findings(engine, begin_scan(engine, ScanKey("scan", ("x",), "s"), "0.1.0"), [finding_of(mine)])
    before = rows(engine)
    done = forget_author(engine, name)
    assert (done.flags, done.references) == (1, 1)
    after = rows(engine)
    assert (before["flags"] - after["flags"], after["reviews"], after["tombstones"]) == (1, before["reviews"], 1)
    assert "Lovelace" not in exported(engine)


@pytest.mark.parametrize("raw", ["Ada Lovelace. Notes.", "Ada Lovelace.\0Notes."], ids=["plain", "with a null"])
def test_a_forgotten_person_is_in_no_row_where_no_author_could_be_read(engine, raw):
    found = checked(Status.NOT_FOUND, reference(30, "Notes on the analytical engine and its uses"))
    fields = replace(found.reference.fields, authors=())
    store(engine, replace(found, reference=replace(found.reference, fields=fields, raw=raw)))
    done = forget_author(engine, "Ada Lovelace")
    assert (done.flags, done.references) == (1, 1)
    assert "Lovelace" not in exported(engine)


def test_a_name_with_accents_is_forgotten_where_a_character_that_no_database_keeps_stands_beside_it(engine):
    plain = reference(30, "A title that nobody else has", raw="Müller\0")
    store(engine, checked(Status.NOT_FOUND, replace(plain, fields=replace(plain.fields, authors=(Name("Müller"),)))))
    assert forget_author(engine, "Müller").flags == 1


def test_a_forgotten_person_leaves_the_words_of_what_could_not_be_read(engine):
    scan = begin_scan(engine, ScanKey("scan", ("x",), "s"), "0.1.0")
    entries = [Unreadable(Location("x"), "no brace", "Lovelace, A"), Unreadable(Location("y"), "", "z")]
    add_unreadable(engine, scan, entries)
    forget_author(engine, "Lovelace")
    assert [(each.reason, each.raw) for each in scan_report(engine, scan).unreadable] == [("no brace", ""), ("", "z")]


def test_a_scan_of_which_one_paper_was_forgotten_does_not_pass_for_complete(engine):
    recorder = Recorder(engine, ScanKey("scan", ("secret.pdf", "open.pdf"), "s"))
    recorder.finish(replace(report_of([]), gaps=(Gap("Crossref", "it was not asked"),)))
    assert [each.what for each in scan_report(engine).gaps] == ["Crossref"]
    forget_paper(engine, "secret.pdf")
    assert [each.what for each in scan_report(engine).gaps] == ["what the scan left open"]


def test_answers_that_nothing_stands_on_go_with_the_last_flag(engine):
    forget_paper(engine, "refs.bib")
    assert (count(engine, EVERY), body(engine, "b" * 64)) == (0, None)


def run(*arguments):
    return CliRunner().invoke(main, ["db", *map(str, arguments)])


def test_the_commands_do_it(engine, tmp_path):
    there, new = tmp_path / "x.db", tmp_path / "new.db"
    assert run("backup", tmp_path / "b.db", "--db", there).exit_code == 0
    assert run("export", "-o", tmp_path / "e.jsonl", "--db", there).exit_code == 0
    assert "rows imported" in run("import", tmp_path / "e.jsonl", "--db", new).stdout
    assert run("export", "--db", new).stdout == (tmp_path / "e.jsonl").read_text()
    assert run("forget", "--paper", "refs.bib", "--db", new).stdout.startswith("removed 5 flags")
    assert run("prune", 0, "--db", new).exit_code == 0
    assert run("vacuum", "--db", new).exit_code == 0
    for wrong in (["forget"], ["forget", "--paper", "x", "--author", "y"], ["forget", "--author", " "]):
        assert run(*wrong, "--db", new).exit_code == 2
