"""Where a redirect may lead."""

from __future__ import annotations

import pytest

from citations.registries.exchange import _same_site, is_loopback


@pytest.mark.parametrize(
    ("url", "target", "allowed"),
    [
        ("https://api.crossref.org/works/a", "https://api.crossref.org/works/b", True),
        ("https://api.crossref.org/works/a", "https://api.crossref.org:443/works/b", True),
        ("https://api.crossref.org/works/a", "https://www.crossref.org/works/b", True),
        ("http://api.crossref.org/works/a", "https://api.crossref.org/works/a", True),
        ("https://api.crossref.org/works/a", "http://api.crossref.org/works/a", False),
        ("https://api.crossref.org/works/a", "https://evilcrossref.org/", False),
        ("https://api.crossref.org/works/a", "https://crossref.org.evil.example/", False),
        ("https://api.crossref.org/works/a", "https://user:secret@api.crossref.org/", False),
        ("https://api.crossref.org/works/a", "http://127.0.0.1/", False),
        ("https://api.crossref.org/works/a", "https://169.254.169.254/latest", False),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/b", True),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:22/b", False),
        ("http://127.0.0.1:8000/a", "http://10.0.0.1/b", False),
        ("http://localhost:8000/a", "http://evil.localhost:8000/b", False),
        ("https://api.crossref.org/a", "javascript:alert(1)", False),
        ("https://api.crossref.org/a", "", False),
    ],
)
def test_redirects_stay_on_the_site(url, target, allowed):
    assert _same_site(url, target) is allowed


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8000/x", True),
        ("http://127.0.0.1/", True),
        ("http://[::1]:80/", True),
        ("https://api.crossref.org", False),
        ("http://localhost.evil.example/", False),
        ("", False),
    ],
)
def test_loopback_is_recognised(url, expected):
    assert is_loopback(url) is expected
