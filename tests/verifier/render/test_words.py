from __future__ import annotations

import pytest

from citations.types import Status
from tests.verifier.samples import checked, full_report
from verifier.render.words import WORST_FIRST, counts_line, safe_url, what_differs


def test_every_verdict_has_its_place_in_the_order():
    assert sorted(WORST_FIRST) == sorted(Status)


@pytest.mark.parametrize("status", list(Status))
def test_every_verdict_says_why(status):
    assert what_differs(checked(status).verdict)


def test_counts_leave_nothing_out():
    assert counts_line(full_report()) == (
        "1 verified, 1 unverifiable, 1 unchecked, 1 mismatch, 1 not_found, 1 retracted, 1 fabricated, "
        "1 unreadable, 1 input failed"
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "http://x y", 'https://x"y', "index:/path", ""]
)
def test_only_web_addresses_become_links(url):
    assert safe_url(url) == ""
