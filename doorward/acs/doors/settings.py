"""What can be set on a door, and what is acceptable. Pure: what the settings refer to is looked up elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from doorward.acs.decision.policy import DoorKind, DoubleSwipe, FirstPersonIn, RelockOn, Side, TwoPersonRule
from doorward.acs.doors.wiring import WORDS
from doorward.acs.errors import ValidationFailed

LONG_ACCESS_TIME_MS = 30_000
"""The default."""
MIN_DOOR_TIME_MS = 100
MAX_DOOR_TIME_MS = 24 * 60 * 60 * 1000
TWO_PERSON_TIMEOUT_MS = (1_000, 600_000)
DOUBLE_SWIPE_TIMEOUT_MS = (500, 60_000)


class DoorScheduleUse(StrEnum):
    """What a door does while a schedule applies."""

    UNLOCK = "unlock"
    TWO_PERSON = "two_person"


class DoorGroupUse(StrEnum):
    """What a door asks of the members of a group."""

    TWO_PERSON = "two_person"
    FIRST_PERSON = "first_person"


@dataclass(frozen=True, slots=True)
class NewDoor:
    """A door to create, or all that is set on one. Times in milliseconds; see DoorPolicy and the table `door`."""

    name: str
    controller_id: str | None = None
    access_time_ms: int = 7_000
    held_after_ms: int = 20_000
    relock_on: RelockOn = RelockOn.CLOSE
    relock_delay_ms: int = 0
    forced_alarm: bool = True
    held_alarm: bool = True
    rex_unlocks: bool = True
    kind: DoorKind = DoorKind.DOOR
    hub_address: str = ""
    lock_address: str = ""
    long_access_time_ms: int = LONG_ACCESS_TIME_MS
    long_held_after_ms: int = 60_000
    pre_alarm_ms: int = 0
    has_position: bool = True
    profile_id: str | None = None
    two_person: TwoPersonRule | None = None
    double_swipe: DoubleSwipe | None = None
    escort_required: bool = False
    unlock_schedule_ids: tuple[str, ...] = ()
    first_person: FirstPersonIn | None = None


class DoorChanges(TypedDict, total=False):
    """What to change of a door; a missing key stays as it is."""

    name: str
    controller_id: str | None
    access_time_ms: int
    held_after_ms: int
    relock_on: RelockOn
    relock_delay_ms: int
    forced_alarm: bool
    held_alarm: bool
    rex_unlocks: bool
    kind: DoorKind
    hub_address: str
    lock_address: str
    long_access_time_ms: int
    long_held_after_ms: int
    pre_alarm_ms: int
    has_position: bool
    profile_id: str | None
    two_person: TwoPersonRule | None
    double_swipe: DoubleSwipe | None
    escort_required: bool
    unlock_schedule_ids: tuple[str, ...]
    first_person: FirstPersonIn | None


SENSOR_FIELDS = {
    "held_after_ms": "heldAfterMs",
    "long_held_after_ms": "longHeldAfterMs",
    "pre_alarm_ms": "preAlarmMs",
    "relock_on": "relockOn",
    "relock_delay_ms": "relockDelayMs",
    "forced_alarm": "forcedAlarm",
    "held_alarm": "heldAlarm",
}
"""What means nothing without a door position sensor, with its name as an input."""


def check_settings(given: NewDoor, before: NewDoor | None = None) -> None:
    """All the settings of one door, by themselves. `before`: what they were (None: the door is new)."""
    _check_times(given)
    _check_sensor(given, before or NewDoor(given.name, has_position=given.has_position))
    _check_kind(given)
    _check_security(given)


def _check_times(given: NewDoor) -> None:
    for name, value in (
        ("accessTimeMs", given.access_time_ms),
        ("longAccessTimeMs", given.long_access_time_ms),
        ("heldAfterMs", given.held_after_ms),
        ("longHeldAfterMs", given.long_held_after_ms),
    ):
        if not MIN_DOOR_TIME_MS <= value <= MAX_DOOR_TIME_MS:
            raise ValidationFailed(f"This is between {MIN_DOOR_TIME_MS} ms and one day, not {value} ms.", name)
    if given.long_access_time_ms < given.access_time_ms:
        raise ValidationFailed(
            f"The long access time is no shorter than the access time of {given.access_time_ms} ms.",
            "longAccessTimeMs",
        )
    if given.long_held_after_ms < given.held_after_ms:
        raise ValidationFailed(
            f"The long open-too-long time is no shorter than the open-too-long time of {given.held_after_ms} ms.",
            "longHeldAfterMs",
        )
    if not 0 <= given.relock_delay_ms <= given.access_time_ms:
        raise ValidationFailed("The relock delay is between 0 and the access time.", "relockDelayMs")
    if not 0 <= given.pre_alarm_ms < given.held_after_ms:
        raise ValidationFailed(
            "The pre-alarm sounds before the open-too-long time is over: it is between 0 (none) "
            f"and less than {given.held_after_ms} ms.",
            "preAlarmMs",
        )


def _check_sensor(given: NewDoor, before: NewDoor) -> None:
    if given.has_position:
        return
    for field, name in SENSOR_FIELDS.items():
        if getattr(given, field) != getattr(before, field):
            raise ValidationFailed("This needs a door position sensor. Add one to the door first.", name)


def _check_kind(given: NewDoor) -> None:
    if given.controller_id is None and given.kind is not DoorKind.PROVISIONED:
        raise ValidationFailed(
            "Name the controller, or make the door a provisioned one: only that waits for its hardware.",
            "controllerId",
        )
    if given.kind is DoorKind.WIRELESS:
        for name, value in (("hubAddress", given.hub_address), ("lockAddress", given.lock_address)):
            if not value:
                raise ValidationFailed("A wireless door names its communication hub and its lock.", name)
    elif given.hub_address or given.lock_address:
        raise ValidationFailed(
            f"{WORDS[given.kind]} has no wireless lock.", "hubAddress" if given.hub_address else "lockAddress"
        )
    if given.kind is DoorKind.MONITORING:
        _check_monitoring(given)
    if given.kind is DoorKind.FLOOR and given.has_position:
        raise ValidationFailed("A floor has no door position sensor: its doors are the elevator's.", "hasPosition")


def _check_monitoring(given: NewDoor) -> None:
    if not given.has_position:
        raise ValidationFailed("A monitoring door is nothing but its position sensor.", "hasPosition")
    for name, is_set in (
        ("profileId", given.profile_id is not None),
        ("twoPerson", given.two_person is not None),
        ("doubleSwipe", given.double_swipe is not None),
        ("escortRequired", given.escort_required),
        ("unlockScheduleIds", bool(given.unlock_schedule_ids)),
        ("firstPerson", given.first_person is not None),
    ):
        if is_set:
            raise ValidationFailed("A monitoring door has neither lock nor reader; nobody is let through.", name)


def _check_security(given: NewDoor) -> None:
    rule = given.two_person
    if rule is not None:
        _check_timeout(rule.timeout_ms, TWO_PERSON_TIMEOUT_MS, "twoPerson")
        if not rule.sides or len(set(rule.sides)) != len(rule.sides):
            raise ValidationFailed("The two-person rule names side A, side B, or each of them once.", "twoPerson")
        if given.kind is DoorKind.FLOOR and Side.B in rule.sides:
            raise ValidationFailed("A floor has a side A only.", "twoPerson")
    if given.double_swipe is not None:
        _check_timeout(given.double_swipe.timeout_ms, DOUBLE_SWIPE_TIMEOUT_MS, "doubleSwipe")
    if given.first_person is not None and not given.unlock_schedule_ids:
        raise ValidationFailed("First-person-in holds back unlock schedules; give the door one first.", "firstPerson")


def _check_timeout(value_ms: int, bounds_ms: tuple[int, int], name: str) -> None:
    low, high = bounds_ms
    if not low <= value_ms <= high:
        raise ValidationFailed(f"The time-out is between {low} and {high} ms, not {value_ms} ms.", name)


def in_order(sides: Collection[Side]) -> tuple[Side, ...]:
    """Sides in the order A, B."""
    return tuple(side for side in Side if side in sides)
