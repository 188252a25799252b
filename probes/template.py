"""A model's chat template: a user's words as the tokens that the model was trained to answer."""

from __future__ import annotations

import importlib
from typing import Any

from probes.artefact import template_digest
from probes.errors import NoChatTemplate

_MARKS = ("\ue000", "\ue001")
"""Private-use characters that find the user's words in what the template makes of them."""


class ChatTemplate:
    """The template of a loaded model.

    Raises:
        NoChatTemplate: the model has none.

    """

    def __init__(self, llama: Any) -> None:
        """Take the template from the model's file."""
        template = llama.metadata.get("tokenizer.chat_template")
        if not template:
            raise NoChatTemplate(
                "the model has no chat template, so it is unknown how to ask it", hint="take an instruct model"
            )
        self.sha256 = template_digest(llama.metadata)
        self._llama = llama
        self._format = importlib.import_module("llama_cpp.llama_chat_format").Jinja2ChatFormatter(
            template=template,
            bos_token=_spelling(llama, llama.token_bos()),
            eos_token=_spelling(llama, llama.token_eos()),
        )

    def text(self, prompt: str, system: str = "") -> str:
        """The whole prompt, marks of the template included."""
        messages = [{"role": "system", "content": system}] if system else []
        return str(self._format(messages=[*messages, {"role": "user", "content": prompt}]).prompt)

    def tokens(self, prompt: str, system: str = "") -> list[int]:
        """Tokens of the whole prompt. Special tokens spelt out in the user's words stay plain text."""
        before, _, rest = self.text(f"{_MARKS[0]}{prompt}{_MARKS[1]}", system).partition(_MARKS[0])
        inside, _, after = rest.rpartition(_MARKS[1])
        return [
            int(token)
            for text, special in ((before, True), (inside, False), (after, True))
            for token in (self._llama.tokenize(text.encode(), add_bos=False, special=special) if text else ())
        ]


def _spelling(llama: Any, token: int) -> str:
    if token < 0:
        return ""
    spelt: bytes = llama.detokenize([token], special=True)
    return spelt.decode(errors="replace")
