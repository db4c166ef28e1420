"""What may be done to auxiliary inputs."""

from doorward.acs.actor import Permission
from doorward.acs.events.catalogue import EventType
from doorward.acs.local_io import line
from doorward.acs.local_io.given import AuxInputChanges, NewAuxInput, check_aux_input
from doorward.acs.local_io.models import AuxInput
from doorward.acs.local_io.stored import refuse_taken_input
from doorward.acs.local_io.uses import input_uses
from doorward.acs.operation import Work, operation

_INPUT = line.Kind(
    AuxInput,
    NewAuxInput,
    "input",
    "input_id",
    "go by",
    check_aux_input,
    refuse_taken_input,
    input_uses,
    EventType.AUX_INPUT_CREATED,
    EventType.AUX_INPUT_UPDATED,
    EventType.AUX_INPUT_DELETED,
)


@operation(Permission.CONFIGURATION_WRITE)
async def create_aux_input(work: Work, given: NewAuxInput) -> AuxInput:
    """A new auxiliary input, on an input of a device that nothing else is on."""
    return await line.create(work, _INPUT, given)


@operation(Permission.CONFIGURATION_WRITE)
async def update_aux_input(
    work: Work, input_id: str, changes: AuxInputChanges, expected_version: int | None = None
) -> AuxInput:
    """Change an auxiliary input. Raises Conflict if it is no longer at `expected_version`."""
    return await line.update(work, _INPUT, input_id, changes, expected_version)


@operation(Permission.CONFIGURATION_WRITE)
async def delete_aux_input(work: Work, input_id: str, expected_version: int | None = None) -> None:
    """Delete an auxiliary input. Refused while a local rule goes by it."""
    await line.delete(work, _INPUT, input_id, expected_version)
