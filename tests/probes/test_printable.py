"""What a stranger wrote into a model or a probe cannot move the cursor of whoever looks at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.artefact import read_probe
from probes.errors import ProbeUnreadable
from probes.gguf import facts_of
from probes.install import ANY_MODEL, SHIPPED


@pytest.mark.parametrize("escape", ["\\u001b[2J", "\\u202e", "\\n"], ids=["escape", "direction", "line"])
def test_a_probe_with_unprintable_text_is_refused(escape: str) -> None:
    content = (SHIPPED / ANY_MODEL).read_bytes()
    name = b'"logits of any model"'
    assert read_probe(content, "plain").name == "logits of any model"
    with pytest.raises(ProbeUnreadable, match="holds characters that cannot be printed"):
        read_probe(content.replace(name, f'"{escape}"'.encode()), "hostile")


def test_the_name_of_a_model_is_one_short_printable_line(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(b"GGUF")
    facts = facts_of({"general.name": "a\x1b[2J\nb" + "c" * 999}, tmp_path / "m.gguf", 1)
    assert facts.name == "a[2J b" + "c" * 194
