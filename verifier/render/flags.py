"""Flags and reviews as records for programs: what ``review --format json`` and the twins of the review page hold."""

from __future__ import annotations

import json
from dataclasses import asdict
from io import StringIO
from typing import TYPE_CHECKING

from verifier.render.claim_records import claim_record
from verifier.render.json import JsonlRenderer
from verifier.types import ClaimFinding, Finding

if TYPE_CHECKING:
    from verifier.store.queue import FlagItem, FlagSummary
    from verifier.store.reviews import Decided, Review


def summary_record(summary: FlagSummary, *, blind: bool | None = None) -> dict[str, object]:
    """One line of the queue; verdict and risk of a blind flag are null."""
    is_blind = summary.blind if blind is None else blind
    return {
        "id": summary.id,
        "kind": summary.kind.value,
        "verdict": None if is_blind else summary.status.value,
        "state": summary.state.value,
        "paper": summary.paper,
        "excerpt": summary.excerpt,
        "risk": None if is_blind else summary.risk,
        "seen": summary.seen,
        "created_at": summary.created_at.isoformat(),
        "last_seen_at": summary.last_seen_at.isoformat(),
    }


def item_record(item: FlagItem, *, blind: bool | None = None) -> dict[str, object]:
    """Everything about one flag; ``blind=False`` tells verdict and risk to somebody who has answered already."""
    is_blind = item.summary.blind if blind is None else blind
    return {
        **summary_record(item.summary, blind=is_blind),
        "papers": list(item.papers),
        "held_by": item.held_by,
        "quorum": item.quorum,
        "finding": None if is_blind else _finding_record(item.finding),
        "reviews": [review_record(each) for each in item.reviews],
    }


def _finding_record(flagged: Finding | ClaimFinding) -> object:
    """The record of a reference or claim as reports hold it."""
    if isinstance(flagged, ClaimFinding):
        return asdict(claim_record(flagged))
    line = StringIO()
    JsonlRenderer().reference(flagged, line)
    return json.loads(line.getvalue())


def review_record(review: Review) -> dict[str, object]:
    """One answer of one person."""
    return {
        "id": review.id,
        "flag": review.flag_id,
        "reviewer": review.reviewer,
        "answer": review.answer.value,
        "note": review.note,
        "at": review.at.isoformat(),
        "undoes": review.undoes,
    }


def decided_record(done: Decided) -> dict[str, object]:
    """An answer that was written, and where its flag stands now."""
    return {"review": review_record(done.review), "state": done.state.value}
