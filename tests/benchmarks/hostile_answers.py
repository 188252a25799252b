"""Time of ``find_citations`` on hostile text: ``python tests/benchmarks/hostile_answers.py [CHARACTERS]`` (default 1,000,000).

Each shape is run at half and at full length; a linear search takes about twice as long for twice the text.
"""

from __future__ import annotations

import sys
import time

from citations.parse.inline import find_citations

UNITS = (
    "[", "(", "[1]", '"', "“ab cd ", "*a ", "_a ", "2020 ", "(2020) ", "Smith, ", "Smith (2020), ", "@article{a,", "```\n@article{a, t={",
    "http://a", "10.1000/a", "\n", "1. a\n", "- ", "> ", "A", "A. ", "```\n", " ", "[a](http://", "1", "a\x00", '"ab cd" by ',
    "1. x\nAuthors: ", "van de ", "1. A by B, ", "by A ", "Ann et al.'s 2018 paper \"Ab cd\" ", '1. "Ab Cd Ef"\n', "1. papers by A B (2018)\n", "A B, ", "1. Smith, J. (2020). A title here. Journal, 3(2), 1-10.\n",
)  # fmt: skip


def seconds(text: str) -> float:
    start = time.process_time()
    find_citations(text)
    return time.process_time() - start


def main() -> None:
    length = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for unit in UNITS:
        half, full = (seconds(unit * (size // len(unit))) for size in (length // 2, length))
        print(f"{unit[:24]!r:28} {half:7.2f} s {full:7.2f} s  x{full / max(half, 1e-3):.1f}")


if __name__ == "__main__":
    main()
