"""Problems that real users of llama.cpp from Python had: each row of kind ``engine`` in the shared bank has a checker."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.probes import test_bad_input as bad
from tests.probes import test_probed as probed

CHECKERS: dict[str, tuple[Callable[..., object], ...]] = {
    "eng-api-drift-segfault": (
        bad.test_where_the_capture_cannot_be_attached_the_model_answers_by_its_logits,
        bad.test_a_llama_that_makes_its_contexts_otherwise_still_answers,
    ),
    "eng-logits-minus-one": (bad.test_an_empty_prompt_is_refused, probed.test_what_cannot_be_read_is_one_sentence),
    "eng-struct-layout-changed": (bad.test_a_foreign_layout_is_refused_before_anything_is_decoded_and_never_crashes,),
}
"""The tests that hold the engine to what a row expects."""


def test_every_case_of_the_engine_has_a_checker(shared_data: Path) -> None:
    lines = (shared_data / "cases" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    ids = {row["id"] for row in map(json.loads, lines) if row["kind"] == "engine"}
    assert set(CHECKERS) == ids
