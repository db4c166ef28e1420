"""A controller in a process of its own, over real serial lines: it opens the door with the server killed."""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.controllers.operations import create_controller, issue_enrolment_code
from doorward.acs.credentials.operations import NewCard, create_card
from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.devices import DeviceRole
from doorward.acs.doors.operations import (
    NewDevice,
    NewDoor,
    NewReader,
    create_device,
    create_door,
    create_reader,
)
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.people.operations import NewCardholder, create_cardholder, create_group
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.schedules.operations import create_schedule
from doorward.hardware.simulators.door import DoorSpec, ReaderSpec, SimulatedDoor
from doorward.server.domain import open_domain
from doorward.server.settings import Settings
from tests.e2e.process import doorward

PATIENCE_S = 60.0
pytestmark = pytest.mark.timeout(300)


async def build_site(settings: Settings, spec: DoorSpec) -> str:
    """One door of a controller apart, one card that opens it; returns the controller's enrolment code."""
    async with open_domain(settings) as domain:
        who = COMMAND_LINE
        controller = await create_controller(domain, who, "Annexe")
        door = await create_door(domain, who, NewDoor(spec.name, controller.id))
        reader = await create_reader(domain, who, NewReader(door.id, Side.A, "Entry"))
        [at_reader] = spec.readers
        await create_device(
            domain,
            who,
            NewDevice(DeviceRole.READER, door.id, str(at_reader.link), 1, at_reader.key, reader_id=reader.id),
        )
        await create_device(domain, who, NewDevice(DeviceRole.DOOR_IO, door.id, str(spec.link), 2, spec.key))
        group = await create_group(domain, who, "Staff")
        always = await create_schedule(domain, who, "Always", [[(0, 1440)]] * 7, {})
        await create_access_rule(domain, who, "Staff", [group.id], [always.id], [DoorSide(door.id, Side.A)])
        ada = await create_cardholder(domain, who, NewCardholder("E-1", "Ada", "Lovelace", "", (group.id,)))
        await create_card(domain, who, NewCard(ada.id, 17, 1042))
        return (await issue_enrolment_code(domain, who, controller.id)).code


async def count(settings: Settings, kind: EventType) -> int:
    async with open_domain(settings):
        return await Event.filter(type=kind).count()


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.1)


def test_a_door_opens_with_the_server_killed_and_the_record_arrives_once(tmp_path: Path) -> None:
    keys = secrets.token_bytes(16), secrets.token_bytes(16)
    spec = DoorSpec(
        "Annexe door", tmp_path / "door", 2, keys[1], (ReaderSpec(Side.A, tmp_path / "reader", 1, keys[0]),)
    )
    released = threading.Event()
    door = SimulatedDoor(spec, on_strike=lambda _, energised, __: released.set() if energised else None)
    settings = Settings(tmp_path / "site")
    log = tmp_path / "log"
    code = asyncio.run(build_site(settings, spec))
    serve: list[str | Path] = ["serve", "--data", settings.data, "--port", "0", "--controllers-host", "127.0.0.1"]
    door.start()
    try:
        with doorward([*serve, "--controllers-port", "0"], log) as server:
            port = server.wait_for("Controllers connect to port").split()[0]
            server.wait_for("Doorward is ready")
            apart: list[str | Path] = ["controller", "--server", f"wss://127.0.0.1:{port}", "--data", tmp_path / "box"]
            with doorward([*apart, "--enrol", code], log) as controller:
                controller.wait_for("Controller ")
                wait(lambda: asyncio.run(count(settings, EventType.READER_ONLINE)) > 0)
            server.process.kill()
            server.process.wait()
        # It starts without a server, from its own disk.
        with doorward(apart, log) as controller:
            controller.wait_for("Controller ")

            def badge_opens() -> bool:
                door.badge(Side.A, encode_h10301(17, 1042))
                return released.wait(1.5)

            wait(badge_opens)  # Reads in the first moments of a link are not trusted.
            with doorward([*serve, "--controllers-port", port], log) as server:
                server.wait_for("Doorward is ready")
                wait(lambda: asyncio.run(count(settings, EventType.ACCESS_GRANTED)) > 0)
    finally:
        door.stop()
    asyncio.run(compare(settings))


async def compare(settings: Settings) -> None:
    async with open_domain(settings):
        events = await Event.filter(source="controller", door_name="Annexe door").order_by("position")
        [controller_id] = {event.controller_id for event in events}
        of_it = await Event.filter(source="controller", controller_id=controller_id).order_by("position")
        assert [event.sequence for event in of_it] == list(range(1, len(of_it) + 1)), "once, in order, without a gap"
        granted = [event for event in events if event.type is EventType.ACCESS_GRANTED]
        assert len(granted) == 1
        assert granted[0].stored_at - granted[0].at > timedelta(0)
        assert granted[0].cardholder_name == "Ada Lovelace"
