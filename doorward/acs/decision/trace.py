"""The trace of a decision: what was checked, in order, and what it saw."""

import msgspec


class TraceStep(msgspec.Struct, frozen=True, array_like=True):
    """One check: its name, whether it let the read go on, and what it saw."""

    check: str
    passed: bool
    detail: str
