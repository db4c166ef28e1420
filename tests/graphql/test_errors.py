"""The codes that programs know failures by."""

import pytest

from doorward.acs.errors import AcsError, Busy, DatabaseUnusable
from doorward.graphql.errors import ErrorCode, OperationError, code_of

STARTING = {DatabaseUnusable}
"""Failures that end the program before anybody can ask it anything."""


@pytest.mark.parametrize("kind", [kind for kind in AcsError.__subclasses__() if kind not in STARTING])
def test_every_failure_that_a_request_may_meet_has_a_code_of_its_own(kind: type[AcsError]) -> None:
    words = {
        ErrorCode.VALIDATION: "ValidationFailed",
        ErrorCode.PERMISSION: "NotPermitted",
        ErrorCode.SLOW_CONSUMER: "FellBehind",
    }
    code = code_of(kind.__new__(kind))
    assert words.get(code, "".join(map(str.capitalize, code.value.split("_")))) == kind.__name__


def test_who_is_told_that_the_database_is_busy_may_try_again() -> None:
    told = OperationError.of(Busy("Try again in a moment."))
    assert (told.code, told.path) == (ErrorCode.BUSY, [])
