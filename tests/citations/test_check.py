from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.check import CheckOptions, Progress, check
from citations.registries.interface import Coverage
from citations.types import (
    Answer,
    Found,
    Identifier,
    Kind,
    Outcome,
    Query,
    Scheme,
    Status,
    Unavailable,
    Why,
)
from tests.citations.fake_registries import TODAY, FakeDoiOrg, FakeRegistry, asked, reference, work

OPTIONS = CheckOptions(today=TODAY)
BASE = {
    "title": "A distinctive study of particular things in particular places",
    "authors": "Ada Byron; Carl Gauss",
    "year": 2019,
    "venue": "Nature",
    "kind": Kind.ARTICLE,
}
WORK = work(**BASE, doi="10.1038/x")
INVENTED = {**BASE, "title": "Nothing of this kind was ever written by anybody at all"}


def verdicts(references, *registries, options=OPTIONS):
    return {each.reference.id: each.verdict.status for each in check(references, registries, options=options)}


def test_each_reference_gets_exactly_one_verdict():
    cited = [reference("a", **BASE), reference("b", **INVENTED), reference("c", title="Page", kind=Kind.WEBSITE)]
    assert verdicts(cited, FakeRegistry(works=[WORK])) == {
        "a": Status.VERIFIED,
        "b": Status.NOT_FOUND,
        "c": Status.UNVERIFIABLE,
    }


def test_without_any_registry_everything_is_unchecked():
    assert verdicts([reference("a", **BASE), reference("b", **INVENTED)]) == {
        "a": Status.UNCHECKED,
        "b": Status.UNCHECKED,
    }


@pytest.mark.parametrize("why", list(Why))
def test_a_failing_registry_accuses_nobody(why):
    assert verdicts([reference(**INVENTED, doi="10.1038/x")], FakeRegistry(works=[WORK], fails=why)) == {
        "r": Status.UNCHECKED
    }


class Broken(FakeRegistry):
    """Raises in the middle of a batch."""

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        yield from ((query, Found(asked(self.name), ())) for query in queries[:-1])
        raise RuntimeError("the decoder fell over")


class Silent(FakeRegistry):
    """Answers nothing at all, and somebody else's question."""

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        yield Query(reference("stranger")), Found(asked(self.name), ())


@pytest.mark.parametrize("registry", [Broken(works=[WORK]), Silent(works=[WORK])])
def test_a_registry_that_breaks_its_contract_is_unavailable(registry):
    cited = [reference(str(n), **{**INVENTED, "year": 1990 + n}) for n in range(5)]
    found = verdicts(cited, registry)
    assert set(found.values()) <= {Status.UNCHECKED, Status.NOT_FOUND}
    assert found["4"] is Status.UNCHECKED


def test_equal_references_are_asked_once_and_all_get_their_verdict():
    crossref = FakeRegistry(works=[WORK])
    cited = [reference(str(n), **BASE) for n in range(7)]
    found = list(check(cited, [crossref], options=OPTIONS))
    assert [each.verdict.status for each in found] == [Status.VERIFIED] * 7
    assert len(crossref.asked) == 1
    assert Counter(each.same_as for each in found) == {"": 1, "0": 6}
    assert {each.reference.id for each in found} == {str(n) for n in range(7)}
    assert all(learnt.reference_id == each.reference.id for each in found for learnt in each.evidence)


SAME_QUESTION_ALMOST = [
    reference("right", **BASE),
    reference("other person", **{**BASE, "authors": "Xavier Byron; Carl Gauss"}),
    reference("website", **{**BASE, "kind": Kind.WEBSITE}),
    reference("other page", **BASE, volume="7", pages="900"),
    reference("right again", **BASE),
    reference("printed", "A. Byron, C. Gauss. A distinctive study of particular things. Nature, 2019.", "text", **BASE),
]


@given(st.permutations(SAME_QUESTION_ALMOST), st.integers(1, len(SAME_QUESTION_ALMOST)))
@settings(max_examples=25, deadline=None)
def test_a_verdict_depends_neither_on_the_order_nor_on_the_company_of_the_references(order, kept):
    alone = {}
    for each in SAME_QUESTION_ALMOST:
        alone |= verdicts([each], FakeRegistry(works=[WORK]))
    together = verdicts(order[:kept], FakeRegistry(works=[WORK]))
    assert together == {name: alone[name] for name in together}


def test_the_index_settles_without_the_network():
    offline, crossref = FakeRegistry("offline", [replace(WORK, registry="offline")]), FakeRegistry(works=[WORK])
    assert verdicts([reference(**BASE)], offline, crossref) == {"r": Status.VERIFIED}
    assert crossref.asked == []


def test_a_dead_doi_on_a_real_title_is_a_mismatch():
    doi_org = FakeDoiOrg(frozenset({"10.1038/x"}))
    assert verdicts([reference(**BASE, doi="10.1038/dead")], FakeRegistry(works=[WORK]), doi_org) == {
        "r": Status.MISMATCH
    }


def test_the_doi_of_another_work_and_a_title_that_exists_nowhere_are_fabricated():
    cited = reference(**{**INVENTED, "authors": "Niels Bohr; Marie Curie"}, doi="10.1038/x")
    assert verdicts([cited], FakeRegistry(works=[WORK])) == {"r": Status.FABRICATED}


def test_a_hundred_inventions_are_judged_although_semantic_scholar_always_refuses():
    cited = [reference(str(n), **{**INVENTED, "title": f"{INVENTED['title']} number {n}"}) for n in range(100)]
    refusing = FakeRegistry("semantic_scholar", fails=Why.RATE_LIMITED)
    found = Counter(verdicts(cited, FakeRegistry(works=[WORK]), refusing).values())
    assert found == {Status.NOT_FOUND: 100}


class Slow(FakeRegistry):
    """Does not answer before it is told to."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.go = Event()

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        self.go.wait(60)
        yield from super().look_up(queries)


def test_the_first_verdict_does_not_wait_for_a_slow_registry():
    slow = Slow("semantic_scholar")
    stream = check(
        [reference("b", **INVENTED), reference("a", **BASE)], [FakeRegistry(works=[WORK]), slow], options=OPTIONS
    )
    first = next(stream)
    assert (first.reference.id, first.verdict.status) == ("a", Status.VERIFIED)
    slow.go.set()
    assert [each.reference.id for each in stream] == ["b"]


class Passing(Slow):
    """Waits for its turn, and passes the turn on to the next once its answer is given."""

    next: Slow | None = None

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        yield from super().look_up(queries)
        if self.next is not None:
            self.next.go.set()


@pytest.mark.parametrize("order", [("semantic_scholar", "dblp"), ("dblp", "semantic_scholar")])
def test_evidence_stands_in_the_order_of_the_plan_whoever_answers_first(order):
    turns = [Passing(name) for name in order]
    turns[0].next = turns[1]
    turns[0].go.set()
    cited = reference(**{**INVENTED, "kind": Kind.CONFERENCE, "venue": "ICML"})
    (found,) = check([cited], [*turns, FakeRegistry()], options=OPTIONS)
    named = ("crossref", "semantic_scholar", "dblp")
    assert tuple(each.asked.registry for each in found.evidence) == named
    assert found.verdict.argument.refuted_by == named
    assert found.verdict.argument.sentence.startswith("Crossref, Semantic Scholar, DBLP answered and do not hold it")


def test_others_settle_a_reference_while_the_first_registry_keeps_silent():
    slow, other = Slow("crossref"), FakeRegistry("semantic_scholar", works=[work("semantic_scholar", **BASE)])
    stream = check([reference("a", **BASE), reference("b", **INVENTED)], [slow, other], options=OPTIONS)
    first = next(stream)
    assert (first.reference.id, first.verdict.status) == ("a", Status.VERIFIED)
    assert [each.asked.registry for each in first.evidence] == ["semantic_scholar"]
    slow.go.set()
    assert [(each.reference.id, each.verdict.status) for each in stream] == [("b", Status.NOT_FOUND)]


def test_a_record_that_differs_does_not_settle_before_the_late_registry_answered():
    slow = Slow("crossref", works=[WORK])
    other = Passing("semantic_scholar", works=[work("semantic_scholar", **{**BASE, "year": 2011})])
    other.next = slow
    other.go.set()
    (found,) = check([reference("a", **BASE)], [slow, other], options=OPTIONS)
    assert found.verdict.status is Status.VERIFIED
    assert [each.asked.registry for each in found.evidence] == ["crossref", "semantic_scholar"]


def test_a_second_source_that_was_wanted_is_waited_for():
    slow = Slow("crossref", works=[WORK])
    other = Passing("semantic_scholar", works=[work("semantic_scholar", **BASE)])
    other.next = slow
    other.go.set()
    (found,) = check([reference("a", **BASE)], [slow, other], options=replace(OPTIONS, cross_check=True))
    assert found.verdict.argument.supported_by == ("crossref", "semantic_scholar")


def test_patience_with_a_registry_that_is_not_essential_ends():
    slow = Slow("semantic_scholar")
    options = replace(OPTIONS, patience_s=0.0)
    found = list(check([reference(**INVENTED)], [FakeRegistry(works=[WORK]), slow], options=options))
    slow.go.set()
    assert found[0].verdict.status is Status.NOT_FOUND
    late = [each for each in found[0].evidence if each.asked.registry == "semantic_scholar"]
    assert [each.outcome for each in late] == [Outcome.UNAVAILABLE]


def test_an_essential_registry_that_outlasts_the_budget_leaves_the_reference_unchecked():
    slow = Slow("crossref")
    found = verdicts([reference(**INVENTED)], slow, options=replace(OPTIONS, budget_s=0.0))
    slow.go.set()
    assert found == {"r": Status.UNCHECKED}


def test_references_are_taken_from_the_input_as_needed():
    taken = []

    def endless():
        n = 0
        while True:
            taken.append(n)
            yield reference(str(n), **{**BASE, "volume": str(n)})
            n += 1

    stream = check(endless(), [FakeRegistry(works=[WORK])], options=replace(OPTIONS, in_flight=10))
    first = [next(stream).reference.id for _ in range(20)]
    stream.close()
    assert len(set(first)) == 20
    assert len(taken) < 200


def test_progress_counts_up_to_all_references():
    seen: list[Progress] = []
    cited = [reference(str(n), **{**BASE, "volume": str(n)}) for n in range(12)]
    list(check(cited, [FakeRegistry(works=[WORK])], options=replace(OPTIONS, in_flight=3), progress=seen.append))
    assert (seen[-1].done, seen[-1].started, dict(seen[-1].waiting)) == (12, 12, {})
    assert [each.done for each in seen] == sorted(each.done for each in seen)


def test_two_references_of_one_id_are_both_judged():
    assert len(list(check([reference("x", **BASE), reference("x", **INVENTED)], [FakeRegistry(works=[WORK])]))) == 2


def test_an_answer_is_kept_with_the_question_it_belongs_to():
    other = work(title="Another matter of another kind", doi="10.1038/other")
    (found,) = check([reference(**BASE, doi="10.1038/other")], [FakeRegistry(works=[WORK, other])], options=OPTIONS)
    about = [each for each in found.evidence if each.identifier == Identifier(Scheme.DOI, "10.1038/other")]
    assert [work.fields.doi for each in about for work in each.candidates] == ["10.1038/other"]


def test_who_would_have_to_know_it_and_could_not_be_asked_stands_in_the_evidence():
    cited = reference(**{**INVENTED, "venue": "ICLR", "kind": Kind.CONFERENCE})
    (found,) = check([cited], [FakeRegistry(works=[WORK])], options=OPTIONS)
    assert found.verdict.status is Status.UNVERIFIABLE
    assert "DBLP" in found.verdict.argument.sentence


def test_the_arbiter_may_add_a_match():
    near = {**BASE, "title": "A distinctive survey of particular things in particular places", "authors": "Some One"}
    options = replace(OPTIONS, arbiter=lambda _, __: 1.0)
    assert verdicts([reference(**near)], FakeRegistry(works=[WORK]), options=options) == {"r": Status.MISMATCH}


def test_an_arbiter_that_breaks_leaves_the_reference_unchecked():
    def broken(_, __):
        raise RuntimeError("out of memory")

    near = {**BASE, "title": "A distinctive survey of particular things in particular places", "authors": "Some One"}
    options = replace(OPTIONS, arbiter=broken)
    assert verdicts([reference(**near)], FakeRegistry(works=[WORK]), options=options) == {"r": Status.UNCHECKED}


def test_a_coverage_that_nothing_can_be_asked_of_is_not_asked():
    class Nothing(FakeRegistry):
        @property
        def coverage(self) -> Coverage:
            return Coverage(frozenset(), searches=False, kinds=frozenset())

        def _answer(self, query: Query) -> Answer:
            return Unavailable(asked(self.name), Why.CRASHED)

    assert verdicts([reference(**BASE)], Nothing("offline"), FakeRegistry(works=[WORK])) == {"r": Status.VERIFIED}


SOURCES = ("crossref", "semantic_scholar", "arxiv", "datacite")
SLIPS = st.sampled_from(
    [
        {},
        {},
        {"year": 2011},
        {"authors": "Zed Quux; Mo Nix"},
        {"venue": "Science"},
        {"title": BASE["title"].replace("study", "studyx")},
    ]
)


def registries(slips, down):
    for name, slip in zip(SOURCES, slips, strict=True):
        held = [] if slip is None else [work(name, **{**BASE, **slip}, doi="10.1038/x")]
        yield FakeRegistry(name, held, fails=Why.TIMEOUT if name in down else None)


@given(
    st.tuples(*(st.none() | SLIPS for _ in SOURCES)),
    st.sets(st.sampled_from(SOURCES)),
    st.sampled_from(["", "10.1038/x"]),
)
@settings(max_examples=60, deadline=None)
def test_no_set_of_failing_registries_accuses_while_an_essential_one_is_among_them(slips, down, doi):
    found = verdicts([reference(**BASE, doi=doi)], *registries(slips, {*down, "crossref"}))
    assert not found["r"].accuses


@given(st.sets(st.sampled_from(SOURCES)), st.sampled_from(["", "10.1038/x"]))
@settings(max_examples=30, deadline=None)
def test_one_more_failure_never_makes_a_verdict_harsher_where_the_registries_agree(down, doi):
    same = ({}, {}, {}, {})
    assert not verdicts([reference(**BASE, doi=doi)], *registries(same, down))["r"].accuses
