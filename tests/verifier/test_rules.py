from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import citations
from verifier.rules import rules_digest


@pytest.fixture
def rules(tmp_path):
    """A copy of the code that judges."""
    folder = tmp_path / "citations"
    shutil.copytree(Path(citations.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    rules_digest.cache_clear()
    return folder


def changed(rules: Path, name: str) -> bool:
    before = rules_digest(rules)
    (rules / name).write_bytes((rules / name).read_bytes() + b"\n")
    rules_digest.cache_clear()
    return rules_digest(rules) != before


def test_the_same_rules_have_the_same_digest_wherever_they_are_installed(rules):
    assert rules_digest(rules) == rules_digest()
    (rules / "__pycache__").mkdir()
    (rules / "__pycache__" / "verdict.pyc").write_bytes(b"x")
    rules_digest.cache_clear()
    assert rules_digest(rules) == rules_digest()


@pytest.mark.parametrize("name", ["verdict.py", "venues.json", "plan.py", "extract/bibtex_fields.py"])
def test_a_change_of_any_rule_or_table_changes_the_digest(rules, name):
    assert changed(rules, name)


def test_verdicts_of_other_rules_are_not_taken_over(rules, tmp_path):
    """What ``--resume`` takes over is found by a digest of which the rules are a part."""
    shutil.copytree(Path(citations.__file__).parents[1] / "verifier", tmp_path / "verifier")
    program = "from verifier.asking import settings_digest as d; from verifier.config import load_settings as l; print(d(l()))"

    def digest() -> str:
        command = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {program}"]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout

    before = digest()
    assert digest() == before
    (rules / "verdict.py").write_text((rules / "verdict.py").read_text() + "\n")
    assert digest() != before
