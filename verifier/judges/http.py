"""A model behind any OpenAI-compatible address as a judge: with log probabilities where the server gives them."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from verifier.judges.interface import Answers, Budget
from verifier.judges.model_judge import Choice, hard_choice, weights_of
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
_RARE = -20.0
"""Log probability of a letter that the server does not list."""


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
        self._most_logprobs = 20
        self._failures = 0

    @property
    def name(self) -> str:
        """The model's name, or the server's where it has but one."""
        return self._model or re.sub(r"^https?://([^/@]*@)?|/.*$", "", self._url)

    @property
    def identity(self) -> str:
        """Address and model."""
        return f"http:{re.sub(r'//[^/@]*@', '//', self._url)}#{self._model}"

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
            said = self._ask(prompt, budget, {"max_tokens": 150, "temperature": 0.7})
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
        wanted: dict[str, Any] = {"max_tokens": 4, "temperature": 0}
        if self._most_logprobs:
            wanted |= {"logprobs": True, "top_logprobs": self._most_logprobs}
        said = self._ask(prompt, budget, wanted)
        if isinstance(said, str):
            return Choice(unavailable=said)
        return _read(said, prompt.letters)

    def _ask(self, prompt: Prompt, budget: Budget, wanted: dict[str, Any]) -> dict[str, Any] | str:
        """The body of a good answer, or why there is none."""
        if self._failures >= _GIVE_UP_AFTER:
            return "the judge failed several times and was not asked again"
        why = budget.take()
        if why:
            return why
        body = {"messages": [{"role": each.role, "content": each.text} for each in prompt.messages], **wanted}
        if self._model:
            body["model"] = self._model
        said = self._send(body, min(self._timeout_s, max(0.05, budget.left_s)))
        if said == _REFUSED and self._fewer_logprobs(wanted):
            fewer = {name: value for name, value in wanted.items() if name not in {"logprobs", "top_logprobs"}}
            if self._most_logprobs:
                fewer |= {"logprobs": True, "top_logprobs": self._most_logprobs}
            return self._ask(prompt, budget, fewer)
        self._failures = self._failures + 1 if isinstance(said, str) else 0
        return said

    def _fewer_logprobs(self, wanted: dict[str, Any]) -> bool:
        """Whether to ask again with fewer log probabilities, as some servers refuse many or all."""
        if "top_logprobs" not in wanted:
            return False
        self._most_logprobs = min(self._most_logprobs, 5 if wanted["top_logprobs"] > 5 else 0)
        return True

    def _send(self, body: dict[str, Any], timeout_s: float) -> dict[str, Any] | str:
        import requests

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            with self._opened().post(
                self._url, json=body, headers=headers, timeout=timeout_s, stream=True, allow_redirects=False
            ) as answer:
                if answer.status_code in {400, 422}:
                    return _REFUSED
                if answer.status_code != 200:
                    return f"the judge answered HTTP {answer.status_code}"
                return _decoded(answer.raw.read(_MOST_BYTES + 1, decode_content=True))
        except requests.Timeout:
            return "the judge did not answer in time"
        except requests.RequestException as error:
            return f"the judge could not be reached ({type(error).__name__})"
        except Exception as error:  # noqa: BLE001  a body that breaks off raises what urllib3 raises
            return f"the judge's answer broke off ({type(error).__name__})"

    def _opened(self) -> requests.Session:
        import requests

        with self._lock:
            if self._session is None:
                self._session = requests.Session()
            return self._session


_REFUSED = "the judge refused the request (HTTP 400)"
_NO_LETTER = "the judge's answer was none of the letters that may be answered"


def _decoded(data: bytes) -> dict[str, Any] | str:
    if len(data) > _MOST_BYTES:
        return "the judge's answer was too long"
    try:
        said = json.loads(data)
    except ValueError:
        return "the judge's answer was no JSON"
    if not isinstance(said, dict) or not isinstance(said.get("choices"), list) or not said["choices"]:
        return "the judge's answer had no choices"
    return said


def _read(said: dict[str, Any], letters: Sequence[str]) -> Choice:
    """The weights of the letters at the first token that is one of them, or the letter alone."""
    choice = said["choices"][0]
    listed = _listed(choice)
    for position in listed:
        found = dict.fromkeys(letters, _RARE)
        for token, logprob in position:
            letter = token.strip(' \n"*(.:)')
            if letter in found:
                found[letter] = max(found[letter], logprob)
        if max(found.values()) > _RARE:
            return Choice(weights_of([found[letter] for letter in letters]))
    chosen = re.match(rf"\W{{0,4}}(?:answer\W{{1,4}})?([{''.join(letters)}])(?!\w)", _content(said), re.IGNORECASE)
    return hard_choice(letters, chosen[1].upper()) if chosen else Choice(unavailable=_NO_LETTER)


def _listed(choice: Any) -> list[list[tuple[str, float]]]:
    """For each position the tokens and log probabilities that the server lists; empty where it lists none."""
    try:
        positions = choice["logprobs"]["content"] or []
        return [
            [(str(each["token"]), float(each["logprob"])) for each in position.get("top_logprobs") or [position]]
            for position in positions
        ]
    except (AttributeError, KeyError, TypeError, ValueError):
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
    except ValueError:
        written = {}
    return tuple(str(written.get(name, ""))[:200] for name in fields)
