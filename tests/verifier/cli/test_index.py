from __future__ import annotations

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from citations.index.manifest import read_manifest
from tests.citations.index import index_sources as sources
from verifier.cli import main


def run(*args, **options):
    return CliRunner().invoke(main, ["index", *map(str, args)], **options)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


@pytest.fixture
def served(tmp_path):
    """A real server that hands out the folder ``served``."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_index_is_built_and_described(tmp_path):
    path = tmp_path / "a.bib"
    path.write_text(sources.BIBTEX + "@misc{a,\n  year = {1999},\n}\n")
    built = run("build", path, "--to", tmp_path / "index")
    assert (built.exit_code, built.stdout) == (0, "")
    assert "holds 4 works; 1 record left out" in built.stderr
    described = run("info", "--to", tmp_path / "index")
    assert described.exit_code == 0
    for part in ("works    4", "years    1918 to 2019", "a.bib: bibtex, 4 works", "left out 1: 1 no title", "0 days"):
        assert part in described.stdout


def test_one_misdated_work_does_not_stretch_the_years(tmp_path):
    path = tmp_path / "a.bib"
    path.write_text(
        sources.BIBTEX + "@misc{far, title = {A work from far ahead}, author = {Smith, J.}, year = {2099}}\n"
    )
    assert run("build", path, "--index", tmp_path / "index").exit_code == 0
    described = run("info", "--index", tmp_path / "index")
    assert "years    1918 to 2019, complete to" in described.stdout
    assert "; 1 work dated later, up to 2099" in described.stdout


def test_the_index_may_be_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_INDEX", str(tmp_path / "works"))
    assert run("build", sources.write_bibtex(tmp_path / "a.bib")).exit_code == 0
    assert f"index    {tmp_path / 'works'}" in run("info").stdout


def test_quiet_says_nothing(tmp_path):
    built = run("build", sources.write_bibtex(tmp_path / "a.bib"), "--to", tmp_path / "index", "-q")
    assert (built.stdout, built.stderr) == ("", "")


def test_no_index_is_one_sentence_with_the_command_that_makes_one(tmp_path):
    result = run("info", "--to", tmp_path / "none")
    assert result.exit_code == 2
    assert "there is no index" in result.stderr
    assert "hint: make one: verifier index build" in result.stderr


def test_a_source_that_is_no_dump_is_one_sentence(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 not a dump")
    result = run("build", path, "--to", tmp_path / "index")
    assert (result.exit_code, "no dump of works" in result.stderr) == (2, True)
    assert run("build", tmp_path / "missing.bib", "--to", tmp_path / "index").exit_code == 2
    assert run("build").exit_code == 2


def test_an_update_reads_what_changed(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(10))
    run("build", path, "--to", tmp_path / "index")
    sources.write_bibtex(path, sources.numbered_bibtex(12))
    assert "holds 12 works" in run("update", "--to", tmp_path / "index").stderr
    path.unlink()
    gone = run("update", "--to", tmp_path / "index")
    assert "is gone; its 12 works stay as they were" in gone.stderr


def test_getting_a_dump_asks_first_and_builds(tmp_path, served, monkeypatch):
    folder, url = served
    path = sources.write_bibtex(folder / "anthology.bib.gz")
    monkeypatch.setenv("VERIFIER_INDEX_ACL_URL", f"{url}/anthology.bib.gz")
    refused = run("get", "acl", "--to", tmp_path / "index", input="n\n")
    assert refused.exit_code != 0
    assert "licence: free with credit" in refused.stderr
    assert "0 MB from http://127.0.0.1" in refused.stderr
    assert not (tmp_path / "index").exists()
    got = run("get", "acl", "--to", tmp_path / "index", "--yes")
    assert got.exit_code == 0
    info = read_manifest(tmp_path / "index")
    assert (info.works, info.sources[0].sha256) == (4, hashlib.sha256(path.read_bytes()).hexdigest())


def test_a_newer_dump_replaces_the_older_one(tmp_path, served):
    folder, url = served
    path = sources.write_bibtex(folder / "a.bib", sources.numbered_bibtex(5))
    run("get", "acl", "--url", f"{url}/a.bib", "--to", tmp_path / "index", "--yes")
    sources.write_bibtex(path, sources.numbered_bibtex(9))
    run("get", "acl", "--url", f"{url}/a.bib", "--to", tmp_path / "index", "--yes")
    assert read_manifest(tmp_path / "index").works == 9


def test_a_dump_with_another_digest_is_not_indexed(tmp_path, served):
    folder, url = served
    sources.write_bibtex(folder / "a.bib")
    result = run("get", "acl", "--url", f"{url}/a.bib", "--sha256", "0" * 64, "--to", tmp_path / "index", "--yes")
    assert (result.exit_code, "not the file that was published" in result.stderr) == (2, True)
    assert not (tmp_path / "index" / "index.json").exists()


def test_a_dump_may_be_fetched_without_indexing_it(tmp_path, served):
    folder, url = served
    sources.write_bibtex(folder / "a.bib")
    result = run("get", "dblp", "--url", f"{url}/a.bib", "--to", tmp_path / "index", "--yes", "--download-only")
    assert result.stdout.strip() == str(tmp_path / "index" / "dumps" / "a.bib")


def test_nothing_is_fetched_offline(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_OFFLINE", "1")
    result = run("get", "dblp", "--to", tmp_path / "index", "--yes")
    assert (result.exit_code, "nothing is fetched" in result.stderr) == (2, True)


def test_a_server_that_is_not_there_is_one_sentence(tmp_path):
    result = run("get", "dblp", "--url", "http://127.0.0.1:9/x.xml.gz", "--to", tmp_path / "index", "--yes")
    assert result.exit_code == 2
    assert "127.0.0.1:9 cannot be asked for dblp" in result.stderr
