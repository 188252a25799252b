"""A model behind any OpenAI-compatible address as a judge: with log probabilities where the server gives them."""

from __future__ import annotations

import json
import logging
import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING, Any

from citations.registries.exchange import Failure, Wire, exchange
from citations.registries.settings import Patience, without_credentials
from citations.types import Why
from verifier.judges.interface import Answers, Budget
from verifier.judges.model_judge import NO_NUMBERS, Choice, hard_choice
from verifier.judges.prompt import Prompt

if TYPE_CHECKING:
    import requests

_LOG = logging.getLogger(__name__)

TIMEOUT_S = 30.0
AT_ONCE = 4
"""Requests that are under way at the same time."""
_MOST_BYTES = 1_000_000
_GIVE_UP_AFTER = 3
"""Failures one after the other until a server is not asked again for this text."""
_RARE = math.exp(-20)
"""Probability of a letter that the server does not list."""
_CERTAIN = 1e-3
"""Greatest log probability, with what rounding may add to 0."""
_MOST = 0.5
"""Share of the probability that the letters must hold together, or none of them is an answer."""


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a server is asked."""

    logprobs: int
    """So many log probabilities a token; 0 for none."""
    limit: str = "max_tokens"
    tempered: bool = True


_MANNERS = (_Manner(20), _Manner(5), _Manner(0), _Manner(0, "max_completion_tokens", tempered=False))
"""From what tells most to what the pickiest server takes; the next one is tried where a server says HTTP 400."""


class HttpModel:
    """A model of a server that speaks ``/chat/completions``; the connection is opened when it is first asked.

    ``url`` is the base address (``https://host/v1``). The key goes into one header and nowhere else; redirects are not
    followed, so that no other host sees it.
    """

    def __init__(self, url: str, model: str = "", *, key: str = "", timeout_s: float = TIMEOUT_S) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model
        self._key = key
        self._timeout_s = timeout_s
        self._lock = Lock()
        self._session: requests.Session | None = None
        self._manner = 0
        self._failures = 0

    @property
    def name(self) -> str:
        """The model's name, or the server's where it has but one."""
        return self._model or re.sub(r"^https?://([^/@]*@)?|/.*$", "", self._url)

    @property
    def identity(self) -> str:
        """Address and model."""
        return f"http:{without_credentials(self._url)}#{self._model}"

    def choose(self, prompts: Sequence[Prompt], budget: Budget) -> Iterator[Choice]:
        """One choice a prompt, in their order; several requests at once."""
        self._failures = 0
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="factprobe-judge") as pool:
            yield from pool.map(partial(self._choose, budget=budget), prompts)

    def write(self, prompt: Prompt, samples: int, budget: Budget) -> Answers:
        """The object that the prompt asks for, several times; an answer that is none counts as empty."""
        self._failures = 0
        found: list[tuple[str, ...]] = []
        for _ in range(samples):
            said = self._ask(prompt, budget, 150, sampled=True)
            if isinstance(said, str):
                return Answers(tuple(found), said)
            found.append(_values(_content(said), prompt.fields))
        return Answers(tuple(found))

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._session is not None:
                self._session.close()
                self._session = None

    def _choose(self, prompt: Prompt, budget: Budget) -> Choice:
        said = self._ask(prompt, budget, 4)
        return Choice(unavailable=said) if isinstance(said, str) else _read(said, prompt.letters)

    def _ask(self, prompt: Prompt, budget: Budget, tokens: int, *, sampled: bool = False) -> dict[str, Any] | str:
        """The body of a good answer, or why there is none; a manner of asking that the server refuses is changed for good."""
        said: dict[str, Any] | str = _REFUSED
        while said == _REFUSED:
            if self._failures >= _GIVE_UP_AFTER:
                return "the judge failed several times and was not asked again"
            why = budget.take()
            if why:
                return why
            manner = self._manner
            body = self._body(prompt, _MANNERS[manner], tokens, sampled=sampled)
            said = self._send(body, min(self._timeout_s, max(0.05, budget.left_s)))
            if said == _REFUSED and manner + 1 == len(_MANNERS):
                break
            if said == _REFUSED:
                self._manner = max(self._manner, manner + 1)
        self._failures = self._failures + 1 if isinstance(said, str) else 0
        return said

    def _body(self, prompt: Prompt, manner: _Manner, tokens: int, *, sampled: bool) -> dict[str, Any]:
        body: dict[str, Any] = {"messages": [{"role": each.role, "content": each.text} for each in prompt.messages]}
        body[manner.limit] = tokens
        if manner.tempered:
            body["temperature"] = 0.7 if sampled else 0
        if manner.logprobs and not sampled:
            body |= {"logprobs": True, "top_logprobs": manner.logprobs}
        if self._model:
            body["model"] = self._model
        return body

    def _send(self, body: dict[str, Any], timeout_s: float) -> dict[str, Any] | str:
        headers = (("Authorization", f"Bearer {self._key}"),) if self._key else ()
        patience = Patience(connect_s=timeout_s, read_s=timeout_s, total_s=timeout_s, body_bytes=_MOST_BYTES)
        answer = exchange(self._opened(), Wire(self._url, (), headers, body), patience)
        if isinstance(answer, Failure):
            return _failed(answer)
        if answer.status in {400, 422}:
            return _REFUSED
        return _decoded(answer.content) if answer.status == 200 else f"the judge answered HTTP {answer.status}"

    def _opened(self) -> requests.Session:
        import requests

        with self._lock:
            if self._session is None:
                self._session = requests.Session()
            return self._session


_REFUSED = "the judge refused the request (HTTP 400)"
_NO_LETTER = "the judge's answer was none of the letters that may be answered"


def _failed(failure: Failure) -> str:
    if failure.why is Why.TIMEOUT:
        return f"the judge did not answer in time ({failure.detail})"
    if failure.why is Why.UNREACHABLE:
        return f"the judge could not be reached ({failure.detail})"
    return f"the judge gave no whole answer ({failure.detail})"


def _decoded(data: bytes) -> dict[str, Any] | str:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return "the judge's answer was no JSON"
    if not isinstance(said, dict) or not isinstance(said.get("choices"), list) or not said["choices"]:
        return "the judge's answer had no choices"
    return said


def _read(said: dict[str, Any], letters: Sequence[str]) -> Choice:
    """The weights of the letters where the judge wrote one as its answer, or the letter alone if no others are listed."""
    positions = _listed(said["choices"][0])
    written = "".join(each.chosen for each in positions)
    place = _answer(written, letters)
    if place is not None and written[place] in letters:
        ends = list(accumulate(len(each.chosen) for each in positions))
        return _weighed(positions[bisect_right(ends, place)], letters)
    written = _content(said)
    place = _answer(written, letters)
    return Choice(unavailable=_NO_LETTER) if place is None else hard_choice(letters, written[place].upper())


def _answer(text: str, letters: Sequence[str]) -> int | None:
    """Where the one letter stands that is the answer: not in "A claim", "not A" or "A or B".

    >>> _answer("The answer is B.", "ABC"), _answer("A passage says so", "ABC")
    (14, None)
    """
    names = "".join(letters)
    found = re.match(
        rf"\W{{0,8}}(?:(?:the\s+)?(?:(?:correct|best|final|right)\s+)?(?:answer|choice|letter|option)(?:\s+is)?\W{{1,4}})?"
        rf"([{names}])(?![^\S\n]*\w)(?-i:(?!.*\b(?!\1)[{names}]\b))",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    return found.start(1) if found else None


@dataclass(frozen=True, slots=True)
class _Position:
    """One token that the judge wrote, and what it might have written instead."""

    chosen: str
    listed: tuple[tuple[str, float], ...]
    """Tokens with their log probabilities."""


def _weighed(position: _Position, letters: Sequence[str]) -> Choice:
    """The letters' shares of the probability, of which they must hold the most together."""
    held = dict.fromkeys(letters, _RARE)
    for token, logprob in position.listed:
        letter = token.strip(' \n"*(.:)')
        if letter in held and not logprob <= _CERTAIN:  # also where it is no number
            return Choice(unavailable=NO_NUMBERS)
        if letter in held:
            held[letter] += math.exp(logprob)
    total = sum(held.values())
    if total < _MOST:
        return Choice(unavailable=_NO_LETTER)
    return Choice(tuple(each / total for each in held.values()))


def _listed(choice: Any) -> list[_Position]:
    """What the server lists for each position; empty where it lists nothing."""
    try:
        positions = choice["logprobs"]["content"] or []
        return [
            _Position(
                str(position["token"]),
                tuple(
                    (str(each["token"]), float(each["logprob"])) for each in position.get("top_logprobs") or [position]
                ),
            )
            for position in positions
        ]
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return []


def _content(said: dict[str, Any]) -> str:
    try:
        return str(said["choices"][0]["message"]["content"] or "")
    except (AttributeError, KeyError, TypeError, IndexError):
        return ""


def _values(text: str, fields: Sequence[str]) -> tuple[str, ...]:
    found = re.search(r"\{.*?\}", text[:4_000], re.DOTALL)
    try:
        written = json.loads(found[0]) if found else {}
    except (ValueError, RecursionError):
        written = {}
    return tuple(str(written.get(name, ""))[:200] for name in fields)
