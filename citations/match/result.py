"""What comparing one field can say."""

from __future__ import annotations

from citations.types import FieldDiff

AGREED = "agreed"
NOT_COMPARED = "not compared"
Result = FieldDiff | str
"""A difference, or that the field agreed, or that one side does not hold it."""
