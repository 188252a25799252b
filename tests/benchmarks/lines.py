"""One line of the table that the measurements print: what was measured, what came out, and what was to be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """How a number reads."""

    PERCENT = "%"
    COUNT = ""
    SECONDS = "s"
    MEGABYTES = "MB"
    PER_SECOND = "/s"
    MILLISECONDS = "ms"
    F1 = "F1"


@dataclass(frozen=True)
class Line:
    """One number beside its target."""

    what: str
    value: float
    """A share between 0 and 1 where the unit is per cent."""
    unit: Unit = Unit.PERCENT
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached, ``None`` where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.value >= self.at_least if self.at_least is not None else None

    @property
    def target(self) -> str:
        """The target as printed."""
        if self.at_most is not None:
            return f"<= {shown(self.at_most, self.unit)}"
        return f">= {shown(self.at_least, self.unit)}" if self.at_least is not None else ""


def shown(value: float, unit: Unit) -> str:
    """A number as people read it.

    >>> shown(0.00123, Unit.PERCENT), shown(11825, Unit.COUNT)
    ('0.123 %', '11,825')
    """
    match unit:
        case Unit.PERCENT:
            return f"{100 * value:.3g} %" if value < 0.9 or value == 1 else f"{100 * value:.2f} %"
        case Unit.F1:
            return f"{value:.3f}"
        case Unit.COUNT:
            return f"{value:,.0f}"
        case Unit.PER_SECOND:
            return f"{value:,.0f}/s"
        case _:
            return f"{value:,.3g} {unit}" if value < 1000 else f"{value:,.0f} {unit}"


def table(lines: Iterable[Line]) -> str:
    """The lines as a table of plain text."""
    words = {True: "met", False: "NOT MET", None: ""}
    rows = [(line.what, shown(line.value, line.unit), line.target, words[line.met], line.note) for line in lines]
    widths = [max(len(row[column]) for row in rows) if rows else 0 for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]).rstrip()
        for row in rows
    )
