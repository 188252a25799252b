"""The command ``verifier`` and ``python -m verifier``."""

from __future__ import annotations

import sys

from verifier.shadowing import CURE, shadow, shadow_sentence


def main() -> None:
    """Run the command line, unless a foreign package would run in our place: then one sentence and exit code 2."""
    place = shadow("citations")
    if place:
        sys.exit(_refuse(shadow_sentence("citations", place)))
    from verifier.cli import main as command_line

    command_line()


def _refuse(sentence: str) -> int:
    """Say which package is in the way; ``doctor`` says it as it says everything else."""
    if sys.argv[1:2] == ["doctor"]:
        sys.stdout.write(f"{'broken':<7}{'packages':<11} {sentence}\n{'':<19}hint: {CURE}\n")
    else:
        sys.stderr.write(f"error: {sentence} [shadowed]\n\nhint: {CURE}\n")
    return 2


if __name__ == "__main__":
    main()
