"""Access rules as the policy has them: zones resolved to door sides, disabled and incomplete ones left out."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from tortoise.models import Model

from doorward.acs.decision.policy import AccessRulePolicy, DoorSide, Side
from doorward.acs.rules.models import (
    AccessRule,
    AccessRuleCardholder,
    AccessRuleGroup,
    AccessRuleSchedule,
    AccessRuleSide,
    AccessRuleZone,
)
from doorward.acs.rules.places import zone_sides
from doorward.acs.zones.layout import read_layout

_CHUNK = 2_500
"""So many rows are read in one turn of the event loop (some milliseconds)."""


async def rule_policies(
    controller_door_ids: Collection[str], ids: Collection[str] | None = None
) -> tuple[AccessRulePolicy, ...]:
    """Every rule, or those of `ids`, that lets anybody through one of these doors at any time, by id.

    Each has only the door sides of these doors. Rules that are disabled, that lack people, places or schedules, or
    that lead to none of these doors are left out; rules whose period is over or to come are not.
    """
    rows = AccessRule.filter(enabled=True)
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    found = await rows.order_by("id").values_list("id", "name", "valid_from", "valid_to")
    wanted = None if ids is None else [row[0] for row in found]
    groups = await _members(AccessRuleGroup, "group_id", wanted)
    cardholders = await _members(AccessRuleCardholder, "cardholder_id", wanted)
    schedules = await _members(AccessRuleSchedule, "schedule_id", wanted)
    sides = await _sides(frozenset(controller_door_ids), wanted)
    return tuple(
        AccessRulePolicy(
            id=rule_id,
            name=name,
            groups=groups.get(rule_id, ()),
            cardholders=cardholders.get(rule_id, ()),
            schedules=schedules[rule_id],
            door_sides=tuple(sorted(sides[rule_id], key=lambda place: (place.door_id, place.side))),
            valid_from=_utc(valid_from),
            valid_to=_utc(valid_to),
        )
        for rule_id, name, valid_from, valid_to in found
        if rule_id in schedules and rule_id in sides and (rule_id in groups or rule_id in cardholders)
    )


async def _members(model: type[Model], column: str, rule_ids: list[str] | None) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for rule_id, member in await _rows(model, rule_ids, "rule_id", column):
        found[rule_id].append(member)
    return {rule_id: tuple(sorted(members)) for rule_id, members in found.items()}


async def _sides(door_ids: frozenset[str], rule_ids: list[str] | None) -> dict[str, set[DoorSide]]:
    found: dict[str, set[DoorSide]] = defaultdict(set)
    for rule_id, door_id, side in await _rows(AccessRuleSide, rule_ids, "rule_id", "door_id", "side"):
        if door_id in door_ids:
            found[rule_id].add(DoorSide(door_id, Side(side)))
    layout = await read_layout()
    resolved: dict[str, list[DoorSide]] = {}
    for rule_id, zone_id in await _rows(AccessRuleZone, rule_ids, "rule_id", "zone_id"):
        if zone_id not in resolved:
            resolved[zone_id] = [place for place in zone_sides(layout, zone_id) if place.door_id in door_ids]
        if resolved[zone_id]:
            found[rule_id].update(resolved[zone_id])
    return found


async def _rows(model: type[Model], rule_ids: list[str] | None, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of these rules, read in chunks: rules may name hundreds of thousands of cardholders and doors."""
    rows = model.all() if rule_ids is None else model.filter(rule_id__in=rule_ids)
    found: list[tuple[Any, ...]] = []
    last = 0
    while chunk := await rows.filter(id__gt=last).order_by("id").limit(_CHUNK).values_list("id", *columns):
        last = chunk[-1][0]
        found += [row[1:] for row in chunk]
    return found


def _utc(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC) if value else None
