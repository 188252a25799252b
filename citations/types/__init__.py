"""The nouns of citation checking, in the order in which data flows through them.

``Reference`` (what was cited) -> ``Query`` (what a registry is asked) -> ``Answer`` (what it said) ->
``Evidence`` (the answer judged for one reference) -> ``Verdict`` (all evidence together) -> ``CheckedReference``.

Everything here is frozen and free of I/O. Times are aware and in UTC. Strings that came from outside keep the
type ``str``; only renderers escape them.
"""

from citations.types.answers import (
    Answer,
    Asked,
    DoiExists,
    DoiUnknown,
    Found,
    Identifier,
    NotCovered,
    Query,
    Retraction,
    RetractionKind,
    Scheme,
    Unavailable,
    Why,
    Work,
)
from citations.types.cited import (
    Extracted,
    FieldName,
    Fields,
    Kind,
    Location,
    Name,
    Reference,
    Unreadable,
    cited_fields,
)
from citations.types.judged import (
    Argument,
    CheckedReference,
    Comparison,
    Contradiction,
    ContradictionKind,
    Evidence,
    FieldDiff,
    Outcome,
    Severity,
    Status,
    Verdict,
)

__all__ = [
    "Answer",
    "Argument",
    "Asked",
    "CheckedReference",
    "Comparison",
    "Contradiction",
    "ContradictionKind",
    "DoiExists",
    "DoiUnknown",
    "Evidence",
    "Extracted",
    "FieldDiff",
    "FieldName",
    "Fields",
    "Found",
    "Identifier",
    "Kind",
    "Location",
    "Name",
    "NotCovered",
    "Outcome",
    "Query",
    "Reference",
    "Retraction",
    "RetractionKind",
    "Scheme",
    "Severity",
    "Status",
    "Unavailable",
    "Unreadable",
    "Verdict",
    "Why",
    "Work",
    "cited_fields",
]
