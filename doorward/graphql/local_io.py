"""Auxiliary inputs and outputs in the API."""

from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.doors import wiring
from doorward.acs.local_io import models, queries
from doorward.acs.local_io import models as local_io_rows
from doorward.acs.local_io.given import AuxInputChanges, AuxOutputChanges, NewAuxInput, NewAuxOutput
from doorward.acs.local_io.inputs import create_aux_input, delete_aux_input, update_aux_input
from doorward.acs.local_io.outputs import create_aux_output, delete_aux_output, update_aux_output
from doorward.acs.local_io.queries import list_aux_inputs, list_aux_outputs
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import Circuit, NameOrder, Supervision
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, listed


@strawberry.type(description="An input of a device that belongs to no door.")
class AuxInput(Node):
    """An auxiliary input. Its events are input.active, input.normal, input.fault and input.fault_cleared."""

    id: strawberry.ID
    name: str
    device_id: strawberry.ID
    """The device that it is an input of."""
    controller_id: strawberry.ID | None
    """The controller of that device. Null: the device has none."""
    number: int
    """As its device numbers its inputs, from 0."""
    active_when: Circuit
    """Whether its contact is normally closed or normally open."""
    debounce_ms: int
    """A change counts once it has lasted this long: 0 to 400 ms."""
    supervision: Supervision
    """With which resistors its line is watched."""
    resistor_ohm: int | None
    """Of serial supervision: 1000 to 10000 ohm, both resistors. Null: without it."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.AuxInput) -> "AuxInput":
        """The input, read with its device, as the API shows it."""
        controller_id = row.device.controller_id
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            device_id=strawberry.ID(row.device_id),
            controller_id=strawberry.ID(controller_id) if controller_id is not None else None,
            number=row.number,
            active_when=row.active_when,
            debounce_ms=row.debounce_ms,
            supervision=row.supervision,
            resistor_ohm=row.resistor_ohm,
            version=row.version,
        )


@strawberry.type(
    description="An output of a device that is no door's lock. Local rules and hands switch it; else it is off."
)
class AuxOutput(Node):
    """An auxiliary output. Its events are output.on, output.off, output.pulsed, output.missed and output.auto."""

    id: strawberry.ID
    name: str
    device_id: strawberry.ID
    """The device that it is an output of."""
    controller_id: strawberry.ID | None
    """The controller of that device. Null: the device has none."""
    number: int = strawberry.field(description="As its device numbers its outputs, from 0.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.AuxOutput) -> "AuxOutput":
        """The output, read with its device, as the API shows it."""
        controller_id = row.device.controller_id
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            device_id=strawberry.ID(row.device_id),
            controller_id=strawberry.ID(controller_id) if controller_id is not None else None,
            number=row.number,
            version=row.version,
        )


@strawberry.type(description="A device that has inputs and outputs of its own.")
class PortDevice:
    """What an auxiliary input or output can be on."""

    id: strawberry.ID
    name: str = strawberry.field(description="What it is, and where it is found.")
    controller_id: strawberry.ID
    controller_name: str


@strawberry.input(description="An auxiliary input to create, on an input that nothing else is on.")
class CreateAuxInputInput(Keyed):
    """See AuxInput."""

    name: str
    device_id: strawberry.ID
    number: int
    active_when: Circuit = wiring.Circuit.CLOSED
    debounce_ms: int = 0
    supervision: Supervision = wiring.Supervision.NONE
    resistor_ohm: int | None = None


@strawberry.input(description="What to change of an auxiliary input; what is left out stays.")
class UpdateAuxInputInput(Keyed):
    """See AuxInput."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    device_id: strawberry.ID | None = UNSET
    number: int | None = UNSET
    active_when: Circuit | None = UNSET
    debounce_ms: int | None = UNSET
    supervision: Supervision | None = UNSET
    resistor_ohm: int | None = UNSET


@strawberry.input(description="An auxiliary output to create, on an output that no lock is on.")
class CreateAuxOutputInput(Keyed):
    """See AuxOutput."""

    name: str
    device_id: strawberry.ID
    number: int


@strawberry.input(description="What to change of an auxiliary output; what is left out stays.")
class UpdateAuxOutputInput(Keyed):
    """See AuxOutput."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    device_id: strawberry.ID | None = UNSET
    number: int | None = UNSET


@strawberry.type(description="The auxiliary input as it now is, or why nothing was done.")
class AuxInputPayload:
    """Result of a change to an auxiliary input."""

    aux_input: AuxInput | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The auxiliary output as it now is, or why nothing was done.")
class AuxOutputPayload:
    """Result of a change to an auxiliary output."""

    aux_output: AuxOutput | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def _input(context: ApiContext, input_id: str) -> AuxInputPayload:
    return AuxInputPayload(aux_input=AuxInput.of((await list_aux_inputs(context.actor, [input_id]))[0]))


async def _output(context: ApiContext, output_id: str) -> AuxOutputPayload:
    return AuxOutputPayload(aux_output=AuxOutput.of((await list_aux_outputs(context.actor, [output_id]))[0]))


@strawberry.input(description="Which auxiliary inputs or outputs; what is left out, or null, does not restrict.")
class AuxFilter:
    """See AuxInput and AuxOutput."""

    device_id: strawberry.ID | None = None
    """Those on this device."""
    controller_id: strawberry.ID | None = None
    """Those on devices of this controller."""


@strawberry.input(description="Which of them; what is left out, or null, does not restrict.")
class PortDeviceFilter:
    """See PortDevice."""

    ids: list[strawberry.ID] | None = None
    """These and no others, at most 100."""
    controller_id: strawberry.ID | None = None
    """Those of this controller."""


def _place(place: queries.PortDevice) -> PortDevice:
    return PortDevice(
        id=strawberry.ID(place.device_id),
        name=place.words,
        controller_id=strawberry.ID(place.controller_id),
        controller_name=place.controller_name,
    )


@strawberry.type
class LocalIoQuery:
    """Queries about auxiliary inputs and outputs."""

    aux_inputs = listed(
        AuxInput,
        by_actor(queries.page_aux_inputs),
        each(AuxInput.of),
        "Auxiliary inputs, by name. Permission: configuration.view.",
        filter=AuxFilter,
        order=NameOrder,
        rows=local_io_rows.AuxInput,
    )

    aux_outputs = listed(
        AuxOutput,
        by_actor(queries.page_aux_outputs),
        each(AuxOutput.of),
        "Auxiliary outputs, by name. Permission: configuration.view.",
        filter=AuxFilter,
        order=NameOrder,
        rows=local_io_rows.AuxOutput,
    )
    port_devices = listed(
        PortDevice,
        by_actor(queries.page_port_devices),
        each(_place),
        "What auxiliary inputs and outputs can be on, by controller and name. Permission: configuration.view.",
        filter=PortDeviceFilter,
    )


@strawberry.type
class LocalIoMutation:
    """Changes to auxiliary inputs and outputs."""

    @mutation(description="Create an auxiliary input. Permission: configuration.write.")
    async def create_aux_input(self, info: ApiInfo, input: CreateAuxInputInput) -> AuxInputPayload:
        given = NewAuxInput(
            input.name,
            input.device_id,
            input.number,
            input.active_when,
            input.debounce_ms,
            input.supervision,
            input.resistor_ohm,
        )
        row = await create_aux_input(info.context.domain, info.context.actor, given)
        return await _input(info.context, row.id)

    @mutation(
        description="Change an auxiliary input. One that local rules go by stays on its controller. "
        "Permission: configuration.write."
    )
    async def update_aux_input(self, info: ApiInfo, input: UpdateAuxInputInput) -> AuxInputPayload:
        context = info.context
        names = ("name", "device_id", "number", "active_when", "debounce_ms", "supervision", "resistor_ohm")
        changes = cast(AuxInputChanges, sent(input, names, may_be_null=("resistor_ohm",)))
        await update_aux_input(context.domain, context.actor, input.id, changes, input.expected_version)
        return await _input(context, input.id)

    @mutation(
        description="Delete an auxiliary input. Refused while a local rule goes by it. Permission: configuration.write."
    )
    async def delete_aux_input(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_aux_input(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)

    @mutation(description="Create an auxiliary output. Permission: configuration.write.")
    async def create_aux_output(self, info: ApiInfo, input: CreateAuxOutputInput) -> AuxOutputPayload:
        given = NewAuxOutput(input.name, input.device_id, input.number)
        row = await create_aux_output(info.context.domain, info.context.actor, given)
        return await _output(info.context, row.id)

    @mutation(
        description="Change an auxiliary output. One that local rules switch stays on its controller. "
        "Permission: configuration.write."
    )
    async def update_aux_output(self, info: ApiInfo, input: UpdateAuxOutputInput) -> AuxOutputPayload:
        context = info.context
        changes = cast(AuxOutputChanges, sent(input, ("name", "device_id", "number")))
        await update_aux_output(context.domain, context.actor, input.id, changes, input.expected_version)
        return await _output(context, input.id)

    @mutation(
        description="Delete an auxiliary output; it is switched off. Refused while a local rule switches it. "
        "Permission: configuration.write."
    )
    async def delete_aux_output(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_aux_output(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
