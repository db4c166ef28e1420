"""Zones, borders, interlocks and forgiveness as the policy has them."""

from collections import defaultdict
from collections.abc import Collection

from tortoise.queryset import QuerySet

from doorward.acs.decision.policy import AntiPassback, BorderPolicy, InterlockPolicy, Side, WhenIsolated, ZonePolicy
from doorward.acs.zones.models import AntiPassbackMode, Interlock, InterlockDoor, Zone, ZoneDoor


async def zone_policies(ids: Collection[str] | None = None) -> tuple[ZonePolicy, ...]:
    """Every zone, or those of `ids` that exist, by id."""
    controllers: dict[str, set[str]] = defaultdict(set)
    borders = ZoneDoor.filter(enter_side__isnull=False)
    if ids is not None:
        borders = borders.filter(zone_id__in=list(ids))
    for zone_id, controller_id in await borders.values_list("zone_id", "door__controller_id"):
        controllers[zone_id].add(controller_id)
    rows: QuerySet[Zone] = Zone.all() if ids is None else Zone.filter(id__in=list(ids))
    return tuple(
        ZonePolicy(
            id=row.id,
            name=row.name,
            parent=row.parent_id,
            anti_passback=_anti_passback(row),
            forgiven_at=row.forgiven_at,
            min_occupancy=row.min_occupancy,
            max_occupancy=row.max_occupancy,
            muster=row.muster,
            shared=len(controllers[row.id]) > 1,
            when_isolated=WhenIsolated(row.when_isolated),
        )
        for row in await rows.order_by("id")
    )


def _anti_passback(row: Zone) -> AntiPassback | None:
    if row.anti_passback is AntiPassbackMode.OFF:
        return None
    return AntiPassback(
        hard=row.anti_passback is AntiPassbackMode.HARD,
        timeout_s=row.timeout_s,
        check_exit=row.check_exit,
        forgive_at=row.forgive_at,
    )


async def border_policies(ids: Collection[str] | None = None) -> tuple[BorderPolicy, ...]:
    """Every border, or those of `ids` ("<zone id>/<door id>") that exist, by zone and door."""
    rows = ZoneDoor.filter(enter_side__isnull=False)
    if ids is not None:
        rows = rows.filter(zone_id__in=list({border_id.partition("/")[0] for border_id in ids}))
    wanted = None if ids is None else frozenset(ids)
    return tuple(
        BorderPolicy(zone_id, door_id, Side(side))
        for zone_id, door_id, side in await rows.order_by("zone_id", "door_id").values_list(
            "zone_id", "door_id", "enter_side"
        )
        if wanted is None or f"{zone_id}/{door_id}" in wanted
    )


async def interlock_policies(ids: Collection[str] | None = None) -> tuple[InterlockPolicy, ...]:
    """Every interlock, or those of `ids` that exist, by id."""
    members = InterlockDoor.all() if ids is None else InterlockDoor.filter(interlock_id__in=list(ids))
    doors: dict[str, list[str]] = defaultdict(list)
    for interlock_id, door_id in await members.values_list("interlock_id", "door_id"):
        doors[interlock_id].append(door_id)
    rows = Interlock.all() if ids is None else Interlock.filter(id__in=list(ids))
    return tuple(
        InterlockPolicy(interlock_id, name, tuple(sorted(doors[interlock_id])))
        for interlock_id, name in await rows.order_by("id").values_list("id", "name")
    )
