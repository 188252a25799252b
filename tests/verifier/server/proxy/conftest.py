from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.verifier.server.proxy.world import World, world


@pytest.fixture(scope="module")
def header() -> Iterator[World]:
    """The usual policy; a check may take long on a busy machine."""
    with world(ceiling_s=20.0) as running:
        yield running
