"""How often somebody may command one door, zone or output: a program that runs wild wears out no lock."""

import math

from doorward.acs.decision.door import DoorAction
from doorward.acs.errors import RateLimited
from doorward.acs.operation import Work

NEVER_REFUSED = frozenset({DoorAction.LOCKDOWN})
"""Whoever locks down is in danger, perhaps pressing again and again, and a door that is locked down already is no
worse for it."""


def take_turn(work: Work, target_id: str, path: str, action: DoorAction | None = None) -> None:
    """Count a command of this user to a door, zone or output. Raises RateLimited if there were too many."""
    if action in NEVER_REFUSED:
        return
    wait_s = work.domain.commands.take((work.actor.user_id, target_id), 1)
    if wait_s > 0:
        seconds = math.ceil(wait_s)
        raise RateLimited(
            f"These are more commands than may be given in so short a time. Try again in {seconds} s.",
            path,
            seconds=seconds,
        )
