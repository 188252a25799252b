"""Run the bank and print right and wrong by kind, then every problem."""

from __future__ import annotations

import traceback
from collections import Counter

from tests.citations.cases.checkers import problems
from tests.citations.cases.run_case import Case, Ran, cases


def main() -> None:
    """Print the score."""
    right: Counter[str] = Counter()
    listed = cases()
    wrong: list[tuple[Case, list[str]]] = []
    for case in listed:
        try:
            found = problems(Ran(case))
        except Exception:  # noqa: BLE001  one broken case must not hide the others
            found = [traceback.format_exc(limit=-2)]
        if found:
            wrong.append((case, found))
        else:
            right[case.kind] += 1
    for kind, total in Counter(case.kind for case in listed).items():
        print(f"{kind:14} {right[kind]:3} right {total - right[kind]:3} wrong")
    print(f"{'all':14} {right.total():3} right {len(wrong):3} wrong")
    for case, found in wrong:
        print(f"\n{case.id} ({case.kind})")
        for each in found:
            print(f"  {each}")


if __name__ == "__main__":
    main()
