from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from citations.index.download import OFFERS, DownloadFailed, Offer, download, look, offer

BODY = random.Random(3).randbytes(700_000)


@dataclass
class Dumps:
    """A real server on loopback that hands out one file, with faults."""

    body: bytes = BODY
    etag: str = '"one"'
    cut_after: int = 0
    """Bytes after which the connection breaks; 0 never."""
    ranges: bool = True
    says_length: bool = True
    status: int = 200
    content_type: str = "application/octet-stream"
    shift: int = 0
    """How far off the range is that it answers with."""
    digest: str = ""
    on_request: Callable[[Dumps], None] = lambda _dumps: None
    asked: list[str] = field(default_factory=list)
    url: str = ""


def handler(dumps):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if self.path.endswith(".md5"):
                self.answer(200, f"{dumps.digest}  dump.gz\n".encode(), {})
                return
            asked = self.headers.get("Range", "")
            dumps.asked.append(asked)
            dumps.on_request(dumps)
            if dumps.status != 200:
                self.answer(dumps.status, b"no", {})
                return
            start = int(asked.removeprefix("bytes=").removesuffix("-") or 0) if asked else 0
            fresh = self.headers.get("If-Range", dumps.etag) == dumps.etag
            headers = {"ETag": dumps.etag, "Content-Type": dumps.content_type}
            if asked and dumps.ranges and fresh:
                start += dumps.shift
                headers["Content-Range"] = f"bytes {start}-{len(dumps.body) - 1}/{len(dumps.body)}"
                self.answer(206, dumps.body[start:], headers)
            else:
                self.answer(200, dumps.body, headers)

        def answer(self, status, body, headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if dumps.says_length:
                self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[: dumps.cut_after] if dumps.cut_after else body)
            self.close_connection = True

        def log_message(self, *_args):
            pass

    return Handler


@pytest.fixture
def dumps():
    served = Dumps()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(served))
    served.url = f"http://127.0.0.1:{server.server_port}/dump.gz"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def offered(dumps, **more):
    return Offer("dblp", dumps.url, "a dump", "CC0", **more)


def test_size_is_known_before_anything_is_fetched(dumps):
    assert look(offered(dumps)).size_bytes == len(BODY)


def test_a_file_is_fetched_whole(dumps, tmp_path):
    told = []
    path = download(offered(dumps), tmp_path, progress=lambda done, total: told.append((done, total)))
    assert (path.name, path.read_bytes()) == ("dump.gz", BODY)
    assert told[-1] == (len(BODY), len(BODY))
    assert [each.name for each in tmp_path.iterdir()] == ["dump.gz"]


def test_a_broken_connection_goes_on_where_it_stopped(dumps, tmp_path):
    dumps.cut_after = 300_000
    assert download(offered(dumps), tmp_path).read_bytes() == BODY
    assert [int(asked[6:-1] or 0) // 100_000 for asked in dumps.asked] == [0, 2, 5]


def test_a_second_run_goes_on_where_the_first_was_stopped(dumps, tmp_path):
    class Stopped(Exception):
        pass

    def stop(done, _total):
        if done > 100_000:
            raise Stopped

    with pytest.raises(Stopped):
        download(offered(dumps), tmp_path, progress=stop)
    assert not (tmp_path / "dump.gz").exists()
    assert download(offered(dumps), tmp_path).read_bytes() == BODY
    assert dumps.asked[1].startswith("bytes=")


def test_a_file_that_changed_in_between_is_fetched_from_the_start(dumps, tmp_path):
    dumps.cut_after = 300_000

    def change(served):
        if len(served.asked) == 2:
            served.etag, served.body, served.cut_after = '"two"', BODY[::-1], 0

    dumps.on_request = change
    assert download(offered(dumps), tmp_path).read_bytes() == BODY[::-1]


def test_a_server_without_ranges_is_asked_from_the_start(dumps, tmp_path):
    dumps.cut_after, dumps.ranges = 300_000, False

    def heal(served):
        if len(served.asked) == 2:
            served.cut_after = 0

    dumps.on_request = heal
    assert download(offered(dumps), tmp_path).read_bytes() == BODY


def test_a_wrong_range_is_never_joined(dumps, tmp_path):
    dumps.cut_after, dumps.shift = 300_000, 7

    def heal(served):
        if len(served.asked) == 3:
            served.cut_after = served.shift = 0

    dumps.on_request = heal
    assert download(offered(dumps), tmp_path).read_bytes() == BODY


def test_a_connection_that_never_brings_more_is_given_up_and_nothing_counts_as_whole(dumps, tmp_path):
    def break_at_once(served):
        served.cut_after = 1_000 if len(served.asked) == 1 else 1
        served.ranges = False

    dumps.on_request = break_at_once
    with pytest.raises(DownloadFailed, match="could not be fetched"):
        download(offered(dumps), tmp_path)
    assert not (tmp_path / "dump.gz").exists()


@pytest.mark.parametrize("digest", [hashlib.sha256(BODY).hexdigest(), hashlib.md5(BODY).hexdigest()])
def test_the_right_digest_is_accepted(dumps, tmp_path, digest):
    assert download(offered(dumps, digest=digest), tmp_path).exists()


def test_another_digest_is_refused_and_the_file_thrown_away(dumps, tmp_path):
    with pytest.raises(DownloadFailed, match="not the file that was published"):
        download(offered(dumps, digest="0" * 64), tmp_path)
    assert not any(each.name.startswith("dump.gz") and each.suffix != ".json" for each in tmp_path.iterdir())


def test_a_published_digest_is_asked_for(dumps):
    dumps.digest = hashlib.md5(BODY).hexdigest()
    assert look(offered(dumps, digest_url=f"{dumps.url}.md5")).digest == dumps.digest
    dumps.digest = "nonsense"
    assert look(offered(dumps, digest_url=f"{dumps.url}.md5")).digest == ""


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refusal_is_final(dumps, tmp_path, status):
    dumps.status = status
    with pytest.raises(DownloadFailed, match=str(status)):
        download(offered(dumps), tmp_path)
    assert len(dumps.asked) == 1


def test_a_server_in_trouble_is_asked_again(dumps, tmp_path):
    dumps.status = 503

    def heal(served):
        if len(served.asked) == 2:
            served.status = 200

    dumps.on_request = heal
    assert download(offered(dumps), tmp_path).read_bytes() == BODY


def test_a_web_page_is_no_dump(dumps, tmp_path):
    dumps.content_type = "text/html; charset=utf-8"
    with pytest.raises(DownloadFailed, match="web page"):
        download(offered(dumps), tmp_path)


def test_a_server_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(DownloadFailed, match="cannot be asked"):
        look(Offer("dblp", "http://127.0.0.1:9/dump.gz", "a dump", "CC0"))
    with pytest.raises(DownloadFailed, match="no address"):
        look(Offer("dblp", "dump.gz", "a dump", "CC0"))


def test_a_dump_from_another_address_is_not_held_against_the_published_digest():
    assert offer("dblp").digest_url
    assert offer("dblp", url="http://127.0.0.1/x.gz").digest_url == ""
    assert offer("acl", sha256="AB" * 32).digest == "ab" * 32
    assert {each.name for each in OFFERS} == {"dblp", "acl", "arxiv", "retraction-watch"}
