"""What may be asked about auxiliary inputs and outputs and local rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from doorward.acs.actor import Actor, Permission
from doorward.acs.devices import DeviceKind
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Device
from doorward.acs.keyset import NAMES, named, page_rows, where
from doorward.acs.local_io.models import AuxInput, AuxOutput, LocalRuleRow
from doorward.acs.local_io.stored import WITH_PORTS
from doorward.acs.messages import InputStatus, OutputStatus
from doorward.acs.paging import Page, PageRequest, page_within
from doorward.acs.reach import PlaceKind
from doorward.acs.users.models import User

_NAMED_BY_RULES = ("output", "input", "door", "schedule", "threat_level")


@dataclass(frozen=True, slots=True)
class InputNow:
    """An auxiliary input as it is now."""

    name: str
    status: InputStatus


@dataclass(frozen=True, slots=True)
class OutputNow:
    """An auxiliary output as it is now: the name of the rule by which it is on, and who holds it by hand, if known."""

    name: str
    status: OutputStatus
    rule_name: str | None = None
    held_by: str | None = None


@dataclass(frozen=True, slots=True)
class LinesNow:
    """Every auxiliary input and output as it is now, by name."""

    inputs: tuple[InputNow, ...]
    outputs: tuple[OutputNow, ...]


@dataclass(frozen=True, slots=True)
class PortDevice:
    """A device with inputs and outputs of its own: what it is and where it is found, in words."""

    device_id: str
    words: str
    controller_id: str
    controller_name: str


async def page_port_devices(
    actor: Actor, request: PageRequest, *, ids: Collection[str] | None = None, controller_id: str | None = None
) -> Page[PortDevice]:
    """Devices that auxiliary inputs and outputs can be on, by controller and words. All are read for each page."""
    words = [word.casefold() for word in request.words]
    found = [
        place
        for place in await list_port_devices(actor)
        if controller_id in (None, place.controller_id)
        and (ids is None or place.device_id in ids)
        and all(word in place.words.casefold() for word in words)
    ]
    return page_within(found, _place, (str, str, str), request, "port_device")


def _place(one: PortDevice) -> tuple[str, str, str]:
    return one.controller_name.casefold(), one.words.casefold(), one.device_id


async def list_port_devices(actor: Actor) -> list[PortDevice]:
    """Every device that auxiliary inputs and outputs can be on, by controller and words."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = Device.filter(kind__in=list(WITH_PORTS), controller_id__isnull=False)
    found = [
        PortDevice(row.id, _words(row), row.controller.id, row.controller.name)
        for row in await rows.prefetch_related("controller", "door", "reader")
        if row.controller is not None
    ]
    return sorted(found, key=_place)


def _words(row: Device) -> str:
    if row.kind is DeviceKind.GPIO:
        return f"{row.name or 'Pins'} ({row.port})"
    if row.reader is not None:
        what = f"Reader {row.reader.name}"
    elif row.door is not None:
        what = f"{row.door.name}, inputs and outputs"
    else:
        what = row.name or "Module"
    return f"{what} ({row.port}, address {row.address})"


async def page_aux_inputs(
    actor: Actor, request: PageRequest, *, device_id: str | None = None, controller_id: str | None = None
) -> Page[AuxInput]:
    """Auxiliary inputs with their devices, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = where(named(AuxInput.all(), request), device_id=device_id, device__controller_id=controller_id)
    return await page_rows(rows.select_related("device"), NAMES, request)


async def page_aux_outputs(
    actor: Actor, request: PageRequest, *, device_id: str | None = None, controller_id: str | None = None
) -> Page[AuxOutput]:
    """Auxiliary outputs with their devices, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = where(named(AuxOutput.all(), request), device_id=device_id, device__controller_id=controller_id)
    return await page_rows(rows.select_related("device"), NAMES, request)


async def auxiliary_of(actor: Actor, device_ids: Collection[str]) -> list[AuxInput | AuxOutput]:
    """The auxiliary outputs, then the inputs, on these devices, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    on_them = list(device_ids)
    outputs = await AuxOutput.filter(device_id__in=on_them).order_by("name")
    return [*outputs, *await AuxInput.filter(device_id__in=on_them).order_by("name")]


async def page_local_rules(
    actor: Actor,
    request: PageRequest,
    *,
    output_id: str | None = None,
    input_id: str | None = None,
    door_id: str | None = None,
    enabled: bool | None = None,
) -> Page[LocalRuleRow]:
    """Local rules with all that they name, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = where(
        named(LocalRuleRow.all(), request), output_id=output_id, input_id=input_id, door_id=door_id, enabled=enabled
    )
    return await page_rows(rows.select_related(*_NAMED_BY_RULES), NAMES, request)


async def list_aux_inputs(actor: Actor, ids: Sequence[str] | None = None) -> list[AuxInput]:
    """Every auxiliary input, or those named, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = AuxInput.all() if ids is None else AuxInput.filter(id__in=list(ids))
    return await rows.prefetch_related("device").order_by("name")


async def list_aux_outputs(actor: Actor, ids: Sequence[str] | None = None) -> list[AuxOutput]:
    """Every auxiliary output, or those named, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = AuxOutput.all() if ids is None else AuxOutput.filter(id__in=list(ids))
    return await rows.prefetch_related("device").order_by("name")


async def list_local_rules(actor: Actor, ids: Sequence[str] | None = None) -> list[LocalRuleRow]:
    """Every local rule, or those named, with all that they name, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = LocalRuleRow.all() if ids is None else LocalRuleRow.filter(id__in=list(ids))
    return await rows.prefetch_related(*_NAMED_BY_RULES).order_by("name")


async def lines_now(domain: Domain, actor: Actor) -> LinesNow:
    """Every auxiliary input and output within reach, as it is now."""
    reach = actor.reach(Permission.IO_READ)
    inputs = await reach.within(PlaceKind.INPUT, AuxInput.all()).order_by("name").values_list("id", "name")
    outputs = await reach.within(PlaceKind.OUTPUT, AuxOutput.all()).order_by("name").values_list("id", "name")
    statuses = [(str(name), domain.lines.output(str(output_id))) for output_id, name in outputs]
    rule_ids = {status.rule_id for _, status in statuses if status.rule_id}
    user_ids = {status.held.user_id for _, status in statuses if status.held is not None and status.held.user_id}
    rules = {row.id: row.name for row in await LocalRuleRow.filter(id__in=list(rule_ids))} if rule_ids else {}
    users = {row.id: row.name for row in await User.filter(id__in=list(user_ids))} if user_ids else {}
    return LinesNow(
        tuple(InputNow(str(name), domain.lines.input(str(input_id))) for input_id, name in inputs),
        tuple(
            OutputNow(
                name,
                status,
                rules.get(status.rule_id or ""),
                users.get(status.held.user_id) if status.held is not None else None,
            )
            for name, status in statuses
        ),
    )


async def owns_line(controller_id: str, status: InputStatus | OutputStatus) -> bool:
    """Whether the auxiliary input or output is on a device of this controller's."""
    if isinstance(status, InputStatus):
        return await AuxInput.filter(id=status.input_id, device__controller_id=controller_id).exists()
    return await AuxOutput.filter(id=status.output_id, device__controller_id=controller_id).exists()
