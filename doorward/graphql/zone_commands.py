"""Manual actions on whole zones in the API."""

import strawberry

from doorward.acs.decision.door import DoorAction
from doorward.acs.doors import models
from doorward.acs.zones.commands import DoorAnswer, command_zone
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.doors import ManualActionInput
from doorward.graphql.enums import CommandStatus
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import mutation
from doorward.graphql.zones import DoorName


@strawberry.input(description="Which zone's doors to command, and why.")
class ZoneCommandInput(ManualActionInput):
    """Every door of the zone, perimeter and internal."""

    zone_id: strawberry.ID
    """The zone."""
    include_nested: bool = strawberry.field(default=False, description="Also the doors of the zones inside it.")


@strawberry.type(description="What became of a zone's command at one door.")
class ZoneDoorCommand:
    """CONFIRMED means that the door's controller has done it."""

    door: DoorName
    """Which door it is."""
    status: CommandStatus
    """How far the command came there."""
    detail: str = strawberry.field(description="A sentence for the operator when it was not confirmed.")


@strawberry.type(description="What became of a command to a zone.")
class ZoneCommand:
    """Door by door, by name."""

    id: strawberry.ID
    confirmed: bool = strawberry.field(description="Whether every door that was asked has done it.")
    doors: list[ZoneDoorCommand]
    """The doors that were asked, by name."""
    skipped: list[DoorName] = strawberry.field(description="Doors without a lock; they were not asked.")


@strawberry.type(description="What became of the command, or why nothing was sent.")
class ZoneCommandPayload:
    """Result of a zone command."""

    command: ZoneCommand | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _named(door: models.Door) -> DoorName:
    return DoorName(id=strawberry.ID(door.id), name=door.name)


def _answered(answer: DoorAnswer) -> ZoneDoorCommand:
    return ZoneDoorCommand(door=_named(answer.door), status=answer.status, detail=answer.detail)


async def _command(context: ApiContext, given: ZoneCommandInput, action: DoorAction) -> ZoneCommandPayload:
    found = await command_zone(
        context.domain,
        context.actor,
        given.zone_id,
        action,
        given.reason,
        include_nested=given.include_nested,
        until=given.until,
        duration_ms=given.duration_ms,
        expires_at=given.expires_at,
    )
    return ZoneCommandPayload(
        command=ZoneCommand(
            id=strawberry.ID(found.command_id),
            confirmed=found.confirmed,
            doors=[_answered(answer) for answer in found.doors],
            skipped=[_named(door) for door in found.skipped],
        )
    )


@strawberry.type
class ZoneCommandMutation:
    """Commands to all doors of a zone. Each door answers for itself; one that fails keeps no other from acting."""

    @mutation(
        description="Release every door of the zone once, for 7 seconds or as long as is said. "
        "Permission: door.command."
    )
    async def grant_zone_access(self, info: ApiInfo, input: ZoneCommandInput) -> ZoneCommandPayload:
        return await _command(info.context, input, DoorAction.GRANT_ACCESS)

    @mutation(description="Keep the zone's doors unlocked until they are reset. Permission: door.command.")
    async def unlock_zone(self, info: ApiInfo, input: ZoneCommandInput) -> ZoneCommandPayload:
        return await _command(info.context, input, DoorAction.UNLOCK)

    @mutation(
        description="Keep the zone's doors locked until they are reset; cards still open them. "
        "Permission: door.command."
    )
    async def lock_zone(self, info: ApiInfo, input: ZoneCommandInput) -> ZoneCommandPayload:
        return await _command(info.context, input, DoorAction.LOCK)

    @mutation(
        description="Let nobody through the zone's doors but the exempt until they are reset or unlocked. "
        "Permission: door.command."
    )
    async def lockdown_zone(self, info: ApiInfo, input: ZoneCommandInput) -> ZoneCommandPayload:
        return await _command(info.context, input, DoorAction.LOCKDOWN)

    @mutation(description="Return the zone's doors to their schedules and rules. Permission: door.command.")
    async def reset_zone(self, info: ApiInfo, input: ZoneCommandInput) -> ZoneCommandPayload:
        return await _command(info.context, input, DoorAction.RESET)
