"""Elevators in the API."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from doorward.acs.doors import models
from doorward.acs.doors import models as doors_rows
from doorward.acs.doors.configuration import elevators_by_id, list_setups, page_elevators
from doorward.acs.doors.elevators import NewFloor, add_floor, create_elevator, rename_elevator, rename_floor
from doorward.acs.doors.wiring import LockWire
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.door_configuration import DoorConfigurationPayload, payload_of
from doorward.graphql.door_setup import ReaderConfiguration
from doorward.graphql.enums import NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import Node, by_actor, in_context, listed


@strawberry.type(description="A floor of an elevator: a door of kind FLOOR.")
class Floor:
    """A floor; its own configuration is that of the door."""

    door_id: strawberry.ID
    """The door that the floor is."""
    name: str
    """Without the elevator's name."""


@strawberry.type(description="An elevator. The readers in its cab serve every floor.")
class Elevator(Node):
    """An elevator with its floors in the order in which they were added."""

    id: strawberry.ID
    name: str
    controller_id: strawberry.ID
    """The controller that its relays and readers are on."""
    floors: list[Floor]
    """In the order in which they were added, 64 at most."""
    readers: list[ReaderConfiguration]
    """Those in its cab, which serve every floor."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


@strawberry.input(description="A floor to add, and the relay that frees its button.")
class FloorInput:
    """No relay: to be wired later."""

    name: str
    relay_output: int | None = None
    """The number of the output (0 to 255) whose relay frees the floor's button. Null: to be wired later."""
    relay_device_id: strawberry.ID | None = None
    """The device that the output is on. Null: the controller itself."""
    access_time_ms: int = 7_000
    """How long a grant frees the button: 100 to 86400000 ms."""
    profile_id: strawberry.ID | None = None
    """What must be shown to choose the floor. Null: a card, always."""


@strawberry.type(description="The elevator as it now is, or why nothing was done.")
class ElevatorPayload:
    """Result of an elevator mutation."""

    elevator: Elevator | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def _elevators(context: ApiContext, rows: Sequence[tuple[models.Elevator, list[models.Door]]]) -> list[Elevator]:
    firsts = [floors[0].id for _, floors in rows if floors]
    setups = {setup.door.elevator_id: setup for setup in await list_setups(context.actor, firsts)}
    return [
        Elevator(
            id=strawberry.ID(row.id),
            name=row.name,
            controller_id=strawberry.ID(row.controller_id),
            floors=[Floor(door_id=strawberry.ID(floor.id), name=floor.floor_name) for floor in floors],
            readers=[ReaderConfiguration.of(reader) for reader in setups[row.id].readers] if row.id in setups else [],
            version=row.version,
        )
        for row, floors in rows
    ]


async def _payload(context: ApiContext, elevator_id: str) -> ElevatorPayload:
    rows = await elevators_by_id(context.actor, [elevator_id])
    return ElevatorPayload(elevator=(await _elevators(context, rows))[0])


def _floor(given: FloorInput) -> NewFloor:
    relay = LockWire(given.relay_output, device_id=given.relay_device_id) if given.relay_output is not None else None
    return NewFloor(given.name, relay, given.access_time_ms, given.profile_id)


@strawberry.input(description="Which elevators; what is left out, or null, does not restrict.")
class ElevatorFilter:
    """See Elevator."""

    controller_id: strawberry.ID | None = None
    """Those of this controller."""


@strawberry.type
class ElevatorQuery:
    """Queries about elevators."""

    elevators = listed(
        Elevator,
        by_actor(page_elevators),
        in_context(_elevators),
        "Elevators, by name. Permission: configuration.view.",
        filter=ElevatorFilter,
        order=NameOrder,
        rows=doors_rows.Elevator,
    )


_Floors = Annotated[list[FloorInput], strawberry.argument(description="From the first to the last: 1 to 64.")]


@strawberry.type
class ElevatorMutation:
    """Changes to elevators. A floor is deleted as a door."""

    @mutation(description="Create an elevator with one floor or more. Permission: configuration.write.")
    async def create_elevator(
        self, info: ApiInfo, name: str, controller_id: strawberry.ID, floors: _Floors
    ) -> ElevatorPayload:
        given = [_floor(floor) for floor in floors]
        row = await create_elevator(info.context.domain, info.context.actor, name, controller_id, given)
        return await _payload(info.context, row.id)

    @mutation(description="Add a floor to an elevator, 64 at most. Permission: configuration.write.")
    async def add_floor(
        self, info: ApiInfo, elevator_id: strawberry.ID, input: FloorInput, expected_version: int | None = None
    ) -> ElevatorPayload:
        await add_floor(info.context.domain, info.context.actor, elevator_id, _floor(input), expected_version)
        return await _payload(info.context, elevator_id)

    @mutation(description="Rename an elevator, and its floors with it. Permission: configuration.write.")
    async def rename_elevator(
        self, info: ApiInfo, id: strawberry.ID, name: str, expected_version: int | None = None
    ) -> ElevatorPayload:
        await rename_elevator(info.context.domain, info.context.actor, id, name, expected_version)
        return await _payload(info.context, id)

    @mutation(description="Rename a floor, without its elevator's name. Permission: configuration.write.")
    async def rename_floor(
        self, info: ApiInfo, door_id: strawberry.ID, name: str, expected_version: int | None = None
    ) -> DoorConfigurationPayload:
        await rename_floor(info.context.domain, info.context.actor, door_id, name, expected_version)
        return await payload_of(info.context, door_id)
