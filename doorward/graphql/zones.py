"""Zones, interlocks, and who is where, in the API."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.decision.policy import Side as DomainSide
from doorward.acs.zones import models
from doorward.acs.zones import models as zones_rows
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.interlock_operations import create_interlock, delete_interlock, update_interlock
from doorward.acs.zones.operations import create_zone, delete_zone, update_zone
from doorward.acs.zones.queries import (
    InterlockParts,
    ZoneParts,
    list_interlocks,
    list_zones,
    occupancy,
    page_interlocks,
    page_zones,
)
from doorward.acs.zones.settings import ZoneChanges, time_of_day
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.doors import ZoneName
from doorward.graphql.enums import AntiPassbackMode, NameOrder, Side, WhenIsolated
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, in_context, listed


@strawberry.type(description="A door as zones and interlocks mention it; door(id) has the rest.")
class DoorName:
    """A door's id and name."""

    id: strawberry.ID
    name: str


@strawberry.type(description="A door of a zone.")
class ZoneDoor:
    """A perimeter door with the side that enters the zone, or an internal door."""

    door: DoorName
    """Which door it is."""
    enter_side: Side | None = strawberry.field(
        description="Passing the door from this side enters the zone, from the other side leaves it; null: internal."
    )


@strawberry.type(description="An area that doors lead into and out of.")
class Zone(Node):
    """A zone with its settings, its doors, and how many people are in it."""

    id: strawberry.ID
    name: str
    parent: ZoneName | None
    """The zone that it lies in; null: in none."""
    anti_passback: AntiPassbackMode
    """What comes of entering it twice."""
    timeout: timedelta = strawberry.field(
        description="So long after entering, in whole seconds, one may enter again; PT0S: not before leaving."
    )
    check_exit: bool = strawberry.field(description="Who is known to be elsewhere may not leave the zone either.")
    forgive_at: str | None = strawberry.field(
        description="HH:MM, local: everybody is forgiven then, every day. Null: never by itself."
    )
    forgiven_at: datetime | None
    """When everybody in it was last forgiven; null: never."""
    min_occupancy: int = strawberry.field(description="So many enter it when empty, and leave it, together; 0: any.")
    max_occupancy: int | None
    """So many may be in it at most; null: any."""
    muster: bool
    """Who comes here in an emergency is safe."""
    when_isolated: WhenIsolated
    """What it does at a controller that cannot reach the others of it."""
    shared: bool = strawberry.field(description="Its perimeter hangs on several controllers: `whenIsolated` matters.")
    doors: list[ZoneDoor]
    """The doors that lead into it, and those within it."""
    doors_without_position: list[DoorName] = strawberry.field(
        description="Perimeter doors without a position sensor, where anti-passback cannot see whether anybody passed."
    )
    occupancy: int = strawberry.field(description="People in the zone and in the zones inside it.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


@strawberry.type(description="Doors of which one is released only while all the others are closed and locked.")
class Interlock(Node):
    """An interlock (mantrap)."""

    id: strawberry.ID
    name: str
    doors: list[DoorName]
    """Those of which one at a time is released; two or more."""
    shared: bool = strawberry.field(
        description="The doors hang on several controllers, which must hear of each other to release one."
    )
    version: int


def zone_name(row: models.Zone) -> ZoneName:
    """A zone as others mention it."""
    return ZoneName(id=strawberry.ID(row.id), name=row.name)


async def shown_zones(context: ApiContext, found: list[ZoneParts]) -> list[Zone]:
    """Zones as the API shows them."""
    counts = await occupancy(context.actor, [parts.zone.id for parts in found])
    return [_zone(parts, counts.get(parts.zone.id, 0)) for parts in found]


def _zone(parts: ZoneParts, people: int) -> Zone:
    row = parts.zone
    doors = [
        ZoneDoor(door=DoorName(id=strawberry.ID(place.door.id), name=place.door.name), enter_side=place.enter_side)
        for place in parts.doors
    ]
    return Zone(
        id=strawberry.ID(row.id),
        name=row.name,
        parent=zone_name(row.parent) if row.parent else None,
        anti_passback=row.anti_passback,
        timeout=timedelta(seconds=row.timeout_s),
        check_exit=row.check_exit,
        forgive_at=time_of_day(row.forgive_at),
        forgiven_at=row.forgiven_at,
        min_occupancy=row.min_occupancy,
        max_occupancy=row.max_occupancy,
        muster=row.muster,
        when_isolated=row.when_isolated,
        shared=parts.shared,
        doors=doors,
        doors_without_position=[place.door for place in doors if place.door.id in parts.without_position],
        occupancy=people,
        version=row.version,
    )


def _interlock(parts: InterlockParts) -> Interlock:
    return Interlock(
        id=strawberry.ID(parts.interlock.id),
        name=parts.interlock.name,
        doors=[DoorName(id=strawberry.ID(door.id), name=door.name) for door in parts.doors],
        shared=parts.shared,
        version=parts.interlock.version,
    )


@strawberry.input(description="A door to put into a zone.")
class ZoneDoorInput:
    """A door and how it lies to the zone."""

    door_id: strawberry.ID
    enter_side: Side | None = strawberry.field(
        default=DomainSide.A, description="The side from which the zone is entered; null: an internal door."
    )


@strawberry.input(description="The settings of a zone; what is left out stays as it is, or has its default.")
class ZoneSettingsInput:
    """See Zone."""

    parent_id: strawberry.ID | None = UNSET
    """The zone that it is to lie in; null: in none."""
    anti_passback: AntiPassbackMode | None = UNSET
    timeout: timedelta | None = UNSET
    check_exit: bool | None = UNSET
    forgive_at: str | None = UNSET
    min_occupancy: int | None = UNSET
    max_occupancy: int | None = UNSET
    """So many may be in it at most; null: any number."""
    muster: bool | None = UNSET
    when_isolated: WhenIsolated | None = UNSET


@strawberry.input(description="A zone to create.")
class CreateZoneInput(ZoneSettingsInput, Keyed):
    """Name, settings and doors."""

    name: str
    doors: list[ZoneDoorInput] = strawberry.field(default_factory=list)
    """Each belongs to it as a perimeter door or an internal one."""


@strawberry.input(description="What to change in a zone; what is left out stays as it is.")
class UpdateZoneInput(ZoneSettingsInput, Keyed):
    """`doors` replaces the zone's doors."""

    id: strawberry.ID
    name: str | None = UNSET
    doors: list[ZoneDoorInput] | None = UNSET
    """All its doors; these replace those before."""
    expected_version: int | None = None


@strawberry.input(description="An interlock to create: at least two doors.")
class CreateInterlockInput(Keyed):
    """Name and doors."""

    name: str
    door_ids: list[strawberry.ID]
    """Those of which one at a time is to be released; two or more."""


@strawberry.input(description="What to change in an interlock; null stays as it is.")
class UpdateInterlockInput(Keyed):
    """`doorIds` replaces the doors."""

    id: strawberry.ID
    name: str | None = None
    door_ids: list[strawberry.ID] | None = None
    expected_version: int | None = None


@strawberry.type(description="The zone as it now is, or why nothing was done.")
class ZonePayload:
    """Result of a change to a zone."""

    zone: Zone | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The interlock as it now is, or why nothing was done.")
class InterlockPayload:
    """Result of a change to an interlock."""

    interlock: Interlock | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


_SETTINGS = ("name", *(set(ZoneSettingsInput.__annotations__) - {"timeout"}), "timeout_s")
_MAY_BE_NULL = frozenset({"parent_id", "forgive_at", "max_occupancy"})


def _changes(given: CreateZoneInput | UpdateZoneInput) -> ZoneChanges:
    return cast(ZoneChanges, sent(given, _SETTINGS, may_be_null=_MAY_BE_NULL))


def given_zone_doors(given: Iterable[ZoneDoorInput]) -> list[GivenDoor]:
    """The doors as the operations take them."""
    return [GivenDoor(door.door_id, door.enter_side) for door in given]


@strawberry.input(description="Which zones; what is left out, or null, does not restrict.")
class ZoneFilter:
    """See Zone."""

    ids: list[strawberry.ID] | None = strawberry.field(default=None, description="At most 100.")
    parent_id: strawberry.ID | None = strawberry.field(default=None, description="Those directly inside this one.")
    door_id: strawberry.ID | None = strawberry.field(default=None, description="Those that this door belongs to.")
    anti_passback: AntiPassbackMode | None = None
    """Those with this setting."""
    muster: bool | None = None
    """Only muster zones, or only the others."""


@strawberry.input(description="Which interlocks; what is left out, or null, does not restrict.")
class InterlockFilter:
    """See Interlock."""

    door_id: strawberry.ID | None = strawberry.field(default=None, description="Those that this door belongs to.")


@strawberry.type
class ZoneQuery:
    """Queries about zones and interlocks."""

    zones = listed(
        Zone,
        by_actor(page_zones),
        in_context(shown_zones),
        "Zones, by name. Permission: door.view.",
        filter=ZoneFilter,
        order=NameOrder,
        rows=zones_rows.Zone,
    )

    interlocks = listed(
        Interlock,
        by_actor(page_interlocks),
        each(_interlock),
        "Interlocks, by name. Permission: door.view.",
        filter=InterlockFilter,
        order=NameOrder,
        rows=zones_rows.Interlock,
    )


@strawberry.type
class ZoneMutation:
    """Changes to zones and interlocks."""

    @mutation(description="Create a zone. Permission: configuration.write.")
    async def create_zone(self, info: ApiInfo, input: CreateZoneInput) -> ZonePayload:
        context = info.context
        row = await create_zone(
            context.domain, context.actor, input.name, _changes(input), given_zone_doors(input.doors)
        )
        shown = await shown_zones(context, await list_zones(context.actor, [row.id]))
        return ZonePayload(zone=shown[0])

    @mutation(description="Change a zone. Permission: configuration.write.")
    async def update_zone(self, info: ApiInfo, input: UpdateZoneInput) -> ZonePayload:
        context = info.context
        doors = None if input.doors is UNSET or input.doors is None else given_zone_doors(input.doors)
        await update_zone(context.domain, context.actor, input.id, _changes(input), doors, input.expected_version)
        shown = await shown_zones(context, await list_zones(context.actor, [input.id]))
        return ZonePayload(zone=shown[0])

    @mutation(
        description="Delete a zone that no access rule names and no zone lies in. Permission: configuration.write."
    )
    async def delete_zone(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_zone(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)

    @mutation(description="Create an interlock. Permission: configuration.write.")
    async def create_interlock(self, info: ApiInfo, input: CreateInterlockInput) -> InterlockPayload:
        context = info.context
        row = await create_interlock(context.domain, context.actor, input.name, input.door_ids)
        found = await list_interlocks(context.actor, [row.id])
        return InterlockPayload(interlock=_interlock(found[0]))

    @mutation(description="Change an interlock. Permission: configuration.write.")
    async def update_interlock(self, info: ApiInfo, input: UpdateInterlockInput) -> InterlockPayload:
        context = info.context
        await update_interlock(
            context.domain, context.actor, input.id, input.name, input.door_ids, input.expected_version
        )
        found = await list_interlocks(context.actor, [input.id])
        return InterlockPayload(interlock=_interlock(found[0]))

    @mutation(description="Delete an interlock. Permission: configuration.write.")
    async def delete_interlock(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_interlock(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
