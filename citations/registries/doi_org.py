"""doi.org: whether any agency registered a DOI, through the Handle System's API.

https://www.handle.net/proxy_servlet.html. It says nothing about which work that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from citations.registries.bodies import Body, Undecodable, read_object
from citations.registries.cache import Source
from citations.registries.interface import Coverage
from citations.registries.limits import Lane
from citations.registries.look_up import Desk, Errand, Question, Uncovered, look_up, single_errands
from citations.registries.session import Request, Session
from citations.types import Answer, DoiExists, DoiUnknown, Query, Scheme

_DECODER = 1
_EXISTS = frozenset({1, 200})  # 200: the handle exists and has no value of the type asked for
_UNKNOWN = 100


class DoiOrg:
    """Existence of DOIs; answers ``DoiExists`` or ``DoiUnknown``, never works."""

    name = "doi_org"
    coverage = Coverage(schemes=frozenset({Scheme.DOI}), searches=False)

    def __init__(self, session: Session) -> None:
        """Ask through ``session``."""
        self._base = session.settings.doi_org_url
        self._lane = Lane(f"doi_org {self._base}", 0.1, connections=4)  # no limit is published
        self._session = session
        session.join(self.name)
        source = Source(self.name, self._base, _DECODER)
        self._desk = Desk(session, source, _understand, self._errands, workers=4)

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        """Exactly one answer a query; never raises."""
        return look_up(self._desk, queries)

    def close(self) -> None:
        """Stop waiting for anything; may be called twice."""
        self._session.leave(self.name)

    def _errands(self, questions: Sequence[Question]) -> Iterator[Errand]:
        yield from single_errands(questions, self._resolve)

    def _resolve(self, question: Question) -> Answer:
        doi = question.query.identifier.value if question.query.identifier else ""
        request = Request(self.name, self._lane, f"{self._base}/api/handles/{quote(doi, safe='')}")
        return self._session.ask(request, lambda body: _answer(body, doi))


def exists(body: Body, doi: str) -> bool:
    """What the Handle System says about this DOI; raises ``Undecodable`` for anything else than an answer to it.

    An unknown handle is a 404 with response code 100 in JSON; HTML is a gateway or a block, whatever its status.
    """
    said = read_object(body)
    if str(said.get("handle", "")).lower() != doi.lower():
        raise Undecodable("an answer about another handle")
    code = said.get("responseCode")
    if code in _EXISTS and body.status == 200:
        return True
    if code == _UNKNOWN and body.status == 404:
        return False
    raise Undecodable(f"response code {code!r:.20}")


def _answer(body: Body, doi: str) -> DoiExists | DoiUnknown:
    return DoiExists(body.asked, doi) if exists(body, doi) else DoiUnknown(body.asked, doi)


def _understand(query: Query) -> Question | Uncovered:
    wanted = query.identifier
    if wanted is None:
        return Uncovered("cannot search, only resolve DOIs")
    if wanted.scheme is not Scheme.DOI:
        return Uncovered(f"does not know works by {wanted.scheme}")
    return Question(f"doi:{wanted.value}", query)
