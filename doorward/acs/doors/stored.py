"""The settings of a door as its rows have them, read whole and written whole."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs import check
from doorward.acs.decision.policy import DoubleSwipe, FirstPersonIn, Side, TwoPersonRule
from doorward.acs.doors.models import Controller, Door, DoorGroup, DoorInput, DoorLock, DoorSchedule
from doorward.acs.doors.settings import DoorGroupUse, DoorScheduleUse, NewDoor
from doorward.acs.doors.wiring import InputWire, LockWire
from doorward.acs.errors import NotFound
from doorward.acs.operation import Work
from doorward.acs.people.models import Group
from doorward.acs.profiles.models import Profile
from doorward.acs.reach import PlaceKind
from doorward.acs.schedules.models import ScheduleRow

_COLUMNS = (
    "name", "controller_id", "access_time_ms", "held_after_ms", "relock_on", "relock_delay_ms", "forced_alarm",
    "held_alarm", "rex_unlocks", "kind", "hub_address", "lock_address", "long_access_time_ms", "long_held_after_ms",
    "pre_alarm_ms", "has_position", "profile_id", "escort_required",
)  # fmt: skip


async def locked_door(work: Work, door_id: str, path: str = "id") -> Door:
    """The door, held until the operation ends. Raises NotFound."""
    found = await Door.select_for_update().using_db(work.connection).get_or_none(id=door_id)
    if found is None or not work.reach().has(PlaceKind.DOOR, door_id):
        raise NotFound("There is no such door.", path)
    return found


async def lock_wiring(work: Work) -> None:
    """Let no two operations share out ports at the same time."""
    await Controller.select_for_update().using_db(work.connection).order_by("id")


async def settings_of(doors: Sequence[Door], connection: BaseDBAsyncClient | None = None) -> dict[str, NewDoor]:
    """All that is set on each of the doors, by door id."""
    ids = [door.id for door in doors]
    schedules: dict[tuple[str, DoorScheduleUse], list[str]] = defaultdict(list)
    for schedule in await DoorSchedule.filter(door_id__in=ids).using_db(connection).order_by("id"):
        schedules[schedule.door_id, schedule.purpose].append(schedule.schedule_id)
    groups: dict[tuple[str, DoorGroupUse], list[str]] = defaultdict(list)
    for group in await DoorGroup.filter(door_id__in=ids).using_db(connection).order_by("id"):
        groups[group.door_id, group.purpose].append(group.group_id)
    return {
        door.id: NewDoor(
            **{column: getattr(door, column) for column in _COLUMNS},
            two_person=_two_person(
                door,
                schedules[door.id, DoorScheduleUse.TWO_PERSON],
                groups[door.id, DoorGroupUse.TWO_PERSON],
            ),
            double_swipe=(
                DoubleSwipe(door.double_swipe_timeout_ms) if door.double_swipe_timeout_ms is not None else None
            ),
            unlock_schedule_ids=tuple(schedules[door.id, DoorScheduleUse.UNLOCK]),
            first_person=(
                FirstPersonIn(tuple(groups[door.id, DoorGroupUse.FIRST_PERSON])) if door.first_person else None
            ),
        )
        for door in doors
    }


def _two_person(door: Door, schedule_ids: list[str], group_ids: list[str]) -> TwoPersonRule | None:
    if not door.two_person_sides:
        return None
    sides = tuple(Side(letter) for letter in door.two_person_sides)
    return TwoPersonRule(sides, tuple(schedule_ids), door.two_person_timeout_ms, tuple(group_ids))


def put_settings(door: Door, given: NewDoor) -> None:
    """Put the settings on the row, without saving it. Schedules and groups are in tables of their own."""
    for column in _COLUMNS:
        setattr(door, column, getattr(given, column))
    rule = given.two_person
    door.two_person_sides = "".join(sorted(side.value for side in rule.sides)) if rule else ""
    if rule:
        door.two_person_timeout_ms = rule.timeout_ms
    door.double_swipe_timeout_ms = given.double_swipe.timeout_ms if given.double_swipe else None
    door.first_person = given.first_person is not None


async def write_uses(work: Work, door_id: str, given: NewDoor) -> None:
    """Write the schedules and groups of a door anew."""
    await DoorSchedule.filter(door_id=door_id).using_db(work.connection).delete()
    await DoorGroup.filter(door_id=door_id).using_db(work.connection).delete()
    for purpose, schedule_ids in _schedules(given).items():
        for schedule_id in dict.fromkeys(schedule_ids):
            await DoorSchedule.create(
                using_db=work.connection, door_id=door_id, schedule_id=schedule_id, purpose=purpose
            )
    for group_purpose, group_ids in _groups(given).items():
        for group_id in dict.fromkeys(group_ids):
            await DoorGroup.create(using_db=work.connection, door_id=door_id, group_id=group_id, purpose=group_purpose)


def _schedules(given: NewDoor) -> dict[DoorScheduleUse, tuple[str, ...]]:
    return {
        DoorScheduleUse.UNLOCK: given.unlock_schedule_ids,
        DoorScheduleUse.TWO_PERSON: given.two_person.schedules if given.two_person else (),
    }


def _groups(given: NewDoor) -> dict[DoorGroupUse, tuple[str, ...]]:
    return {
        DoorGroupUse.TWO_PERSON: given.two_person.groups if given.two_person else (),
        DoorGroupUse.FIRST_PERSON: given.first_person.groups if given.first_person else (),
    }


async def check_references(work: Work, given: NewDoor) -> None:
    """Everything that the settings name exists. Raises NotFound with the input's name."""
    connection = work.connection
    if given.controller_id is not None:
        await check.exist(Controller, [given.controller_id], "controllerId", connection)
    if given.profile_id is not None:
        await check.exist(Profile, [given.profile_id], "profileId", connection)
    await check.exist(ScheduleRow, given.unlock_schedule_ids, "unlockScheduleIds", connection)
    if given.two_person is not None:
        await check.exist(ScheduleRow, given.two_person.schedules, "twoPerson", connection)
        await check.exist(Group, given.two_person.groups, "twoPerson", connection)
    if given.first_person is not None:
        await check.exist(Group, given.first_person.groups, "firstPerson", connection)


async def wires_of(
    door_ids: Collection[str], connection: BaseDBAsyncClient | None = None
) -> tuple[dict[str, list[LockWire]], dict[str, list[InputWire]]]:
    """The locks (primary first) and the inputs of each of the doors, by door id."""
    locks: dict[str, list[LockWire]] = defaultdict(list)
    for lock in await DoorLock.filter(door_id__in=list(door_ids)).using_db(connection).order_by("rank"):
        locks[lock.door_id].append(LockWire(lock.output, lock.rank, lock.device_id))
    inputs: dict[str, list[InputWire]] = defaultdict(list)
    for row in await DoorInput.filter(door_id__in=list(door_ids)).using_db(connection).order_by("purpose", "id"):
        inputs[row.door_id].append(
            InputWire(
                row.purpose,
                row.port,
                row.side,
                row.device_id,
                row.active_when,
                row.debounce_ms,
                row.supervision,
                row.resistor_ohm,
                row.rex,
                row.emergency,
            )
        )
    return locks, inputs


def snapshot(given: NewDoor) -> dict[str, Any]:
    """The settings as the audit writes them."""
    return msgspec.to_builtins(given)  # type: ignore[no-any-return]
