from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from verifier.config import load_settings
from verifier.doctor import Health, examine

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return load_settings(environ={})


def broken(findings):
    return {each.name for each in findings if each.health is Health.BROKEN}


def test_a_place_that_cannot_be_used_is_found(settings, tmp_path):
    (tmp_path / "file").write_text("x")
    assert broken(examine(replace(settings, db=f"sqlite:///{tmp_path / 'file' / 'x.db'}"))) == set()
    (tmp_path / "bad.db").write_text("no database " * 100)
    assert broken(examine(replace(settings, db=f"sqlite:///{tmp_path / 'bad.db'}"))) == {"database"}


def test_a_damaged_index_is_found(settings, tmp_path):
    (tmp_path / "index").mkdir()
    assert broken(examine(replace(settings, index=str(tmp_path / "index")))) == {"index"}


def test_every_trouble_has_a_cure(settings):
    for each in examine(settings):
        assert each.health is Health.OK or each.cure


def test_a_package_of_the_same_name_that_comes_first_is_found(tmp_path):
    (tmp_path / "probes").mkdir()
    (tmp_path / "probes" / "__init__.py").write_text("")
    code = (
        "from verifier.config import load_settings\nfrom verifier.doctor import Health, examine\n"
        "print([each.sentence for each in examine(load_settings()) if each.health is Health.BROKEN])"
    )
    program = f"import sys\nsys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]\n{code}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert f"probes is imported from {tmp_path}/probes/__init__.py" in done.stdout
