"""Manual actions on doors and zones: what is sent, what is answered, what is refused, what is written down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.decision.door import DoorAction
from doorward.acs.decision.policy import DoorKind, Side
from doorward.acs.doors.commands import COMMAND_LIFETIME_S, command_door, standing_of
from doorward.acs.doors.models import Controller, Door
from doorward.acs.doors.operations import NewDoor, create_door
from doorward.acs.errors import NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.messages import CommandResult, CommandStatus, DoorCommand, ToController
from doorward.acs.requests.keyed import keyed_request
from doorward.acs.requests.models import KeyedRequest
from doorward.acs.zones.commands import ZoneAnswer, command_zone
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.operations import create_zone
from tests.world import START, World, open_world, user

pytestmark = pytest.mark.anyio

OPERATOR = user(Role.OPERATOR)


class Peer:
    """A controller that answers every command at once, and keeps what it was sent."""

    def __init__(self, world: World, controller_id: str, answer: Callable[[DoorCommand], CommandResult | None]) -> None:
        self.world, self.answer = world, answer
        self.sent: list[DoorCommand] = []
        world.domain.doors.attach(controller_id, self.receive)

    def receive(self, message: ToController) -> None:
        assert isinstance(message, DoorCommand)
        self.sent.append(message)
        answer = self.answer(message)
        if answer is not None:
            self.world.domain.doors.resolve(answer)


def confirmed(command: DoorCommand) -> CommandResult:
    return CommandResult(command.id, CommandStatus.CONFIRMED)


async def new_door(world: World, name: str, **settings: Any) -> Door:
    settings.setdefault("controller_id", world.controller.id)
    return await create_door(world.domain, COMMAND_LINE, NewDoor(name, **settings))


async def events(kind: EventType) -> list[Event]:
    return await Event.filter(type=kind).order_by("position")


async def test_an_end_time_reaches_the_controller_in_utc_and_the_audit(database_url: str) -> None:
    async with open_world(database_url) as world:
        peer = Peer(world, world.controller.id, confirmed)
        door = await new_door(world, "Gate")
        until = datetime(2026, 11, 23, 18, 0, tzinfo=timezone(timedelta(hours=2)))
        result = await command_door(world.domain, OPERATOR, door.id, DoorAction.UNLOCK, " delivery ", until=until)
        assert result.status is CommandStatus.CONFIRMED
        (sent,) = peer.sent
        assert (sent.action, sent.reason, sent.duration_ms) == (DoorAction.UNLOCK, "delivery", None)
        assert (sent.until, sent.until and sent.until.tzinfo) == (until, UTC)
        (told,) = await events(EventType.DOOR_COMMANDED)
        assert told.data["after"] == {
            "action": "unlock",
            "reason": "delivery",
            "until": "2026-11-23T16:00:00+00:00",
        }
        assert (told.user_name, told.correlation, told.data["command_id"]) == ("Operator", sent.id, sent.id)


async def test_a_grant_lasts_as_long_as_is_said(database_url: str) -> None:
    async with open_world(database_url) as world:
        peer = Peer(world, world.controller.id, confirmed)
        door = await new_door(world, "Gate")
        for duration_ms in (None, 1_000, 86_400_000):
            await command_door(world.domain, OPERATOR, door.id, DoorAction.GRANT_ACCESS, duration_ms=duration_ms)
        assert [sent.duration_ms for sent in peer.sent] == [None, 1_000, 86_400_000]


@pytest.mark.parametrize(
    "action, until, duration_ms, path",
    [
        (DoorAction.UNLOCK, START, None, "until"),
        (DoorAction.UNLOCK, START + timedelta(days=367), None, "until"),
        (DoorAction.LOCK, (START + timedelta(hours=1)).replace(tzinfo=None), None, "until"),
        (DoorAction.GRANT_ACCESS, START + timedelta(hours=1), None, "until"),
        (DoorAction.RESET, START + timedelta(hours=1), None, "until"),
        (DoorAction.LOCKDOWN, None, 7_000, "durationMs"),
        (DoorAction.GRANT_ACCESS, None, 999, "durationMs"),
        (DoorAction.GRANT_ACCESS, None, 86_400_001, "durationMs"),
    ],
)
async def test_a_senseless_end_or_duration_is_refused_and_nothing_is_sent(
    database_url: str, action: DoorAction, until: datetime | None, duration_ms: int | None, path: str
) -> None:
    async with open_world(database_url) as world:
        peer = Peer(world, world.controller.id, confirmed)
        door = await new_door(world, "Gate")
        with pytest.raises(ValidationFailed) as caught:
            await command_door(world.domain, OPERATOR, door.id, action, until=until, duration_ms=duration_ms)
        assert caught.value.path == (path,)
        assert not peer.sent
        assert not await events(EventType.DOOR_COMMANDED)


class Building:
    """A zone with a perimeter door, an internal door, a sensor and a door of another controller; a zone inside it."""

    zone_id: str
    inner_id: str

    def __init__(self, world: World) -> None:
        self.world = world

    async def build(self) -> "Building":
        await Controller.create(id="annexe", name="Annexe")
        front = await new_door(self.world, "Front")
        stairs = await new_door(self.world, "Stairs")
        hatch = await new_door(self.world, "Hatch", kind=DoorKind.MONITORING)
        away = await new_door(self.world, "Away", controller_id="annexe")
        vault = await new_door(self.world, "Vault")
        doors = [GivenDoor(front.id), GivenDoor(stairs.id, None), GivenDoor(hatch.id, None), GivenDoor(away.id)]
        zone = await create_zone(self.world.domain, COMMAND_LINE, "Building", doors=doors)
        inner = await create_zone(
            self.world.domain, COMMAND_LINE, "Strongroom", {"parent_id": zone.id}, [GivenDoor(vault.id, Side.B)]
        )
        self.zone_id, self.inner_id = zone.id, inner.id
        return self

    async def command_under(self, key: str) -> ZoneAnswer:
        with keyed_request(self.world.domain, OPERATOR, "lockdownZone", key, b"the same"):
            return await self.command()

    async def command(self, action: DoorAction = DoorAction.LOCKDOWN, **how: Any) -> ZoneAnswer:
        return await command_zone(self.world.domain, OPERATOR, self.zone_id, action, "intruder", **how)


def statuses(answer: ZoneAnswer) -> dict[str, CommandStatus]:
    return {one.door.name: one.status for one in answer.doors}


async def test_a_lockdown_reaches_every_door_of_the_zone_that_can_be_reached(database_url: str) -> None:
    """One controller is away, one door refuses, one breaks the connection: the rest is locked down all the same."""
    async with open_world(database_url) as world:
        building = await Building(world).build()
        peer = Peer(world, world.controller.id, confirmed)
        answer = await building.command(include_nested=True)
        assert statuses(answer) == {
            "Away": CommandStatus.FAILED,
            "Front": CommandStatus.CONFIRMED,
            "Stairs": CommandStatus.CONFIRMED,
            "Vault": CommandStatus.CONFIRMED,
        }
        assert not answer.confirmed
        assert [door.name for door in answer.skipped] == ["Hatch"]
        assert {sent.action for sent in peer.sent} == {DoorAction.LOCKDOWN}
        assert "not connected" in answer.doors[0].detail


async def test_one_door_that_breaks_keeps_no_other_from_its_command(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_world(database_url) as world:
        building = await Building(world).build()
        front = await Door.get(name="Front")

        def breaks(command: DoorCommand) -> CommandResult:
            if command.door_id == front.id:
                raise OSError("the line is cut")
            return confirmed(command)

        peer = Peer(world, world.controller.id, breaks)
        answer = await building.command()
        assert len(peer.sent) == 2
        assert statuses(answer) == {
            "Away": CommandStatus.FAILED,
            "Front": CommandStatus.FAILED,
            "Stairs": CommandStatus.CONFIRMED,
        }
        assert "the line is cut" in caplog.text


async def test_a_door_that_does_not_answer_expires_while_the_others_act(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.doors.commands.COMMAND_LIFETIME_S", 0.05)
    async with open_world(database_url) as world:
        building = await Building(world).build()
        stairs = await Door.get(name="Stairs")
        Peer(world, world.controller.id, lambda command: None if command.door_id == stairs.id else confirmed(command))
        Peer(world, "annexe", lambda command: CommandResult(command.id, CommandStatus.FAILED, "Emergency."))
        answer = await building.command()
        assert [(one.door.name, one.status, one.detail[:10]) for one in answer.doors] == [
            ("Away", CommandStatus.FAILED, "Emergency."),
            ("Front", CommandStatus.CONFIRMED, ""),
            ("Stairs", CommandStatus.EXPIRED, "The contro"),
        ]


async def test_a_zone_s_command_is_audited_once_for_the_zone_and_once_for_each_door_with_one_correlation(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        building = await Building(world).build()
        peer = Peer(world, world.controller.id, confirmed)
        until = START + timedelta(hours=1)
        answer = await building.command(until=until)
        (zone,) = await events(EventType.ZONE_COMMANDED)
        assert (zone.zone_id, zone.correlation) == (building.zone_id, answer.command_id)
        assert zone.data["after"] == {
            "action": "lockdown",
            "reason": "intruder",
            "until": until.isoformat(),
            "zone": "Building",
            "include_nested": False,
            "doors": 3,
            "skipped": 1,
        }
        doors = await events(EventType.DOOR_COMMANDED)
        assert [event.door_name for event in doors] == ["Away", "Front", "Stairs"]
        assert {event.correlation for event in doors} == {answer.command_id}
        assert {event.data["command_id"] for event in doors} > {sent.id for sent in peer.sent}
        (failed,) = await events(EventType.DOOR_COMMAND_FAILED)
        assert (failed.door_name, failed.correlation) == ("Away", answer.command_id)


async def test_nested_zones_are_commanded_only_when_asked_for(database_url: str) -> None:
    async with open_world(database_url) as world:
        building = await Building(world).build()
        Peer(world, world.controller.id, confirmed)
        assert "Vault" not in statuses(await building.command())
        assert "Vault" in statuses(await building.command(include_nested=True))
        building.zone_id = building.inner_id
        assert list(statuses(await building.command(include_nested=True))) == ["Vault"]


async def test_the_same_key_is_the_same_command_at_every_door(database_url: str) -> None:
    async with open_world(database_url) as world:
        building = await Building(world).build()
        peer = Peer(world, world.controller.id, confirmed)
        first, again, other = [await building.command_under(key) for key in ("a", "a", "b")]
        assert first == again
        assert first.command_id != other.command_id
        assert len({sent.id for sent in peer.sent}) == len(peer.sent) == 4


async def test_a_zone_s_grant_lasts_as_long_as_is_said(database_url: str) -> None:
    async with open_world(database_url) as world:
        building = await Building(world).build()
        peer = Peer(world, world.controller.id, confirmed)
        await building.command(DoorAction.GRANT_ACCESS, duration_ms=10_000)
        assert {sent.duration_ms for sent in peer.sent} == {10_000}
        with pytest.raises(ValidationFailed):
            await building.command(DoorAction.GRANT_ACCESS, until=START + timedelta(hours=1))


async def test_who_may_not_command_doors_commands_no_zone_and_an_unknown_zone_is_named(database_url: str) -> None:
    async with open_world(database_url) as world:
        building = await Building(world).build()
        with pytest.raises(NotPermitted):
            await command_zone(world.domain, user(Role.VIEWER), building.zone_id, DoorAction.LOCKDOWN)
        with pytest.raises(NotFound, match="no such zone"):
            await command_zone(world.domain, OPERATOR, "nowhere", DoorAction.LOCKDOWN)
        assert not await events(EventType.ZONE_COMMANDED)


def test_a_command_that_nobody_answered_in_its_time_has_expired_for_whoever_repeats_it() -> None:
    asked = KeyedRequest(id="k", mutation="commandDoor", digest="d", attempt="c-1", created_at=START, answer=None)
    in_time = START + timedelta(seconds=COMMAND_LIFETIME_S)
    assert standing_of(asked, in_time).status is CommandStatus.REQUESTED
    assert standing_of(asked, in_time + timedelta(milliseconds=1)).status is CommandStatus.EXPIRED
    asked.answer = {"outcome": {"status": "confirmed", "detail": ""}}
    assert standing_of(asked, in_time + timedelta(days=1)).status is CommandStatus.CONFIRMED
