from __future__ import annotations

import math

import pytest

from tests.verifier.judges.chat_server import ChatServer
from verifier.judges.admission import admit
from verifier.judges.http import HttpModel, _read
from verifier.judges.interface import AskAfresh, Budget, SupportQuestion
from verifier.judges.model_judge import ModelJudge

QUESTION = SupportQuestion("Tea came to London in 1657.", ("Tea reached London in 1657.",))


def ask(server, number=1, *, timeout_s=5.0, budget=None, key=""):
    judge = ModelJudge(HttpModel(server.url, "m", key=key, timeout_s=timeout_s))
    try:
        return list(judge.support([QUESTION] * number, budget or Budget()))
    finally:
        judge.close()


def test_log_probabilities_of_the_letters_become_a_probability():
    with ChatServer(letter="A") as server:
        (reply,) = ask(server)
    assert reply.probability == pytest.approx(1 / (1 + math.exp(-2.9)))
    assert reply.contradicted == pytest.approx(math.exp(-3.0) / (math.exp(-0.1) + 2 * math.exp(-3.0)))


@pytest.mark.parametrize(("most", "asked"), [(5, [20, 5]), (None, [20, 5, None])])
def test_a_server_that_refuses_log_probabilities_is_asked_for_fewer_or_none(most, asked):
    with ChatServer(letter="B", logprobs=most) as server:
        (reply,) = ask(server)
    assert reply.probability is not None
    assert reply.probability < 0.2
    assert [body.get("top_logprobs") for body in server.bodies] == asked


@pytest.mark.parametrize("said", ["A", " A.", "**A**", "Answer: A", "A: the passage shows it", "a"])
def test_a_letter_without_probabilities_is_read_however_it_is_written(said):
    with ChatServer(letter=said, logprobs=None) as server:
        (reply,) = ask(server)
    assert reply.unavailable == ""
    assert reply.probability == pytest.approx(0.9 / 0.95)


@pytest.mark.parametrize("said", ["", "I cannot say.", "Yes", "Absolutely", "D", "{}"])
def test_an_answer_that_is_no_letter_is_unavailable(said):
    with ChatServer(letter=said, logprobs=None) as server:
        (reply,) = ask(server)
    assert reply.probability is None
    assert "none of the letters" in reply.unavailable


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("401", "HTTP 401"),
        ("429", "HTTP 429"),
        ("500", "HTTP 500"),
        ("html", "no JSON"),
        ("list", "no choices"),
        ("no choices", "no choices"),
        ("huge", "more than 1 MB"),
        ("cut", "breaks off"),
        ("redirect", "HTTP 307"),
        ("slow", "in time"),
        ("drip", "in time"),
        ("deep", "no JSON"),
    ],
)
def test_every_fault_is_unavailable_and_tells_no_secret(fault, why):
    with ChatServer(fault=fault) as server:
        (reply,) = ask(server, timeout_s=0.3, key="sk-secret")
    assert reply.probability is None
    assert why in reply.unavailable
    assert "sk-secret" not in reply.unavailable
    assert "Tea" not in reply.unavailable


def test_a_server_that_is_not_there_is_unavailable():
    with ChatServer() as server:
        pass
    (reply,) = ask(server)
    assert "could not be reached" in reply.unavailable


def test_a_server_that_fails_again_and_again_is_not_asked_for_every_claim():
    with ChatServer(fault="500") as server:
        replies = ask(server, 40)
    assert len(replies) == 40
    assert len(server.bodies) < 10
    assert "not asked again" in replies[-1].unavailable


def test_the_key_travels_in_its_header_only():
    with ChatServer() as server:
        ask(server, key="sk-secret")
    assert server.headers[0]["Authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in str(server.bodies)


def test_the_budget_bounds_the_calls():
    with ChatServer() as server:
        replies = ask(server, 10, budget=Budget(calls=4))
    assert [bool(each.unavailable) for each in replies].count(False) == 4
    assert len(server.bodies) == 4


def test_a_judge_behind_an_address_can_be_admitted():
    with ChatServer() as server:
        standing = admit(ModelJudge(HttpModel(server.url, "m")))
    assert standing.support is not None
    assert standing.support.admitted


def test_answers_from_memory_that_are_no_object_count_as_empty():
    with ChatServer(letter="I do not know") as server:
        said = ModelJudge(HttpModel(server.url)).answer(AskAfresh("Who wrote it?", "On tea", ("family",), 2), Budget())
    assert said.samples == (("",), ("",))


def test_the_identity_names_address_and_model_without_credentials():
    model = HttpModel("https://me:pw@host.example/v1/", "m")
    assert model.identity == "http:https://host.example/v1/chat/completions#m"
    assert HttpModel("https://me:pw@host.example/v1").name == "host.example"


def test_a_server_that_refuses_every_manner_of_asking_is_unavailable():
    with ChatServer(fault="400") as server:
        (reply,) = ask(server)
    assert "HTTP 400" in reply.unavailable
    assert "max_completion_tokens" in server.bodies[-1]
    assert len(server.bodies) == 4


def body(content: str, *tops: dict[str, float]) -> dict:
    """An answer whose tokens are the likeliest of each position."""
    listed = [
        {
            "token": max(top, key=lambda token: top[token]),
            "top_logprobs": [{"token": t, "logprob": p} for t, p in top.items()],
        }
        for top in tops
    ]
    return {"choices": [{"message": {"content": content}, "logprobs": {"content": listed} if tops else None}]}


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        (
            body(
                "The answer is B", {"The": -0.01, "A": -9}, {" answer": -0.1}, {" is": -0.1}, {" B": -0.001, " A": -7}
            ),
            "B",
        ),
        (body("A", {"A": -0.1, "B": -2.5, "C": -6}), "A"),
        (body("**C**", {"**": -0.1}, {"C": -0.1, "A": -3}, {"**": -0.1}), "C"),
        (body("B."), "B"),
        (body("A\n\nThe passage"), "A"),
        (body("A. A passage"), "A"),
        (body("A", {"A": -0.9, " A": -1.0, "The": -1.5}), "A"),
        (body("Answer: C"), "C"),
        (body("A claim that", {"A": -0.1, "B": -4}, {" claim": -0.1}, {" that": -0.1}), ""),
        (body("A passage says so"), ""),
        (body("Not A", {"Not": -0.1}, {" A": -0.1, " B": -3}), ""),
        (body("not A"), ""),
        (body("A or B", {"A": -0.1, "B": -3}, {" or": -0.1}, {" B": -0.1, " A": -3}), ""),
        (body("A/B"), ""),
        (body("A", {"A": -(10**400), "B": -1}), "A"),
        (body("A", {"A": -3.0, "The": -3.5, "Yes": -3.6}), ""),
        (body("A", {"A": float("nan"), "B": -1}), ""),
        (body("A", {"A": float("inf"), "B": float("inf"), "C": float("inf")}), ""),
        (body(""), ""),
    ],
    ids=[
        "behind words",
        "plain",
        "in bold",
        "mark",
        "new line",
        "article behind",
        "spellings together",
        "told",
        "article",
        "article, no list",
        "denied",
        "denied, no list",
        "two",
        "two, no list",
        "no float",
        "unlikely",
        "NaN",
        "inf",
        "empty",
    ],
)
def test_a_letter_counts_only_where_the_judge_chose_it_as_its_answer(said, letter):
    choice = _read(said, "ABC")
    found = "ABC"[choice.weights.index(max(choice.weights))] if choice.weights else ""
    assert found == letter
    assert bool(choice.unavailable) is (letter == "")
