"""What is installed is what was tested: the built wheel, in a fresh environment, away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"citations", "probes", "verifier"}


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("VERIFIER_", "PYTHON"))}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the sdist, and the wheel that was made from it."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that holds the wheel and its dependencies, nothing else."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    (wheel,) = built.glob("*.whl")
    done = run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def test_the_wheel_holds_our_packages_and_the_migrations_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES
    assert [name for name in names if Path(name).stem.startswith(("test_", "conftest"))] == []
    assert any(name.startswith("verifier/_migrations/versions/") for name in names)
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)


def test_the_wheel_is_pure_python(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")


def test_every_data_file_of_the_checkout_is_in_the_wheel(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set() == ours - names


def test_the_sdist_holds_no_shared_data_and_no_caches(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert [name for name in names if "shared" in name or "__pycache__" in name] == []


def test_the_installed_command_scans_a_bibliography(installed: Path, tmp_path: Path) -> None:
    """Also where the user has folders of his own that are called as our packages are."""
    for name in ("migrations", "citations", "probes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('the wrong package was imported')\n")
    bib = tmp_path / "refs.bib"
    bib.write_text("@article{a, title={On Computable Numbers}, author={Turing, Alan}, journal={PLMS}, year={1937}}\n")
    done = run(
        installed / "verifier", "scan", "refs.bib", "--offline", "--db", f"sqlite:///{tmp_path / 'flags.sqlite'}",
        cwd=tmp_path, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"), XDG_DATA_HOME=str(tmp_path / "data"),
    )  # fmt: skip
    assert (done.returncode, done.stderr if "Traceback" in done.stderr else "") == (3, "")
    assert "unchecked" in done.stdout
    assert (tmp_path / "flags.sqlite").is_file()


def test_the_installed_command_names_what_an_extra_would_add(installed: Path, tmp_path: Path) -> None:
    done = run(
        installed / "verifier",
        "ask",
        "--model",
        tmp_path / "no.gguf",
        "five references",
        cwd=tmp_path,
        HOME=str(tmp_path),
    )
    assert done.returncode == 2
    assert "pip install" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_base_install_needs_no_compiler(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "python", "-m", "pip", "list", cwd=tmp_path)
    assert "llama" not in done.stdout.lower()


def test_doctor_says_when_another_distribution_shadows_ours(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "citations").mkdir()
    (tmp_path / "citations" / "__init__.py").write_text("")
    done = run(installed / "verifier", "doctor", cwd=tmp_path, PYTHONPATH=str(tmp_path), HOME=str(tmp_path))
    assert "citations" in done.stdout + done.stderr
    assert done.returncode == 2
