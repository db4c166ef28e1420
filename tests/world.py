"""A small world for tests that touch storage: an open domain, and a site to try things on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from doorward.acs.actor import CLEARANCES, COMMAND_LINE, PERMISSIONS, Actor, Permission, Role
from doorward.acs.cameras.models import Camera
from doorward.acs.cameras.operations import create_camera
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.operations import NewCard, create_card
from doorward.acs.database import open_database
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
from doorward.acs.people.models import Cardholder, Group
from doorward.acs.people.operations import NewCardholder, create_cardholder, create_group
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.schedules.operations import create_schedule
from doorward.acs.sealing import Sealer
from doorward.acs.site.operations import ensure_site
from doorward.acs.zones.operations import create_zone

DATA_KEY = b"k" * 32
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step


@dataclass
class World:
    """An open domain with its embedded controller."""

    domain: Domain
    clock: Clock
    controller: Controller


@dataclass
class Site:
    """One door with two readers, one camera on side A, one cardholder with a card who may pass side A."""

    door: Door
    reader_a: Reader
    reader_b: Reader
    camera: Camera
    group: Group
    ada: Cardholder
    card: Credential
    zones: list[str] = field(default_factory=list)


@asynccontextmanager
async def open_world(database_url: str) -> AsyncIterator[World]:
    """The domain over an empty database."""
    clock = Clock()
    async with open_database(database_url):
        controller = await ensure_site()
        yield World(Domain(Sealer(DATA_KEY), clock), clock, controller)


async def make_site(world: World) -> Site:
    """The site, made through the operations."""
    domain, actor = world.domain, COMMAND_LINE
    zone = await create_zone(domain, actor, "Inside")
    door = await create_door(domain, actor, NewDoor("Main entrance", world.controller.id))
    reader_a = await create_reader(domain, actor, NewReader(door.id, Side.A, "Entry", zone.id))
    reader_b = await create_reader(domain, actor, NewReader(door.id, Side.B, "Exit"))
    await create_device(
        domain,
        actor,
        NewDevice(DeviceRole.READER, door.id, "/dev/reader", 1, b"r" * 16, reader_id=reader_a.id),
    )
    await create_device(domain, actor, NewDevice(DeviceRole.DOOR_IO, door.id, "/dev/io", 0, b"i" * 16))
    camera = await create_camera(domain, actor, "Entrance", "rtsp://user:secret@camera/1", [DoorSide(door.id, Side.A)])
    group = await create_group(domain, actor, "Staff")
    always = await create_schedule(domain, actor, "Always", [[(0, 1440)]] * 7, {"2026-12-25": []})
    await create_access_rule(domain, actor, "Staff", [group.id], [always.id], [DoorSide(door.id, Side.A)])
    ada = await create_cardholder(
        domain, actor, NewCardholder("E-1", "Ada", "Lovelace", "ada@example.org", (group.id,))
    )
    card = await create_card(domain, actor, NewCard(ada.id, 17, 1042))
    return Site(door, reader_a, reader_b, camera, group, ada, card, [zone.id])


def user(role: Role) -> Actor:
    """Somebody signed in with a role."""
    return Actor(f"user-{role.value}", role.value.capitalize(), PERMISSIONS[role], "api", "127.0.0.1", CLEARANCES[role])


def only(*permissions: Permission) -> Actor:
    """Somebody signed in with exactly these permissions."""
    return Actor("user-x", "Somebody", frozenset(permissions), "api")
