from __future__ import annotations

from datetime import UTC, datetime

import pytest

from citations.errors import NoReferences, UnreadableInput
from citations.extract import extract, open_document
from citations.types import Location, Status, Unreadable
from tests.verifier.samples import reference, verdicts
from verifier.scan import read, scan

BROKEN = Unreadable(Location("refs.bib", line=3), "no closing brace")


@pytest.fixture
def files(tmp_path):
    for name in ("a.bib", "b.bib", "c.bib"):
        (tmp_path / name).write_text("@misc{x}")
    return [str(tmp_path / name) for name in ("a.bib", "b.bib", "c.bib")]


def extractor(content: dict[str, object]):
    """An extractor that gives what is written down for a file name, or raises it."""

    def extract(source):
        for each in content[source.name.rsplit("/", 1)[-1]]:
            if isinstance(each, Exception):
                raise each
            yield each

    return extract


def test_checked_and_unreadable_are_everything_in_the_input(files):
    extract = extractor(
        {"a.bib": [reference(1), BROKEN, reference(2)], "b.bib": [reference(3)], "c.bib": [reference(4)]}
    )
    made = scan(files, extract, verdicts({f"refs.bib#r{n}": Status.VERIFIED for n in range(1, 5)}))
    assert (len(made.findings), len(made.unreadable)) == (4, 1)
    assert [gap.what for gap in made.gaps] == ["1 entry unreadable"]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (UnreadableInput("it is encrypted", hint="save it without a password"), "unreadable-input"),
        (RecursionError("too deep"), "extractor-crashed"),
        (MemoryError(), "extractor-crashed"),
    ],
)
def test_a_file_that_cannot_be_read_costs_that_file_alone(files, trouble, code):
    extract = extractor({"a.bib": [reference(1)], "b.bib": [reference(2), trouble], "c.bib": [reference(3)]})
    found = read(files, extract)
    assert [int(each.key[1:]) for each in found.references] == [1, 2, 3]
    assert [(files[1], code)] == [(each.file, each.code) for each in found.failed]


def test_a_missing_file_costs_that_file_alone(files):
    found = read(["nosuch.bib", files[0]], extractor({"a.bib": [reference(1)]}))
    assert (len(found.references), [each.file for each in found.failed]) == (1, ["nosuch.bib"])


def test_a_named_file_without_references_is_an_error(files):
    found = read(files[:1], extractor({"a.bib": []}))
    assert [each.code for each in found.failed] == ["no-references"]


def test_a_file_in_a_folder_without_references_is_a_gap(tmp_path, files):
    extract = extractor({"a.bib": [], "b.bib": [reference(1)], "c.bib": []})
    made = scan([str(tmp_path)], extract, verdicts({"refs.bib#r1": Status.VERIFIED}))
    assert made.failed == ()
    assert [gap.what for gap in made.gaps] == ["2 files without references"]


def test_prose_that_a_folder_brings_along_is_a_gap_and_prose_that_was_named_an_error(tmp_path, files):
    extract = extractor({"a.bib": [NoReferences("no list")], "b.bib": [reference(1)], "c.bib": [UnreadableInput("no")]})
    made = scan([str(tmp_path)], extract, verdicts({"refs.bib#r1": Status.VERIFIED}))
    assert [(each.file, each.code) for each in made.failed] == [(files[2], "unreadable-input")]
    assert [(gap.what, gap.why) for gap in made.gaps] == [("1 file without references", files[0])]
    assert [each.code for each in read(files[:1], extract).failed] == ["no-references"]


def test_no_file_is_read_twice(tmp_path, files):
    found = read(
        [files[0], str(tmp_path), files[0]], extractor({name: [reference(1)] for name in ("a.bib", "b.bib", "c.bib")})
    )
    assert len(found.references) == 3


def test_equal_ids_do_not_swallow_each_other(files):
    found = read(files[:1], extractor({"a.bib": [reference(1), reference(1), reference(1)]}))
    assert [each.id for each in found.references] == ["refs.bib#r1", "refs.bib#r1~2", "refs.bib#r1~3"]


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000, "/proc/self/mem", "/dev/null/x"])
def test_impossible_paths_are_sentences(path):
    found = read([path], extractor({"mem": [UnreadableInput("it cannot be read")]}))
    assert len(found.failed) == 1


def test_times_are_aware(files):
    made = scan(files[:1], extractor({"a.bib": [reference(1)]}), verdicts({"refs.bib#r1": Status.VERIFIED}))
    assert made.started_at <= made.finished_at <= datetime.now(UTC)


def test_a_named_file_of_which_nothing_could_be_read_is_told_apart_from_an_unchecked_one(tmp_path):
    broken, whole = tmp_path / "broken.bib", tmp_path / "whole.bib"
    broken.write_text("@article{")
    whole.write_text("@misc{a, title={A title}}\n@article{")
    content = read([str(broken), str(whole)], lambda source: extract(open_document(source.name)))
    assert content.lost == (str(broken),)
    assert [each.location.file for each in content.unreadable] == [str(broken), str(whole)]
