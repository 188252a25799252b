"""What comes back from a registry before anybody decodes it, and the first step of decoding."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from citations.types import Asked


class Undecodable(ValueError):
    """The body is not what the registry sends when it is well; ``str()`` of it is one short sentence."""


@dataclass(frozen=True, slots=True)
class Body:
    """A complete HTTP answer whose status is a statement about the work: a success, or a 404 that means "none"."""

    asked: Asked
    """What was asked, and the digest under which the content is kept."""
    status: int
    content: bytes
    """Decompressed."""
    content_type: str = ""

    @property
    def text(self) -> str:
        """The body as text; broken UTF-8 becomes U+FFFD."""
        return self.content.decode("utf-8", "replace")


def read_json(body: Body) -> Any:
    """The JSON value of a body; raises ``Undecodable`` for anything else (HTML, cut off, empty, nested too deep).

    Raw control characters inside strings are let through, several registries send them.
    """
    try:
        return json.loads(body.text, strict=False)
    except RecursionError as error:
        raise Undecodable("JSON nested too deep") from error
    except ValueError as error:
        raise Undecodable(_described(body)) from error


def read_object(body: Body) -> dict[str, Any]:
    """The JSON object of a body; raises ``Undecodable`` if it is another JSON value or none."""
    value = read_json(body)
    if not isinstance(value, dict):
        raise Undecodable("JSON, but not an object")
    return value


def _described(body: Body) -> str:
    """What the body looks like, without quoting it."""
    start = body.text.lstrip()[:1]
    if not start:
        return "an empty body"
    if start == "<":
        return "HTML or XML where JSON was due"
    return "JSON that is cut off or damaged" if start in "{[" else "no JSON"
