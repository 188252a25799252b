"""Review pages on loopback, served by a real uvicorn from databases of hand-made flags."""

from __future__ import annotations

import json
import shutil
import threading
import zlib
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, replace

import pytest
import requests
import uvicorn
from sqlalchemy import Engine, insert, update

from citations.types import Status
from tests.verifier.samples import checked, one_of_each, reference
from verifier.findings import finding_of
from verifier.server.listening import listening
from verifier.server.review.app import ACTS, ADMIN_VIEWS, VIEWS
from verifier.server.review.desk import Desk
from verifier.server.review.serving import Place, configuration
from verifier.store import open_store
from verifier.store.connect import connect
from verifier.store.queue import flag, queue
from verifier.store.scans import ScanKey, add_findings, begin_scan
from verifier.store.stored import StoredToken
from verifier.store.tables import flags, traces
from verifier.types import Contribution, Risk

HOSTILE = "<script>document.title='owned'</script>\"'><img src=x onerror=document.title='owned'>{{7*7}}${7*7}\u202e\x00\x1b[2J"
PATHS = [path.replace("{number}", "1") for path in {**VIEWS, **ADMIN_VIEWS}]
"""Every view, of flag 1 where it is of one."""
FORMS = [path.replace("{number}", "1") for path in ACTS]
"""Every address at which something is written."""
HEAT = "In 1937 Li and Wu proved it in a journal that nobody has."


@dataclass(slots=True)
class Page:
    """One review page that is served, and a browser without scripts that looks at it."""

    url: str
    desk: Desk
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def engine(self) -> Engine:
        return self.desk.engine

    def get(self, path, **options):
        return self.session.get(f"{self.url}{path}", timeout=20, **options)

    def post(self, path, fields=(), *, origin=None, token=None, headers=None, **options):
        """Send a form as a browser does that was shown it; ``origin`` and ``token`` replace what it would send."""
        session = self.session.cookies.get(self.desk.cookie, "login")
        token = self.desk.sessions.form_token(session) if token is None else token
        sent = {"Origin": self.url if origin is None else origin, **(headers or {})}
        sent = {name: value for name, value in sent.items() if value}
        body = [("form_token", token), *(fields.items() if isinstance(fields, dict) else fields)]
        return self.session.post(f"{self.url}{path}", data=body, headers=sent, timeout=20, **options)

    def sign_in(self, token):
        return self.post("/login", {"token": token}, token=self.desk.sessions.form_token("login"))


@contextmanager
def serving(engine, **options):
    with listening("127.0.0.1", 0) as listener:
        desk = Desk(engine, "Ana Lima", port=listener.getsockname()[1], **options)
        server = uvicorn.Server(configuration(desk, Place()))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        page = Page(f"http://127.0.0.1:{desk.port}", desk)
        try:
            yield page
        finally:
            page.session.close()
            server.should_exit = True
            thread.join(20)


def fill(engine, items=(), file="refs.bib"):
    scan = begin_scan(engine, ScanKey("scan", (file,), "digest"), "0.1.0")
    add_findings(engine, scan, [finding_of(each) for each in items])


def many(number, file="many.bib"):
    return [
        checked(Status.NOT_FOUND, reference(each, f"Topic number {each} of the examples", file=file))
        for each in range(1, number + 1)
    ]


def add_heat(engine, number):
    """Text, span and tokens around a flag, as an answer of a watched model leaves them."""
    start = HEAT.index("Li and Wu")
    with engine.begin() as connection:
        values = {"context": HEAT, "context_start": start, "context_end": start + len("Li and Wu")}
        connection.execute(update(flags).where(flags.c.id == number).values(values))
        connection.execute(insert(traces).values(trace_row(number, "tiny.gguf", _tokens())))


def trace_row(number, model, tokens):
    """Tokens as the database keeps them."""
    plain = json.dumps([astuple(each) for each in tokens]).encode()
    return {"flag_id": number, "model": model, "size": len(plain), "compressed": zlib.compress(plain)}


def _tokens():
    scores = {"Li": 0.9, "Wu": 0.6, "1937": 0.45}
    return tuple(
        StoredToken(word, HEAT.index(word), HEAT.index(word) + len(word), -1.0, 2.0, scores.get(word, 0.1))
        for word in ("1937", "Li", "Wu", "journal")
    )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A database with five flags, made once and copied for every test."""
    path = tmp_path_factory.mktemp("review") / "flags.db"
    made = open_store(f"sqlite:///{path}")
    fill(made, one_of_each())
    made.dispose()
    return path


@pytest.fixture
def engine(prepared, tmp_path):
    path = shutil.copy(prepared, tmp_path / "flags.db")
    made = connect(f"sqlite:///{path}")
    yield made
    made.dispose()


@pytest.fixture
def page(engine):
    """Five flags, on this machine alone."""
    with serving(engine) as served:
        yield served


@pytest.fixture
def team(engine):
    """The same behind tokens."""
    with serving(engine, needs_token=True) as served:
        yield served


def with_risk(item):
    """A finding with a risk and what moved it."""
    found = finding_of(item)
    moved = (Contribution("citation:not_found", 1.7), Contribution("probe", -0.3))
    return replace(found, risk=Risk(0.83, 0.7, 0.91, found.signals, "shipped 1", moved))


def first(engine):
    """The flag that is shown first."""
    return flag(engine, queue(engine).items[0].id)
