"""What may be done to elevators: their floors are doors, opened by the readers in the cab."""

from collections.abc import Sequence
from dataclasses import dataclass

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.decision.policy import DoorKind
from doorward.acs.doors.adding import add_door, write_wiring
from doorward.acs.doors.models import Controller, Door, Elevator, Reader
from doorward.acs.doors.settings import LONG_ACCESS_TIME_MS, NewDoor
from doorward.acs.doors.wiring import LockWire
from doorward.acs.errors import NotFound, ValidationFailed, under
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart

MAX_FLOORS = 64


@dataclass(frozen=True, slots=True)
class NewFloor:
    """A floor to add: its own name, and the relay that frees its button (None: to be wired later)."""

    name: str
    relay: LockWire | None = None
    access_time_ms: int = 7_000
    profile_id: str | None = None


@operation(Permission.CONFIGURATION_WRITE)
async def create_elevator(work: Work, name: str, controller_id: str, floors: Sequence[NewFloor]) -> Elevator:
    """A new elevator with one floor or more. Its readers are added to any of the floors, and serve them all."""
    if not floors:
        raise ValidationFailed("An elevator has one floor at least.", "floors")
    name = await _free_name(work, name)
    await check.exist(Controller, [controller_id], "controllerId", work.connection)
    elevator = await Elevator.create(using_db=work.connection, id=new_id(), name=name, controller_id=controller_id)
    work.audit(EventType.ELEVATOR_CREATED, of=elevator, after={"id": elevator.id, "name": name, "floors": len(floors)})
    for place, floor in enumerate(floors):
        with under("floors", str(place)):
            await _add_floor(work, elevator, floor)
    return elevator


@operation(Permission.CONFIGURATION_WRITE)
async def add_floor(work: Work, elevator_id: str, floor: NewFloor, expected_version: int | None = None) -> Door:
    """Another floor of an elevator; the readers in the cab serve it too."""
    elevator = await _locked(work, elevator_id, "elevatorId")
    check.version(elevator.version, expected_version)
    elevator.version += 1
    await elevator.save(using_db=work.connection, update_fields=["version"])
    return await _add_floor(work, elevator, floor)


@operation(Permission.CONFIGURATION_WRITE)
async def rename_elevator(work: Work, elevator_id: str, name: str, expected_version: int | None = None) -> Elevator:
    """Give an elevator another name; its floors are renamed with it."""
    elevator = await _locked(work, elevator_id, "id")
    check.version(elevator.version, expected_version)
    before, name = elevator.name, await _free_name(work, name, elevator_id)
    if name == before:
        return elevator
    elevator.name = name
    elevator.version += 1
    await elevator.save(using_db=work.connection)
    for floor in await Door.filter(elevator_id=elevator_id).using_db(work.connection):
        await _rename(work, floor, name, floor.floor_name)
    work.audit(EventType.ELEVATOR_UPDATED, of=elevator, before={"name": before}, after={"name": name})
    return elevator


@operation(Permission.CONFIGURATION_WRITE)
async def rename_floor(work: Work, door_id: str, name: str, expected_version: int | None = None) -> Door:
    """Give a floor another name, which its elevator's goes before."""
    floor = await Door.select_for_update().using_db(work.connection).get_or_none(id=door_id)
    if floor is None or floor.elevator_id is None:
        raise NotFound("There is no such floor.", "id")
    check.version(floor.version, expected_version)
    elevator = await Elevator.get(id=floor.elevator_id, using_db=work.connection)
    await _rename(work, floor, elevator.name, check.text(name, "name", longest=100))
    return floor


async def _add_floor(work: Work, elevator: Elevator, given: NewFloor) -> Door:
    count = await Door.filter(elevator_id=elevator.id).using_db(work.connection).count()
    if count >= MAX_FLOORS:
        raise ValidationFailed(f"An elevator has {MAX_FLOORS} floors at most.", "floors")
    name = check.text(given.name, "name", longest=100)
    settings = NewDoor(
        floor_title(elevator.name, name),
        elevator.controller_id,
        given.access_time_ms,
        kind=DoorKind.FLOOR,
        long_access_time_ms=max(given.access_time_ms, LONG_ACCESS_TIME_MS),
        has_position=False,
        profile_id=given.profile_id,
    )
    floor = await add_door(work, settings, Door(id=new_id(), elevator_id=elevator.id, floor_name=name))
    if given.relay is not None:
        await write_wiring(work, floor, [given.relay], [])
    readers = Reader.filter(elevator_id=elevator.id).using_db(work.connection)
    work.changed(PolicyPart.READER, *[reader.id for reader in await readers])
    return floor


async def _rename(work: Work, floor: Door, elevator_name: str, floor_name: str) -> None:
    before, name = floor.name, check.text(floor_title(elevator_name, floor_name), "name", longest=100)
    if name == before:
        return
    await check.unique(
        Door, work.connection, f"There is a door called {name} already.", "name", but=floor.id, name=name
    )
    floor.name, floor.floor_name = name, floor_name
    floor.version += 1
    await floor.save(using_db=work.connection, update_fields=["name", "floor_name", "version"])
    work.changed(PolicyPart.DOOR, floor.id)
    work.audit(EventType.DOOR_UPDATED, before={"name": before}, after={"name": name}, door_id=floor.id, door_name=name)


def floor_title(elevator_name: str, floor_name: str) -> str:
    """The name of a floor as a door."""
    return f"{elevator_name} - {floor_name}"


async def _locked(work: Work, elevator_id: str, path: str) -> Elevator:
    found = await Elevator.select_for_update().using_db(work.connection).get_or_none(id=elevator_id)
    if found is None:
        raise NotFound("There is no such elevator.", path)
    return found


async def _free_name(work: Work, name: str, elevator_id: str = "") -> str:
    name = check.text(name, "name", longest=60)
    taken = f"There is an elevator called {name} already."
    await check.unique(Elevator, work.connection, taken, "name", but=elevator_id, name=name)
    return name
