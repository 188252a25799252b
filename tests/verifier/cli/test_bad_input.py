"""Hostile, damaged and misplaced input: one sentence each, the right exit code, nothing read outside, nothing lost."""

from __future__ import annotations

import gzip
import json
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from verifier.cli import main

SECRET = "@misc{secret, title={Known to nobody else}}\n"
ENCRYPTED = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    b"trailer\n<< /Size 3 /Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"11" * 32 + b"> /U <"
    b"" + b"22" * 32 + b"> >> /ID [<" + b"33" * 16 + b"> <" + b"33" * 16 + b">] >>\nstartxref\n0\n%%EOF\n"
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">'
    + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    + "]><x>&e11;</x>"
)


def scan(path: Path | str, *options: str) -> Result:
    arguments = ["scan", str(path), "--offline", "--no-store", "--isolated", *options]
    return CliRunner().invoke(main, arguments)


def noise() -> bytes:
    return random.Random(7).randbytes(50_000)


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("refs.bib", b"0" * 20_000_000)


def huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(500 * 1024 * 1024)


def holding(content: bytes | str) -> Callable[[Path], object]:
    data = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(data)


REFUSED = [
    ("nosuch.bib", lambda path: None, "there is no file or folder"),
    ("folder", Path.mkdir, "holds no paper or bibliography"),
    ("link.bib", lambda path: path.symlink_to("link.bib"), "there is no file or folder"),
    ("pipe.bib", os.mkfifo, "is not a regular file"),
    ("empty.bib", holding(""), "no reference was found in"),
    ("blank.txt", holding(" \n\n"), "is empty"),
    ("prose.md", holding("The sky is blue.\n" * 50), "no reference list was found in"),
    ("noise.bib", holding(noise()), "holds binary data, not text"),
    ("noise.tex", holding(noise()), "holds binary data, not text"),
    ("noise.txt", holding(noise()), "holds binary data, not text"),
    ("noise", holding(noise()), "holds binary data, not text"),
    ("noise.pdf", holding(noise()), "is damaged or no PDF"),
    ("nul.txt", holding(bytes(1_000_000)), "holds binary data, not text"),
    ("nul.bib", holding(bytes(1_000_000)), "holds binary data, not text"),
    ("cut.pdf", holding(b"%PDF-1.7\n1 0 obj\n<<"), "is damaged or no PDF"),
    ("locked.pdf", holding(ENCRYPTED), "is encrypted and asks for a password"),
    ("bomb.zip", zipped, "is a zip archive or an office document, which is not read"),
    ("bomb.bib", zipped, "is a zip archive or an office document, which is not read"),
    ("paper.docx", zipped, "is a zip archive or an office document, which is not read"),
    ("refs.bib.gz", holding(gzip.compress(SECRET.encode())), "is a gzip archive, which is not read"),
    ("bomb.xml", holding(BOMB), "no reference list was found in"),
    ("deep.json", holding("[" * 100_000), "holds no CSL-JSON items"),
    ("huge.bib", huge, "has more than the 67,108,864 bytes that are read"),
    ("huge.txt", huge, "has more than the 67,108,864 bytes that are read"),
    ("huge.pdf", huge, "has more than the 67,108,864 bytes that are read"),
    ("huge.tex", huge, "has more than the 67,108,864 bytes that are read"),
    ("new\nline\x1b[31m.txt", holding("Nothing.\n"), "no reference list was found in"),
]


@pytest.mark.parametrize(
    ("name", "make", "sentence"), REFUSED, ids=[each[0].encode("unicode_escape") for each in REFUSED]
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path, name, make, sentence):
    make(tmp_path / name)
    done = scan(tmp_path / name)
    failed = [line for line in done.stdout.splitlines() if ": failed" in line]
    assert (done.exit_code, len(failed), done.stderr) == (2, 1, "")
    assert sentence in failed[0]
    assert "\x1b" not in done.output
    assert failed[0].count("[") == 1 or "[31m" in failed[0]


TEX = "\\documentclass{article}\\begin{document}%s\\cite{secret}\\end{document}"
KEPT = [
    ("cut.bib", "@misc{a, title={Cut off in the mid\n@misc{b, title={Whole}}\n", 2),
    ("deep.bib", "@misc{a, title=" + "{" * 200_000, 1),
    ("deep.tex", "\\begin{thebibliography}{9}\\bibitem{a} " + "{" * 200_000, 1),
    ("deep.json", '[{"title":' + '{"a":' * 100_000, 1),
    ("nul.bib", "@misc{a, title={Some \0 title}, author={Smith, J.}}\n", 1),
    (
        "nul.txt",
        "References\n\n[1] J. Smith, A ti\0tle, Phys. Rev. 1, 2 (1990).\n[2] A. Doe, B, Phys. Rev. 1, 3 (1991).\n",
        2,
    ),
    ("loop.tex", TEX % "\\input{loop}\\include{loop.tex}\\bibliography{loop}", 1),
    ("missing.tex", TEX % "\\bibliography{gone}", 1),
]


@pytest.mark.parametrize(("name", "content", "count"), KEPT, ids=[each[0] for each in KEPT])
def test_what_is_damaged_is_read_as_far_as_it_goes_and_counted_whole(tmp_path, name, content, count):
    (tmp_path / name).write_text(content)
    done = scan(tmp_path / name, "--format", "json")
    report = json.loads(done.stdout)
    assert len(report["references"]) + len(report["unreadable"]) == count
    assert done.exit_code in ({0, 3} if report["references"] else {2})


@pytest.mark.parametrize("data", ["é".encode("latin-1"), b"\xff\xfe\xfd", b"\xed\xa0\x80", "\ufeff".encode()])
def test_bytes_that_are_no_utf_8_lose_no_entry(tmp_path, data):
    (tmp_path / "refs.bib").write_bytes(b"@misc{a, title={One " + data + b" two}}\n@misc{b, title={Three}}\n")
    report = json.loads(scan(tmp_path / "refs.bib", "--format", "json").stdout)
    assert [each["key"] for each in report["references"]] == ["a", "b"]


@pytest.mark.parametrize(
    "command",
    ["\\input{%s}", "\\include{%s}", "\\bibliography{%s}", "\\addbibresource{%s}", "\\import{%s}{secret.bib}"],
)
@pytest.mark.parametrize("way", ["absolute", "up", "home", "link", "folder link"])
def test_a_paper_reaches_nothing_outside_its_folder(tmp_path, monkeypatch, command, way):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.bib").write_text(SECRET)
    (inside / "link.bib").symlink_to(outside / "secret.bib")
    (inside / "away").symlink_to(outside)
    monkeypatch.setenv("HOME", str(outside))
    ways = {"absolute": f"{outside}/secret.bib", "up": "../outside/secret.bib", "home": "~/secret.bib"}
    name = {**ways, "link": "link.bib", "folder link": "away/secret.bib"}[way]
    (inside / "paper.tex").write_text(TEX % (command % name))
    for path in (inside / "paper.tex", inside):
        assert "Known to nobody else" not in scan(path, "--format", "json", "--all-entries").output


def test_one_bad_file_costs_no_other_its_findings(tmp_path):
    for name, make, _ in REFUSED[4:20]:
        make(tmp_path / name)
    (tmp_path / "good.bib").write_text("@misc{good, title={A title}}\n")
    done = scan(tmp_path, "--format", "json")
    assert [each["key"] for each in json.loads(done.stdout)["references"]] == ["good"]
    assert done.exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["db", "prune", "99999999"],
        ["evidence", "export", "9" * 21],
        ["review", "decide", "9" * 23, "accept"],
        ["review", "show", "0"],
    ],
    ids=" ".join,
)
def test_numbers_that_no_row_can_have_are_refused_in_one_sentence(words, tmp_path):
    done = CliRunner().invoke(main, [*words, "--db", f"sqlite:///{tmp_path / 'x.db'}"])
    assert (done.exit_code, done.stderr.startswith("error: Invalid value")) == (2, True)
