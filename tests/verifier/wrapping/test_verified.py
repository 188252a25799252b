from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

import pytest

import verifier
from tests.verifier.wrapping.world import BAD, GOOD, INVENTED, STRICT, TRUE, Stuck, pieces, registries

NOTE = "[factprobe] 1 thing above is wrong:"


def verified(on_fail: str, **given: Any) -> Callable[[Any], Any]:
    return verifier.verified(on_fail=on_fail, policy=STRICT, registries=registries(), **{"timeout": 30, **given})


def returning(text: Any, **given: Any) -> Callable[[], Any]:
    return verified(**given)(lambda: text)


def gathered(made: Any) -> list[Any]:
    """The chunks of a generator of either kind."""

    async def run() -> list[Any]:
        return [chunk async for chunk in made]

    return asyncio.run(run()) if inspect.isasyncgen(made) else list(made)


def function(text: str) -> Callable[[], str]:
    def answer() -> str:
        """Answer."""
        return text

    return answer


def coroutine(text: str) -> Callable[[], Any]:
    async def answer() -> str:
        """Answer."""
        return text

    return answer


def generator(text: str) -> Callable[[], Iterator[str]]:
    def answer() -> Iterator[str]:
        """Answer."""
        yield from pieces(text)

    return answer


def async_generator(text: str) -> Callable[[], AsyncIterator[str]]:
    async def answer() -> AsyncIterator[str]:
        """Answer."""
        for each in pieces(text):
            yield each

    return answer


KINDS = [function, coroutine, generator, async_generator]


def text_of(made: Any) -> str:
    if inspect.iscoroutine(made):
        return asyncio.run(made)
    return made if isinstance(made, str) else "".join(gathered(made))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("on_fail", ["raise", "annotate", "redact", "retry", "log"])
def test_a_good_text_is_given_on_as_it_is(kind: Callable[[str], Any], on_fail: str) -> None:
    assert text_of(verified(on_fail)(kind(GOOD))()) == GOOD


@pytest.mark.parametrize("kind", KINDS)
def test_name_docstring_signature_and_kind_stay(kind: Callable[[str], Any]) -> None:
    plain = kind(GOOD)
    made = verified("raise")(plain)
    assert (made.__name__, made.__doc__, inspect.signature(made)) == ("answer", "Answer.", inspect.signature(plain))
    kinds = [inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction]
    assert [each(made) for each in kinds] == [each(plain) for each in kinds]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (function, verifier.Blocked),
        (coroutine, verifier.Blocked),
        (generator, verifier.Withheld),
        (async_generator, verifier.Withheld),
    ],
)
def test_a_bad_text_raises(kind: Callable[[str], Any], error: type[verifier.AnswerError]) -> None:
    with pytest.raises(error) as raised:
        text_of(verified("raise")(kind(BAD))())
    assert ["quiet numbers" in each for each in raised.value.complaints] == [True]


@pytest.mark.parametrize("kind", [generator, async_generator])
def test_of_a_generator_no_bad_part_leaves(kind: Callable[[str], Any]) -> None:
    seen: list[str] = []

    async def read(made: Any) -> None:
        async for chunk in made:
            seen.append(chunk)  # noqa: PERF401  a comprehension would lose what came before the error

    made = verified("raise")(kind(BAD))()
    with pytest.raises(verifier.Withheld):
        asyncio.run(read(made)) if inspect.isasyncgen(made) else seen.extend(made)
    assert "small things" in "".join(seen)
    assert "Fox" not in "".join(seen)
    seen.clear()
    made = verified("raise", mode="buffer")(kind(BAD))()
    with pytest.raises(verifier.Blocked):
        asyncio.run(read(made)) if inspect.isasyncgen(made) else seen.extend(made)
    assert seen == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_behind_the_text_says_what_is_wrong(kind: Callable[[str], Any]) -> None:
    text = text_of(verified("annotate")(kind(BAD))())
    assert text.startswith(BAD)
    assert NOTE in text[len(BAD) :]
    assert text.endswith("not found: Crossref, Semantic Scholar, arXiv answered and do not hold it: a lead, not proof")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_is_taken_out_together_with_what_points_to_it(kind: Callable[[str], Any]) -> None:
    text = f"Numbers are quiet (Fox and Poe, 2020). So are things (Roe and Doe, 2019).\n\n## References\n\n{INVENTED}\n\n{TRUE}\n"
    removed = "[removed: not found citation]"
    expected = text.replace(INVENTED, removed).replace("(Fox and Poe, 2020)", removed)
    assert text_of(verified("redact")(kind(text))()) == expected


def test_structured_output_that_cannot_be_mended_is_blocked() -> None:
    with pytest.raises(verifier.Blocked):
        returning(f'{{"works": ["{INVENTED}"]}}', on_fail="redact")()


@pytest.mark.parametrize("kind", KINDS)
def test_a_function_is_called_again_with_what_was_wrong(kind: Callable[[str], Any]) -> None:
    told: list[str] = []
    made = {each: kind(each) for each in (BAD, GOOD)}
    if kind is function:

        def answer(feedback: str = "") -> str:
            told.append(feedback)
            return made[GOOD if feedback else BAD]()
    elif kind is coroutine:

        async def answer(feedback: str = "") -> str:
            told.append(feedback)
            return await made[GOOD if feedback else BAD]()
    elif kind is generator:

        def answer(feedback: str = "") -> Iterator[str]:
            told.append(feedback)
            yield from made[GOOD if feedback else BAD]()
    else:

        async def answer(feedback: str = "") -> AsyncIterator[str]:
            told.append(feedback)
            async for each in made[GOOD if feedback else BAD]():
                yield each

    assert text_of(verified("retry")(answer)()) == GOOD
    assert (told[0], "quiet numbers" in told[1], len(told)) == ("", True, 2)


def test_a_function_that_does_not_mend_its_text_is_blocked_in_the_end() -> None:
    calls: list[int] = []

    @verified("retry", retries=2)
    def answer() -> str:
        calls.append(1)
        return BAD

    with pytest.raises(verifier.Blocked):
        answer()
    assert len(calls) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_logging_only_gives_the_text_at_once_and_the_report_later(kind: Callable[[str], Any]) -> None:
    stuck = Stuck()
    reports: list[verifier.Report] = []
    made = verifier.verified(on_fail="log", checker=stuck, on_report=reports.append)(kind(BAD))
    assert text_of(made()) == BAD
    assert reports == []
    stuck.free.set()


def test_the_report_of_a_returned_text_can_be_had() -> None:
    for on_fail in ("annotate", "log"):
        report = verifier.get_report(returning(BAD, on_fail=on_fail)(), timeout=30)
        assert [each.status.value for each in report.findings] == ["verified", "not_found"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("on_fail", ["raise", "annotate", "redact", "retry", "log"])
def test_who_asks_for_reports_is_told_each(kind: Callable[[str], Any], on_fail: str) -> None:
    reports: list[verifier.Report] = []
    made = verified(on_fail, on_report=reports.append, retries=0)(kind(BAD))
    if on_fail in {"raise", "retry"}:
        with pytest.raises(verifier.AnswerError):
            text_of(made())
    else:
        verifier.get_report(text_of(made()), timeout=30)
    waited = verifier.wrapping.background.BACKGROUND
    waited.wait()
    assert [each.findings[-1].status.value for each in reports] == ["not_found"]


def test_methods_are_bound_as_they_were() -> None:
    class Writer:
        text = GOOD

        @verified("annotate")
        def answer(self, more: str = "") -> str:
            return self.text + more

        @classmethod
        @verified("annotate")
        def of(cls) -> str:
            return cls.text

        @staticmethod
        @verified("annotate")
        def plain() -> str:
            return GOOD

    assert (Writer().answer("x"), Writer.of(), Writer.plain()) == (GOOD + "x", GOOD, GOOD)


def test_question_and_documents_are_taken_from_the_parameters() -> None:
    seen: list[verifier.Subject] = []

    class Listening(verifier.Checker):
        def check(self, subject: verifier.Subject) -> verifier.Report:
            seen.append(subject)
            return super().check(subject)

    @verifier.verified(on_fail="annotate", asked="question", context="documents", checker=Listening())
    def answer(question: str, documents: list[str]) -> str:
        return "Tea is a plant."

    answer("What is tea?", documents=["Tea is a plant.", "It is green."])
    assert (seen[0].asked, seen[0].context) == ("What is tea?", ("Tea is a plant.", "It is green."))


def test_what_is_no_text_is_given_on() -> None:
    assert returning(None, on_fail="raise")() is None
    assert returning({"a": 1}, on_fail="retry")() == {"a": 1}


def test_a_generator_returns_what_it_returned_and_is_closed_with_the_one_around_it() -> None:
    ends: list[str] = []

    def chunks() -> Generator[str, None, int]:
        try:
            yield "Tea is a plant. "
            yield "It grows in Assam."
        finally:
            ends.append("closed")
        return 7

    def outer() -> Generator[str, None, None]:
        value = yield from verified("annotate")(chunks)()
        ends.append(f"value {value}")

    assert "".join(outer()) == "Tea is a plant. It grows in Assam."
    left = verified("annotate")(chunks)()
    next(left)
    left.close()
    assert ends == ["closed", "value 7", "closed"]


def test_errors_of_the_function_reach_its_caller() -> None:
    @verified("retry")
    def answer() -> str:
        raise KeyError("a")

    with pytest.raises(KeyError):
        answer()


def test_a_text_that_was_not_checked_is_not_called_checked() -> None:
    checker = Stuck(error=verifier.CheckFailed("checking the text failed: ValueError"))
    assert verifier.verified(on_fail="annotate", checker=checker)(lambda: GOOD)() == (
        f"{GOOD}\n[factprobe] not checked: checking the text failed: ValueError"
    )
    with pytest.raises(verifier.CheckFailed, match="held back"):
        verifier.verified(on_fail="annotate", checker=checker, on_error="closed")(lambda: GOOD)()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"on_fail": "explode"}, "on_fail must be raise, annotate, redact, retry or log, not 'explode'"),
        ({"mode": "after"}, "text that has left cannot be held back"),
        ({"retries": -1}, "retries must be a number"),
        ({"on_report": 5}, "on_report must be a function"),
        ({"asked": "nosuch"}, "the function has no parameter 'nosuch'"),
        ({"context": ["a"]}, "asked and context are names of parameters"),
        ({"registries": [], "checker": Stuck()}, "registries belong to the checker"),
    ],
)
def test_what_cannot_be_used_is_said_when_it_is_decorated(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(verifier.WrongArgument, match=sentence):
        verifier.verified(**given)(lambda question: question)


@pytest.mark.parametrize("what", [staticmethod(lambda: ""), property(lambda _: ""), int, 5])
def test_only_functions_can_be_decorated(what: Any) -> None:
    with pytest.raises(verifier.WrongArgument):
        verifier.verified(on_fail="log")(what)


def test_without_parentheses_it_raises() -> None:
    @verifier.verified
    def answer() -> str:
        return "Tea is a plant."

    assert answer() == "Tea is a plant."


@pytest.mark.parametrize("on_fail", ["raise", "annotate", "redact", "retry", "log"])
@pytest.mark.parametrize("kind", [generator, async_generator])
def test_a_returned_stream_that_was_not_read_says_so_at_once(kind: Callable[[str], Any], on_fail: str) -> None:
    made = returning(kind(GOOD)(), on_fail=on_fail)()
    assert [gap.why for gap in verifier.get_report(made).gaps] == ["the stream was not read to its end"]
    text_of(made)
    assert [each.status.value for each in verifier.get_report(made).findings] == ["verified", "verified"]


@pytest.mark.parametrize("kind", [generator, async_generator])
def test_the_report_of_a_stream_that_was_made_again_is_that_of_what_left(kind: Callable[[str], Any]) -> None:
    tries, told = iter([BAD, GOOD]), list[verifier.Report]()

    def answer() -> Any:
        return kind(next(tries))()

    made = verified("retry", on_report=told.append)(answer)()
    assert text_of(made) == GOOD
    assert verifier.get_report(made) is told[-1]
    assert [[each.status.value for each in report.findings] for report in told] == [
        ["verified", "not_found"],
        ["verified", "verified"],
    ]


def test_a_note_says_that_the_check_failed() -> None:
    checker = Stuck(error=RuntimeError("broken"))
    made = verifier.verified(on_fail="annotate", checker=checker)(function(GOOD))()
    assert made.removeprefix(GOOD) == "\n[factprobe] not checked: checking it failed: RuntimeError"
