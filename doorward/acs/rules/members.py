"""What a rule ties together: its cardholders, groups, places and schedules, as ids and as names."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from tortoise.models import Model

from doorward.acs import check
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.doors.models import Door
from doorward.acs.errors import ValidationFailed
from doorward.acs.operation import Work
from doorward.acs.people.models import Cardholder, Group
from doorward.acs.rules.models import (
    AccessRuleCardholder,
    AccessRuleGroup,
    AccessRuleSchedule,
    AccessRuleSide,
    AccessRuleZone,
)
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.zones.models import Zone

MOST_MEMBERS = 10_000
"""Of each kind: so many ids fit into one query of either database, and more than this are what groups are for."""


class Missing(StrEnum):
    """What an incomplete rule lacks."""

    WHO = "who"
    """It names nobody: no cardholders and no groups."""
    WHERE = "where"
    """It names no place: no zones and no sides of doors."""
    WHEN = "when"
    """It names no schedules."""


def missing_parts(*, who: bool, where: bool, when: bool) -> tuple[Missing, ...]:
    """What a rule lacks that names somebody, some place and some schedule, or does not."""
    named = {Missing.WHO: who, Missing.WHERE: where, Missing.WHEN: when}
    return tuple(part for part, found in named.items() if not found)


@dataclass(frozen=True, slots=True)
class Members:
    """Ids of what a rule names, or of what to add to it or take from it."""

    cardholder_ids: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()
    schedule_ids: tuple[str, ...] = ()
    door_sides: tuple[DoorSide, ...] = ()

    def changed_by(self, add: "Members", remove: "Members") -> "Members":
        """With these added and those removed; what is in both is in it."""
        return Members(
            *(
                _joined(getattr(self, kind.name), getattr(add, kind.name), getattr(remove, kind.name))
                for kind in fields(self)
            )
        )


def _joined(present: Sequence[Any], added: Sequence[Any], removed: Collection[Any]) -> tuple[Any, ...]:
    gone = set(removed)
    return tuple(dict.fromkeys([*(item for item in present if item not in gone), *added]))


@dataclass(frozen=True, slots=True)
class _Link:
    """How one kind of member is stored. `path`: the input field that names it."""

    rows: type[Model]
    column: str
    target: type[Model]
    path: str


_LINKS = {
    "cardholder_ids": _Link(AccessRuleCardholder, "cardholder_id", Cardholder, "cardholderIds"),
    "group_ids": _Link(AccessRuleGroup, "group_id", Group, "groupIds"),
    "zone_ids": _Link(AccessRuleZone, "zone_id", Zone, "zoneIds"),
    "schedule_ids": _Link(AccessRuleSchedule, "schedule_id", ScheduleRow, "scheduleIds"),
}


async def read_members(work: Work, rule_id: str) -> Members:
    """What the rule names now."""
    found: dict[str, Any] = {
        name: tuple(
            await link.rows.filter(rule_id=rule_id)
            .using_db(work.connection)
            .order_by("id")
            .values_list(link.column, flat=True)
        )
        for name, link in _LINKS.items()
    }
    sides = AccessRuleSide.filter(rule_id=rule_id).using_db(work.connection).order_by("id")
    places = tuple(DoorSide(door_id, Side(side)) for door_id, side in await sides.values_list("door_id", "side"))
    return Members(**found, door_sides=places)


async def write_members(work: Work, rule_id: str, before: Members, after: Members) -> None:
    """Store the difference. Raises NotFound for what does not exist, and ValidationFailed for too much."""
    _refuse_too_many(after)
    for name, link in _LINKS.items():
        added, removed = _difference(getattr(before, name), getattr(after, name))
        await check.exist(link.target, added, link.path, work.connection)
        if removed:
            gone = link.rows.filter(rule_id=rule_id, **{f"{link.column}__in": removed})
            await gone.using_db(work.connection).delete()
        rows = [link.rows(rule_id=rule_id, **{link.column: member}) for member in added]
        await link.rows.bulk_create(rows, using_db=work.connection)
    await _write_sides(work, rule_id, before.door_sides, after.door_sides)


def _refuse_too_many(members: Members) -> None:
    paths = {name: link.path for name, link in _LINKS.items()} | {"door_sides": "doorSides"}
    for name, path in paths.items():
        if (count := len(getattr(members, name))) > MOST_MEMBERS:
            raise ValidationFailed(
                f"These are {count}; a rule names at most {MOST_MEMBERS} of a kind. Name groups and zones instead.",
                path,
            )


async def _write_sides(work: Work, rule_id: str, before: Sequence[DoorSide], after: Sequence[DoorSide]) -> None:
    added, removed = _difference(before, after)
    await check.exist(Door, [place.door_id for place in added], "doorSides", work.connection)
    for place in removed:
        gone = AccessRuleSide.filter(rule_id=rule_id, door_id=place.door_id, side=place.side)
        await gone.using_db(work.connection).delete()
    rows = [AccessRuleSide(rule_id=rule_id, door_id=place.door_id, side=place.side) for place in added]
    await AccessRuleSide.bulk_create(rows, using_db=work.connection)


def _difference(before: Iterable[Any], after: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """What is only after, and what is only before, each once."""
    old, new = dict.fromkeys(before), dict.fromkeys(after)
    return [item for item in new if item not in old], [item for item in old if item not in new]


async def told_members(work: Work, members: Members, but: Members) -> dict[str, dict[str, str]]:
    """The members that are not in `but`, as the audit shows them: for each kind, names by id."""
    told: dict[str, dict[str, str]] = {}
    for name, kind, model in (
        ("cardholder_ids", "cardholders", Cardholder),
        ("group_ids", "groups", Group),
        ("zone_ids", "zones", Zone),
        ("schedule_ids", "schedules", ScheduleRow),
    ):
        ids = _difference(getattr(but, name), getattr(members, name))[0]
        rows = await model.filter(id__in=ids).using_db(work.connection) if ids else []
        told[kind] = {row.id: row.display_name if isinstance(row, Cardholder) else row.name for row in rows}
    sides = _difference(but.door_sides, members.door_sides)[0]
    doors = Door.filter(id__in=[place.door_id for place in sides]).using_db(work.connection)
    names = {row.id: row.name for row in await doors} if sides else {}
    told["door_sides"] = {
        f"{place.door_id}/{place.side}": f"{names[place.door_id]}, side {place.side}" for place in sides
    }
    return told
