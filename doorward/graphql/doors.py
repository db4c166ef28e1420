"""Doors and readers in the API, and the commands that move a door."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime

import strawberry

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.queries import cameras_of_doors
from doorward.acs.decision.door import DoorAction
from doorward.acs.domain import Domain
from doorward.acs.doors import models
from doorward.acs.doors import models as doors_rows
from doorward.acs.doors.commands import command_door
from doorward.acs.doors.live import condition
from doorward.acs.doors.manual import set_by
from doorward.acs.doors.queries import list_doors, page_doors, readers_of
from doorward.acs.messages import DoorStatus
from doorward.acs.zones import models as zone_models
from doorward.acs.zones.queries import zones_entered
from doorward.graphql.cameras import Camera
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.enums import (
    CommandStatus,
    DoorCondition,
    DoorMode,
    DoorPosition,
    DoorSetting,
    DoorSource,
    NameOrder,
    Side,
)
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import Edge, Node, by_domain, in_context, listed
from doorward.graphql.states import follow_states


@strawberry.type(description="A zone by its name; zones(ids) has the rest.")
class ZoneName:
    """A zone as others mention it."""

    id: strawberry.ID
    name: str


@strawberry.type(description="A reader at one side of a door.")
class Reader(Node):
    """A reader, whether it can be heard, and where passing it leads (null: outside)."""

    id: strawberry.ID
    name: str
    side: Side
    """The side of the door that it is on."""
    online: bool
    """Whether it can be heard."""
    enters_zone: ZoneName | None
    """Where passing it leads; null: outside."""


@strawberry.type(description="What somebody set a door to by hand.")
class ManualSetting:
    """It holds until a moment or a reset, below an emergency or a threat level."""

    setting: DoorSetting
    """What it was set to."""
    until: datetime | None = strawberry.field(description="Null: until it is reset.")
    set_by: str | None = strawberry.field(
        description="Who did it. Null: nobody knows any more, because the controller was restarted since."
    )


@strawberry.type(description="The present state of a door, as its controller reports it.")
class DoorState:
    """What is true of the door now."""

    condition: DoorCondition
    """All of this in one word: the most urgent that is true."""
    mode: DoorMode
    """What it stands as, whatever it was set by."""
    position: DoorPosition
    """What its position sensor says."""
    online: bool
    """Whether its controller is connected and its device answers."""
    released: bool
    """Whether it is released for a moment; false also while it stays unlocked."""
    forced: bool
    """Whether it was opened without a release and that has not ended."""
    held: bool
    """Whether it has stood open for too long and still does."""
    source: DoorSource
    """What the mode comes from."""
    manual: ManualSetting | None
    """What somebody set it to by hand. Null: it follows its schedules and rules."""

    @classmethod
    def of(cls, status: DoorStatus, set_by: str | None) -> "DoorState":
        """The state in a controller's report, and who set it by hand."""
        manual = status.manual
        return cls(
            condition=condition(status),
            mode=status.mode,
            position=status.position,
            online=status.online,
            released=status.released,
            forced=status.forced,
            held=status.held,
            source=status.source,
            manual=ManualSetting(setting=manual.setting, until=manual.until, set_by=set_by) if manual else None,
        )


@strawberry.type(description="A door as it is now.")
class Door(Node):
    """A door with its state, its readers and the cameras that see it. Times in milliseconds."""

    id: strawberry.ID
    name: str
    state: DoorState
    """As its controller last reported it."""
    readers: list[Reader]
    """Those at both of its sides."""
    cameras: list[Camera]
    """Those that see one of its sides, as far as the caller may see cameras."""
    access_time_ms: int = strawberry.field(description="How long a grant releases the strike, in milliseconds.")
    held_after_ms: int = strawberry.field(description="How long the door may stand open, in milliseconds.")


async def shown_doors(context: ApiContext, rows: Sequence[models.Door]) -> list[Door]:
    """Doors as the API shows them."""
    ids = [row.id for row in rows]
    readers, zones = await readers_of(ids), await zones_entered(ids)
    cameras = await cameras_of_doors(context.actor, ids)
    statuses = [context.domain.doors.status(door_id) for door_id in ids]
    people = await set_by(statuses)
    return [
        Door(
            id=strawberry.ID(row.id),
            name=row.name,
            state=DoorState.of(status, people.get(row.id)),
            readers=[
                _reader(context.domain, reader, zones.get((row.id, reader.side))) for reader in readers.get(row.id, [])
            ],
            cameras=[Camera.of(context.domain, camera) for camera in cameras.get(row.id, [])],
            access_time_ms=row.access_time_ms,
            held_after_ms=row.held_after_ms,
        )
        for row, status in zip(rows, statuses, strict=True)
    ]


def _reader(domain: Domain, row: models.Reader, zone: zone_models.Zone | None) -> Reader:
    return Reader(
        id=strawberry.ID(row.id),
        name=row.name,
        side=row.side,
        online=domain.doors.status(row.door_id).readers_online.get(row.id, False),
        enters_zone=ZoneName(id=strawberry.ID(zone.id), name=zone.name) if zone else None,
    )


@strawberry.input(description="What every manual action takes.")
class ManualActionInput:
    """A command is answered within 5 seconds or has expired; nothing is queued."""

    reason: str = strawberry.field(default="", description="Written to the audit.")
    until: datetime | None = strawberry.field(
        default=None, description="Unlock, lock, lockdown: they end then, within a year. Null: at a reset."
    )
    duration_ms: int | None = strawberry.field(
        default=None, description="Granting access: how long, 1 second to 24 hours. Null: 7 seconds."
    )
    expires_at: datetime | None = strawberry.field(
        default=None,
        description="After this moment it is not carried out: EXPIRED. Null, or later: 5 seconds after it was asked.",
    )


@strawberry.input(description="Which door to command, and why.")
class DoorCommandInput(ManualActionInput):
    """See ManualActionInput."""

    door_id: strawberry.ID
    """The door."""


@strawberry.type(description="What became of a command.")
class DoorCommand:
    """CONFIRMED means that the controller has done it."""

    id: strawberry.ID
    status: CommandStatus
    """How far it came."""
    detail: str = strawberry.field(description="A sentence for the operator when it was not confirmed.")


@strawberry.type(description="What became of the command and the door after it, or why nothing was sent.")
class DoorCommandPayload:
    """Result of a door command."""

    command: DoorCommand | None = None
    """What became of it. Null where nothing was sent."""
    door: Door | None = None
    """As it is after the command."""
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.input(description="Which doors; what is left out, or null, does not restrict.")
class DoorFilter:
    """See Door."""

    ids: list[strawberry.ID] | None = None
    """Those with these ids; at most 100."""
    controller_id: strawberry.ID | None = None
    """Those of this controller."""
    zone_id: strawberry.ID | None = strawberry.field(default=None, description="Those that belong to this zone.")
    conditions: list[DoorCondition] | None = strawberry.field(default=None, description="Those in one of these now.")


@strawberry.type
class DoorQuery:
    """Queries about doors."""

    doors = listed(
        Door,
        by_domain(page_doors),
        in_context(shown_doors),
        "Doors, by name. Permission: door.view.",
        filter=DoorFilter,
        order=NameOrder,
        rows=doors_rows.Door,
    )

    @strawberry.field(description="One door. Permission: door.view.")
    async def door(self, info: ApiInfo, id: strawberry.ID) -> Door | None:
        found = await shown_doors(info.context, await list_doors(info.context.actor, [id]))
        return found[0] if found else None


async def _command(context: ApiContext, given: DoorCommandInput, action: DoorAction) -> DoorCommandPayload:
    result = await command_door(
        context.domain,
        context.actor,
        given.door_id,
        action,
        given.reason,
        given.until,
        given.duration_ms,
        given.expires_at,
    )
    doors = await shown_doors(context, await list_doors(context.actor, [given.door_id]))
    command = DoorCommand(id=strawberry.ID(result.command_id), status=result.status, detail=result.detail)
    return DoorCommandPayload(command=command, door=doors[0])


@strawberry.type
class DoorMutation:
    """Commands to doors."""

    @mutation(description="Release the door once, for 7 seconds or as long as is said. Permission: door.command.")
    async def grant_access(self, info: ApiInfo, input: DoorCommandInput) -> DoorCommandPayload:
        return await _command(info.context, input, DoorAction.GRANT_ACCESS)

    @mutation(description="Keep the door locked until it is reset; cards still open it. Permission: door.command.")
    async def lock_door(self, info: ApiInfo, input: DoorCommandInput) -> DoorCommandPayload:
        return await _command(info.context, input, DoorAction.LOCK)

    @mutation(description="Keep the door unlocked until it is reset. Permission: door.command.")
    async def unlock_door(self, info: ApiInfo, input: DoorCommandInput) -> DoorCommandPayload:
        return await _command(info.context, input, DoorAction.UNLOCK)

    @mutation(description="Let nobody in but the exempt until the door is reset or unlocked. Permission: door.command.")
    async def lockdown_door(self, info: ApiInfo, input: DoorCommandInput) -> DoorCommandPayload:
        return await _command(info.context, input, DoorAction.LOCKDOWN)

    @mutation(description="Return the door to its schedules and rules. Permission: door.command.")
    async def reset_door(self, info: ApiInfo, input: DoorCommandInput) -> DoorCommandPayload:
        return await _command(info.context, input, DoorAction.RESET)


def _may_see(actor: Actor) -> None:
    actor.reach(Permission.DOOR_VIEW)


@strawberry.type
class DoorSubscription:
    """Live door states."""

    @strawberry.subscription(
        description="Every door first, or with a cursor those that changed since, then each door again whenever its "
        "state changes. Permission: door.view."
    )
    async def door_states(self, info: ApiInfo, after: str | None = None) -> AsyncGenerator[Edge[Door], None]:
        context = info.context

        async def look(ids: list[str] | None) -> list[Door]:
            return await shown_doors(context, await list_doors(context.actor, ids))

        doors = follow_states(context, context.domain.doors.versions, after, _may_see, look)
        async with aclosing(doors) as states:
            async for cursor, door in states:
                yield Edge(cursor=cursor, node=door)
