"""What may be done to the configuration of auxiliary outputs. Local rules switch them, and commands by hand."""

from doorward.acs.actor import Permission
from doorward.acs.doors.wiring import check_port
from doorward.acs.events.catalogue import EventType
from doorward.acs.local_io import line
from doorward.acs.local_io.given import AuxOutputChanges, NewAuxOutput
from doorward.acs.local_io.models import AuxOutput
from doorward.acs.local_io.stored import refuse_taken_output
from doorward.acs.local_io.uses import output_uses
from doorward.acs.operation import Work, operation


def _check(given: NewAuxOutput) -> None:
    check_port(given.number, "number")


_OUTPUT = line.Kind(
    AuxOutput,
    NewAuxOutput,
    "output",
    "output_id",
    "switch",
    _check,
    refuse_taken_output,
    output_uses,
    EventType.AUX_OUTPUT_CREATED,
    EventType.AUX_OUTPUT_UPDATED,
    EventType.AUX_OUTPUT_DELETED,
)


@operation(Permission.CONFIGURATION_WRITE)
async def create_aux_output(work: Work, given: NewAuxOutput) -> AuxOutput:
    """A new auxiliary output, on an output of a device that nothing else is on. A lock's is refused."""
    return await line.create(work, _OUTPUT, given)


@operation(Permission.CONFIGURATION_WRITE)
async def update_aux_output(
    work: Work, output_id: str, changes: AuxOutputChanges, expected_version: int | None = None
) -> AuxOutput:
    """Change an auxiliary output. Raises Conflict if it is no longer at `expected_version`."""
    return await line.update(work, _OUTPUT, output_id, changes, expected_version)


@operation(Permission.CONFIGURATION_WRITE)
async def delete_aux_output(work: Work, output_id: str, expected_version: int | None = None) -> None:
    """Delete an auxiliary output; its controller switches it off. Refused while a local rule switches it."""
    await line.delete(work, _OUTPUT, output_id, expected_version)
