"""What may be done to zones: making and changing them and their doors."""

from collections.abc import Sequence
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.decision.policy import WhenIsolated
from doorward.acs.doors.models import Door
from doorward.acs.errors import Conflict, NotFound
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.used_by import named, uses_of
from doorward.acs.zones.doors import GivenDoor, mark_layout, put_doors, refuse_missing_readers
from doorward.acs.zones.layout import read_layout
from doorward.acs.zones.models import AntiPassbackMode, Presence, Zone, ZoneDoor
from doorward.acs.zones.nesting import check_parent
from doorward.acs.zones.settings import ZoneChanges, apply_settings, told
from doorward.acs.zones.uses import ZONE_USES


@operation(Permission.CONFIGURATION_WRITE)
async def create_zone(
    work: Work, name: str, settings: ZoneChanges | None = None, doors: Sequence[GivenDoor] = ()
) -> Zone:
    """A new zone with its settings and doors."""
    zone = Zone(
        id=new_id(),
        anti_passback=AntiPassbackMode.OFF,
        when_isolated=WhenIsolated.LOCAL,
        timeout_s=0,
        check_exit=False,
        min_occupancy=0,
        muster=False,
        version=1,
    )
    changes: ZoneChanges = {**(settings or {}), "name": name}
    await _locked_zones(work)
    before = await read_layout(work.connection)
    await _apply(work, zone, changes)
    await zone.save(using_db=work.connection, force_create=True)
    await put_doors(work, zone.id, doors)
    await refuse_missing_readers(work, [zone.id])
    await mark_layout(work, before, await read_layout(work.connection), zone.id)
    after = {"id": zone.id, **await _snapshot(work, zone)}
    work.audit(EventType.ZONE_CREATED, of=zone, after=after, zone_id=zone.id)
    return zone


@operation(Permission.CONFIGURATION_WRITE)
async def update_zone(
    work: Work,
    zone_id: str,
    changes: ZoneChanges,
    doors: Sequence[GivenDoor] | None = None,
    expected_version: int | None = None,
) -> Zone:
    """Change a zone, and its doors unless they are None. Raises Conflict if it is no longer at `expected_version`."""
    return await _update(work, zone_id, changes, doors, expected_version)


@operation(Permission.CONFIGURATION_WRITE)
async def set_zone_doors(
    work: Work, zone_id: str, doors: Sequence[GivenDoor], expected_version: int | None = None
) -> Zone:
    """Make these the zone's doors."""
    return await _update(work, zone_id, {}, doors, expected_version)


async def _update(
    work: Work, zone_id: str, changes: ZoneChanges, doors: Sequence[GivenDoor] | None, expected_version: int | None
) -> Zone:
    zone = _found(await _locked_zones(work), zone_id)
    check.version(zone.version, expected_version)
    layout, before = await read_layout(work.connection), await _snapshot(work, zone)
    await _apply(work, zone, changes)
    if doors is not None:
        await put_doors(work, zone.id, doors)
    after = await _snapshot(work, zone)
    if after == before:
        return zone
    zone.version += 1
    await zone.save(using_db=work.connection)
    await refuse_missing_readers(work, [zone.id])
    await mark_layout(work, layout, await read_layout(work.connection), zone.id)
    work.audit(EventType.ZONE_UPDATED, of=zone, before=before, after=after, zone_id=zone.id)
    return zone


@operation(Permission.CONFIGURATION_WRITE)
async def delete_zone(work: Work, zone_id: str, expected_version: int | None = None) -> None:
    """Delete a zone that no rule names and no zone lies in. Its doors stay; who was in it is in its parent."""
    zones = await _locked_zones(work)
    zone = _found(zones, zone_id)
    check.version(zone.version, expected_version)
    if inner := sorted(other.name for other in zones if other.parent_id == zone.id):
        raise Conflict(f"{zone.name} contains {', '.join(inner)}. Move them out or delete them first.", "id")
    if uses := await uses_of(ZONE_USES, zone.id):
        raise Conflict(f"{zone.name} is named by {named(uses)}. Take it out of them first.", "id")
    layout, before = await read_layout(work.connection), await _snapshot(work, zone)
    await ZoneDoor.filter(zone_id=zone.id).using_db(work.connection).delete()
    await Presence.filter(zone_id=zone.id).using_db(work.connection).update(zone_id=zone.parent_id)
    await zone.delete(using_db=work.connection)
    await mark_layout(work, layout, await read_layout(work.connection), zone.id)
    work.audit(EventType.ZONE_DELETED, of=zone, before={"id": zone.id, **before}, zone_id=zone.id)


async def _locked_zones(work: Work) -> list[Zone]:
    """Every zone, until this transaction ends: a zone's place is a matter of all of them."""
    return await Zone.all().order_by("id").select_for_update().using_db(work.connection)


def _found(zones: Sequence[Zone], zone_id: str) -> Zone:
    for zone in zones:
        if zone.id == zone_id:
            return zone
    raise NotFound("There is no such zone.", "id")


async def _apply(work: Work, zone: Zone, changes: ZoneChanges) -> None:
    """Check the changes and put them on the row, without saving it."""
    apply_settings(zone, changes)
    if "name" in changes:
        message = f"There is a zone called {zone.name} already."
        await check.unique(Zone, work.connection, message, "name", but=zone.id, name=zone.name)
    if changes.get("parent_id") is not None:
        await check.exist(Zone, [zone.parent_id or ""], "parentId", work.connection)
        check_parent(zone.id, zone.parent_id, (await read_layout(work.connection)).parents)


async def _snapshot(work: Work, zone: Zone) -> dict[str, Any]:
    parent = await Zone.get_or_none(id=zone.parent_id, using_db=work.connection) if zone.parent_id else None
    rows = dict(await ZoneDoor.filter(zone_id=zone.id).using_db(work.connection).values_list("door_id", "enter_side"))
    names = await Door.filter(id__in=list(rows)).using_db(work.connection).order_by("name").values_list("id", "name")
    doors = {name: f"entered from {rows[door_id]}" if rows[door_id] else "internal" for door_id, name in names}
    return {**told(zone), "parent": parent.name if parent else None, "doors": doors}
