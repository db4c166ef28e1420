"""Filling a new database with the demo site, through the operations that everybody else uses."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.transactions import in_transaction

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.cameras.operations import create_camera, set_camera_url
from doorward.acs.cameras.queries import streams
from doorward.acs.credentials.operations import NewCard, create_card
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.devices import DeviceRole
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Controller, Door, Reader
from doorward.acs.doors.operations import (
    NewDevice,
    NewDoor,
    NewReader,
    create_device,
    create_door,
    create_reader,
)
from doorward.acs.people.operations import (
    NewCardholder,
    create_cardholder,
    create_group,
    set_photo,
    update_cardholder,
)
from doorward.acs.people.photo import EncodedPhoto, encode_photo
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.schedules.operations import Minutes, create_schedule
from doorward.acs.site.operations import EMBEDDED_CONTROLLER
from doorward.acs.threats.models import RuleSwitch, ThreatColour
from doorward.acs.threats.operations import NewThreatLevel, create_threat_level
from doorward.acs.threats.posture import Place, Switches
from doorward.acs.users.operations import create_user
from doorward.acs.zones.operations import create_zone
from doorward.demo.burnt_in import DOCK, ENTRANCE, OFFICE, SERVER_ROOM, DoorHardware, SiteHardware
from doorward.demo.cast import CAST, FACILITY, Person, Team, Trouble
from doorward.demo.directory import DemoDirectory
from doorward.demo.portraits import draw_portrait

USER = "admin"
ACCESS_TIME_MS = 5_000
HELD_AFTER_MS = 15_000
_ALL_DAY: list[Minutes] = [(0, 24 * 60)]
_OFFICE_HOURS: list[Minutes] = [(7 * 60, 19 * 60)]
_BUILDING, _OFFICES, _SERVERS = "Building", "Offices", "Server room"
_ENTERS: dict[tuple[str, Side], str | None] = {
    (ENTRANCE, Side.A): _BUILDING,
    (ENTRANCE, Side.B): None,
    (OFFICE, Side.A): _OFFICES,
    (SERVER_ROOM, Side.A): _SERVERS,
    (DOCK, Side.A): _BUILDING,
}


async def is_seeded() -> bool:
    """Whether the open database has a site in it already."""
    return await Door.exists()


async def seed(domain: Domain, directory: DemoDirectory, hardware: SiteHardware, password: str) -> None:
    """Make the whole demo site with its user `admin`, or nothing of it. Raises ValidationFailed, Conflict."""
    portraits = await asyncio.to_thread(_draw_all)
    async with in_transaction("default"):
        await _Seeding(domain, directory, hardware).run(portraits)
        await create_user(domain, COMMAND_LINE, USER, password, Role.ADMINISTRATOR)


def _draw_all() -> dict[int, EncodedPhoto]:
    return {person.card: encode_photo(draw_portrait(person.look, person.card)) for person in CAST}


async def follow_cameras(domain: Domain, hardware: SiteHardware) -> None:
    """Record the simulated cameras from where they are now, should their port have changed."""
    wanted = {camera.name: hardware.camera_url(camera) for camera in hardware.cameras}
    for stream in await streams(domain):
        url = wanted.get(stream.name, stream.url)
        if url != stream.url:
            await set_camera_url(domain, COMMAND_LINE, stream.camera_id, url)


def next_christmas(today: date) -> date:
    """The next 25 December, today included."""
    this_year = date(today.year, 12, 25)
    return this_year if today <= this_year else date(today.year + 1, 12, 25)


@dataclass(slots=True)
class _Seeding:
    domain: Domain
    directory: DemoDirectory
    hardware: SiteHardware

    async def run(self, portraits: dict[int, EncodedPhoto]) -> None:
        groups = {team: (await create_group(self.domain, COMMAND_LINE, team.value)).id for team in Team}
        doors = await self._doors()
        dock_rule = await self._rules(groups, doors)
        await self._threat_levels(doors, dock_rule)
        await self._cameras(doors)
        for person in CAST:
            await self._person(person, groups, portraits[person.card])

    async def _doors(self) -> dict[str, str]:
        controller = await Controller.get(name=EMBEDDED_CONTROLLER)
        zones = {
            name: (await create_zone(self.domain, COMMAND_LINE, name)).id for name in (_BUILDING, _OFFICES, _SERVERS)
        }
        ids = {}
        for door in self.hardware.doors:
            row = await create_door(
                self.domain,
                COMMAND_LINE,
                NewDoor(door.name, controller.id, ACCESS_TIME_MS, HELD_AFTER_MS),
            )
            ids[door.name] = row.id
            await self._wire(door, row.id, zones)
        return ids

    async def _wire(self, door: DoorHardware, door_id: str, zones: dict[str, str]) -> None:
        await self._device(DeviceRole.DOOR_IO, door_id, door.port, door.address, door.key)
        for device in door.readers:
            zone = _ENTERS[door.name, device.side]
            name = f"{door.name}, {'out' if device.side is Side.B else 'in'}"
            reader = await create_reader(
                self.domain,
                COMMAND_LINE,
                NewReader(door_id, device.side, name, zones[zone] if zone else None),
            )
            await self._device(DeviceRole.READER, door_id, device.port, device.address, device.key, reader)

    async def _device(
        self,
        role: DeviceRole,
        door_id: str,
        port: str,
        address: int,
        key: bytes,
        reader: Reader | None = None,
    ) -> None:
        path = str(self.directory.ports / port)
        device = NewDevice(role, door_id, path, address, key, reader_id=reader.id if reader else None)
        await create_device(self.domain, COMMAND_LINE, device)

    async def _rules(self, groups: dict[Team, str], doors: dict[str, str]) -> str:
        """Who may pass where; returns the rule of the dock, the last."""
        rule_id = ""
        closed = next_christmas(self.domain.clock().date()).isoformat()
        always = await create_schedule(self.domain, COMMAND_LINE, "Around the clock", [_ALL_DAY] * 7)
        office_hours = await create_schedule(
            self.domain, COMMAND_LINE, "Office hours", [_OFFICE_HOURS] * 5 + [[], []], {closed: []}
        )
        everybody = tuple(groups.values())
        office_people = (groups[Team.STAFF], groups[Team.IT])
        entrance = (DoorSide(doors[ENTRANCE], Side.A), DoorSide(doors[ENTRANCE], Side.B))
        for name, who, when, where in (
            ("Everybody through the main entrance", everybody, always.id, entrance),
            ("Staff and IT into the office", office_people, always.id, (DoorSide(doors[OFFICE], Side.A),)),
            (
                "IT into the server room",
                (groups[Team.IT],),
                always.id,
                (DoorSide(doors[SERVER_ROOM], Side.A),),
            ),
            (
                "Logistics through the dock in office hours",
                (groups[Team.LOGISTICS],),
                office_hours.id,
                (DoorSide(doors[DOCK], Side.A),),
            ),
        ):
            rule_id = (await create_access_rule(self.domain, COMMAND_LINE, name, who, (when,), where)).id
        return rule_id

    async def _threat_levels(self, doors: dict[str, str], dock_rule: str) -> None:
        """One that closes the dock, and one that locks the building down."""
        closed = Switches(RuleSwitch.DISABLE, (dock_rule,))
        await create_threat_level(
            self.domain, COMMAND_LINE, NewThreatLevel("Heightened", 10, ThreatColour.YELLOW, 10, closed)
        )
        everywhere = Switches(lockdowns=tuple(Place(door_id=door_id) for door_id in doors.values()))
        await create_threat_level(
            self.domain, COMMAND_LINE, NewThreatLevel("Lockdown", 90, ThreatColour.VERMILION, 50, everywhere)
        )

    async def _cameras(self, doors: dict[str, str]) -> None:
        sides = {door.name: [reader.side for reader in door.readers] for door in self.hardware.doors}
        for camera in self.hardware.cameras:
            views = [DoorSide(doors[name], side) for name in camera.doors for side in sides[name]]
            url = self.hardware.camera_url(camera)
            await create_camera(self.domain, COMMAND_LINE, camera.name, url, views)

    async def _person(self, person: Person, groups: dict[Team, str], photo: EncodedPhoto) -> None:
        cardholder = await create_cardholder(
            self.domain,
            COMMAND_LINE,
            NewCardholder(
                f"P{person.card}",
                person.first_name,
                person.last_name,
                person.email,
                tuple(groups[team] for team in person.teams),
            ),
        )
        await set_photo(self.domain, COMMAND_LINE, cardholder.id, photo)
        valid_to: datetime | None = None
        if person.trouble is Trouble.CARD_EXPIRED:
            valid_to = self.domain.clock() - timedelta(days=30)
        await create_card(self.domain, COMMAND_LINE, NewCard(cardholder.id, FACILITY, person.card, valid_to=valid_to))
        if person.trouble is Trouble.SUSPENDED:
            await update_cardholder(self.domain, COMMAND_LINE, cardholder.id, {"suspended": True})
