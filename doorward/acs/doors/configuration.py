"""What may be asked about how doors are set up and wired."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.policy import DoorKind, Side
from doorward.acs.doors.models import Device, Door, DoorGroup, DoorSchedule, Elevator, Reader
from doorward.acs.doors.queries import matching_doors
from doorward.acs.doors.reader_settings import profile_warnings
from doorward.acs.doors.settings import NewDoor
from doorward.acs.doors.stored import settings_of, wires_of
from doorward.acs.doors.wiring import InputWire, LockWire, ReaderType
from doorward.acs.keyset import NAMES, named, page_rows, where
from doorward.acs.paging import Page, PageRequest
from doorward.acs.profiles.policy import profile_policies
from doorward.acs.reach import PlaceKind
from doorward.acs.used_by import Use, by_name


@dataclass(frozen=True, slots=True)
class DoorSetup:
    """A door with all that is set on it and wired to it. The readers of a floor are those of the cab."""

    door: Door
    settings: NewDoor
    locks: tuple[LockWire, ...]
    inputs: tuple[InputWire, ...]
    readers: tuple[Reader, ...]
    devices: tuple[Device, ...]
    warnings: tuple[str, ...]


class PortKind(StrEnum):
    """What kind of terminal a wire ends at."""

    OUTPUT = "output"
    """An output: a lock, for example."""
    INPUT = "input"
    """An input: a contact or a button."""
    READER = "reader"
    """A port for a reader."""
    BUS = "bus"
    """A serial line that several devices share."""
    NETWORK = "network"
    """An address on the network."""


@dataclass(frozen=True, slots=True)
class Port:
    """One line of a door's wiring list: where it ends, and what is on it. `device_id` None: the controller's own."""

    kind: PortKind
    device_id: str | None
    number: str
    what: str


async def list_setups(actor: Actor, ids: Collection[str] | None = None) -> list[DoorSetup]:
    """How every door within reach, or those of them that are named, is set up, by name."""
    rows = actor.reach(Permission.CONFIGURATION_VIEW).within(PlaceKind.DOOR, Door.all())
    return await _setups(await (rows if ids is None else rows.filter(id__in=list(ids))).order_by("name"))


async def page_setups(
    actor: Actor,
    request: PageRequest,
    *,
    ids: Collection[str] | None = None,
    controller_id: str | None = None,
    zone_id: str | None = None,
    profile_id: str | None = None,
    maintenance: bool | None = None,
    kind: DoorKind | None = None,
) -> Page[DoorSetup]:
    """How doors within reach are set up, by name: those of a controller, of a zone, with a profile, in maintenance."""
    rows = matching_doors(request, ids=ids, controller_id=controller_id, zone_id=zone_id)
    rows = actor.reach(Permission.CONFIGURATION_VIEW).within(PlaceKind.DOOR, rows)
    page = await page_rows(where(rows, profile_id=profile_id, maintenance=maintenance, kind=kind), NAMES, request)
    return page.of(await _setups(page.rows))


async def _setups(doors: Sequence[Door]) -> list[DoorSetup]:
    found = [door.id for door in doors]
    settings = await settings_of(doors)
    locks, inputs = await wires_of(found)
    readers = await _readers(doors)
    devices: dict[str, list[Device]] = defaultdict(list)
    for device in await Device.filter(door_id__in=found).order_by("id"):
        devices[device.door_id or ""].append(device)
    warnings = await _warnings(doors, readers)
    return [
        DoorSetup(
            door,
            settings[door.id],
            tuple(locks.get(door.id, ())),
            tuple(inputs.get(door.id, ())),
            tuple(readers[door.id]),
            tuple(devices[door.id]),
            warnings[door.id],
        )
        for door in doors
    ]


async def _readers(doors: Sequence[Door]) -> dict[str, list[Reader]]:
    found: dict[str, list[Reader]] = {door.id: [] for door in doors}
    floors: dict[str, list[str]] = defaultdict(list)
    for door in doors:
        if door.elevator_id is not None:
            floors[door.elevator_id].append(door.id)
    own = Reader.filter(door_id__in=list(found), elevator_id__isnull=True)
    for reader in await own.order_by("side", "id"):
        found[reader.door_id].append(reader)
    for reader in await Reader.filter(elevator_id__in=list(floors)).order_by("id"):
        for door_id in floors[reader.elevator_id or ""]:
            found[door_id].append(reader)
    return found


async def _warnings(doors: Sequence[Door], readers: dict[str, list[Reader]]) -> dict[str, tuple[str, ...]]:
    profiles = {
        profile.id: profile
        for profile in await profile_policies({door.profile_id for door in doors if door.profile_id})
    }
    found: dict[str, tuple[str, ...]] = {}
    for door in doors:
        present: dict[Side, list[tuple[ReaderType, bool | None]]] = defaultdict(list)
        for reader in readers[door.id]:
            present[reader.side].append((reader.type, reader.has_keypad))
        profile = profiles.get(door.profile_id or "")
        found[door.id] = tuple(profile_warnings(profile, present)) if profile else ()
    return found


async def list_ports(actor: Actor, door_id: str) -> list[Port]:
    """What is wired where for one door, ready to be printed; empty if there is no such door."""
    setups = await list_setups(actor, [door_id])
    return ports_of(setups[0]) if setups else []


def ports_of(setup: DoorSetup) -> list[Port]:
    """The wiring list of a door: locks, inputs, then readers and devices."""
    ports = [Port(PortKind.OUTPUT, lock.device_id, str(lock.output), f"{lock.rank.value} lock") for lock in setup.locks]
    for wire in setup.inputs:
        side = f", side {wire.side.value}" if wire.side else ""
        what = f"{wire.purpose.value}{side}, active when {wire.active_when.value}"
        ports.append(Port(PortKind.INPUT, wire.device_id, str(wire.port), what))
    for reader in setup.readers:
        what = f"reader {reader.name}, side {reader.side.value}"
        if reader.port is not None:
            ports.append(Port(PortKind.READER, None, str(reader.port), what))
        elif reader.address:
            ports.append(Port(PortKind.NETWORK, None, reader.address, what))
    names = {reader.id: f"reader {reader.name}" for reader in setup.readers}
    ports.extend(
        Port(
            PortKind.BUS,
            device.id,
            f"{device.port} address {device.address}",
            names.get(device.reader_id or "", "inputs and outputs"),
        )
        for device in setup.devices
        if device.port is not None
    )
    if setup.settings.lock_address:
        ports.append(Port(PortKind.NETWORK, None, setup.settings.hub_address, f"lock {setup.settings.lock_address}"))
    return ports


async def page_elevators(
    actor: Actor, request: PageRequest, *, controller_id: str | None = None
) -> Page[tuple[Elevator, list[Door]]]:
    """Elevators by name, with their floors in the order in which they were added."""
    actor.require(Permission.CONFIGURATION_VIEW)
    page = await page_rows(where(named(Elevator.all(), request), controller_id=controller_id), NAMES, request)
    return page.of(await _with_floors(page.rows))


async def elevators_by_id(actor: Actor, ids: Collection[str]) -> list[tuple[Elevator, list[Door]]]:
    """Those of the elevators that exist, by name, with their floors in the order in which they were added."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await _with_floors(await Elevator.filter(id__in=list(ids)).order_by("name"))


async def _with_floors(elevators: Sequence[Elevator]) -> list[tuple[Elevator, list[Door]]]:
    floors: dict[str, list[Door]] = defaultdict(list)
    for door in await Door.filter(elevator_id__in=[row.id for row in elevators]).order_by("id"):
        floors[door.elevator_id or ""].append(door)
    return [(elevator, floors[elevator.id]) for elevator in elevators]


async def schedule_uses(schedule_ids: Collection[str]) -> list[Use]:
    """The doors that unlock by these schedules, or ask for two people during them, by name."""
    rows = await DoorSchedule.filter(schedule_id__in=list(schedule_ids)).prefetch_related("door")
    return by_name("door", {row.door_id: row.door.name for row in rows})


async def group_uses(group_ids: Collection[str]) -> list[Use]:
    """The doors whose two-person rule or first-person-in asks for these groups, by name."""
    rows = await DoorGroup.filter(group_id__in=list(group_ids)).prefetch_related("door")
    return by_name("door", {row.door_id: row.door.name for row in rows})
