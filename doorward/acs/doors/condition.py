"""What a decision must know of a door: one answer, for the controller that drives it and for questions about it."""

from doorward.acs.decision.decision import DoorCondition
from doorward.acs.decision.door import DoorMode, Position
from doorward.acs.decision.policy import DoorPolicy


def door_condition(
    door: DoorPolicy, mode: DoorMode, position: Position, *, online: bool, released: bool
) -> DoorCondition:
    """The condition of a door in this mode, at this position, and released by somebody or not.

    Whether it is closed is known only where a sensor tells of it.
    """
    known = door.has_position and position is not Position.UNKNOWN
    return DoorCondition(
        lockdown=mode is DoorMode.LOCKDOWN,
        online=online,
        closed=position is Position.CLOSED if known else None,
        locked=mode is not DoorMode.UNLOCKED and not released,
    )
