from __future__ import annotations

import pytest

from citations.match.language import reads_as_english


@pytest.mark.parametrize(
    ("title", "english"),
    [
        ("Instance-aware dynamic neural network quantization", True),
        ("Attention is all you need", True),
        ("Wärmetransport geschichteter Oxidkathoden", False),
        ("Waermetransport geschichteter Oxidkathoden", False),
        ("Pengaruh suhu terhadap pertumbuhan tanaman", False),
        ("Zur Elektrodynamik bewegter Körper", False),
        ("Sur la dynamique de l'électron", False),
        ("Estudo da biologia reprodutiva de duas espécies", False),
        ("Evolution thermique", False),
        ("Untersuchung der Transformation", False),
        ("Computing coordinated equilibria in zero-sum extensive-form games", True),
        ("Federated learning with heterogeneous client distributions", True),
        ("", False),
    ],
)
def test_only_a_title_that_plainly_is_english_is_called_so(title, english):
    assert reads_as_english(title) is english
