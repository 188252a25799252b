from __future__ import annotations

import io
import stat
from contextlib import suppress

import pytest

from citations.errors import UnreadableInput
from verifier.cli.console import Console, ProgressLine, output, print_error
from verifier.errors import StoreError, VerifierError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _no_wish(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("colour", "environ", "stream", "expected"),
    [
        ("auto", {}, Terminal(), True),
        ("auto", {}, io.StringIO(), False),
        ("auto", {"NO_COLOR": "1"}, Terminal(), False),
        ("auto", {"FORCE_COLOR": "1"}, io.StringIO(), True),
        ("always", {"NO_COLOR": "1"}, io.StringIO(), True),
        ("never", {"FORCE_COLOR": "1"}, Terminal(), False),
    ],
)
def test_colour_follows_option_then_environment_then_terminal(colour, environ, stream, expected, monkeypatch):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert Console(colour=colour).has_colour(stream) is expected


def test_an_error_is_a_sentence_its_causes_and_what_to_type(capsys):
    error = StoreError("the database cannot be read", hint="name another one with --db")
    error.__cause__ = OSError("disk on fire")
    print_error(error)
    expected = "error: the database cannot be read [store-error]\n  cause: OSError: disk on fire\n\nhint: name another one with --db\n"
    assert capsys.readouterr().err == expected


def test_errors_of_both_packages_are_printed_alike(capsys):
    print_error(UnreadableInput("it is encrypted"))
    assert capsys.readouterr().err == "error: it is encrypted [unreadable-input]\n"


@pytest.mark.parametrize(
    ("console", "stream"),
    [(Console(), io.StringIO()), (Console(quiet=1), Terminal()), (Console(verbose=1), Terminal())],
)
def test_progress_is_for_a_terminal_alone_and_never_beside_v_or_q(console, stream):
    line = ProgressLine(console, stream)
    line._started_at -= 10
    line.show("1/2 checked")
    line.clear()
    assert stream.getvalue() == ""


def test_progress_comes_after_a_second_and_is_gone_at_the_end():
    stream = Terminal()
    line = ProgressLine(Console(), stream)
    line.show("early")
    assert stream.getvalue() == ""
    line._started_at -= 10
    line.show("1/2 checked")
    line.clear()
    assert stream.getvalue() == "\r\x1b[K1/2 checked\r\x1b[K"


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    target = tmp_path / "deep" / "report.txt"
    with suppress(RuntimeError), output(str(target)) as out:
        out.write("half")
        raise RuntimeError
    assert list(target.parent.iterdir()) == []
    with output(str(target)) as out:
        out.write("whole")
    assert target.read_text() == "whole"
    assert stat.S_IMODE(target.stat().st_mode) & 0o400


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(VerifierError, match="cannot be written"), output(str(tmp_path / "file" / "x")):
        pass


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(VerifierError, match="is a folder"), output(str(tmp_path)):
        pass


def test_a_device_is_written_through():
    with output("/dev/null") as out:
        out.write("gone")


def test_a_full_device_is_one_sentence():
    with pytest.raises(VerifierError, match="/dev/full cannot be written") as caught, output("/dev/full") as out:
        out.write("x" * 100_000)
    assert caught.value.hint
