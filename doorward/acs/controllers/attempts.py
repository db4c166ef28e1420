"""How often enrolment may be tried. A restart forgives, and a code lives for a quarter of an hour only."""

from collections.abc import Callable
from datetime import datetime

from doorward.acs.attempts import Attempts

MOST_FROM_ONE = 5
"""Failures from one address in a quarter of an hour; then it waits."""
MOST_IN_ALL = 100
"""Failures from everywhere in that time: with 60 bits to guess, that is nothing, and the server is not kept busy."""


def enrolment_attempts(clock: Callable[[], datetime]) -> Attempts:
    """The count of one listener."""
    return Attempts(clock, MOST_FROM_ONE, MOST_IN_ALL)
