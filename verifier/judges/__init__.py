"""The second model: reads evidence and says whether it bears a claim out. One module a way to reach a model."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from verifier.errors import ConfigError
from verifier.judges.interface import Judge
from verifier.judges.memory import Memory, RememberingJudge

__all__ = ["KEY", "open_judge"]

KEY = "VERIFIER_JUDGE_KEY"
"""Variable with the key of a judge that is reached by address; ``OPENAI_API_KEY`` counts for api.openai.com alone."""


def open_judge(named: Judge | Path | str, cache: Path | None) -> RememberingJudge:
    """A judge by its file or address, or one of one's own, with its memory. Nothing is loaded or asked yet.

    A path ends in ``.gguf``; an address is the base of an OpenAI-compatible server, with the model behind ``#``:
    ``http://localhost:8080/v1#qwen2.5``. Raises ``ConfigError`` for anything else.
    """
    return RememberingJudge(_judge(named), Memory(cache), owns=isinstance(named, str | Path))


def _judge(named: Judge | Path | str) -> Judge:
    from verifier.judges.model_judge import ModelJudge

    if not isinstance(named, str | Path):
        return named
    text = str(named)
    if re.match(r"https?://", text):
        from verifier.judges.http import HttpModel

        address, _, model = text.partition("#")
        return ModelJudge(HttpModel(address, model, key=_key(address)))
    if text.endswith(".gguf"):
        from verifier.judges.local import LocalModel

        return ModelJudge(LocalModel(Path(text).expanduser()))
    raise ConfigError(
        f"{text!r} is no judge",
        hint="give the path of a .gguf file, or an address such as http://localhost:8080/v1#model",
    )


def _key(address: str) -> str:
    key = os.environ.get(KEY, "")
    if not key and urlsplit(address).hostname == "api.openai.com":
        key = os.environ.get("OPENAI_API_KEY", "")
    return key.strip()
