"""The server's end of a controller's link: exactly-once storage, policies, answers, and what it writes down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import asyncpg
import msgspec
import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.controllers.presence import note_absent, note_present
from doorward.acs.credentials.models import Credential
from doorward.acs.decision.door import DoorAction, DoorMode, Position
from doorward.acs.devices import OsdpDevice
from doorward.acs.doors.live import DoorCondition, condition
from doorward.acs.doors.models import Controller
from doorward.acs.doors.operations import command_door
from doorward.acs.errors import Busy
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.events.operations import store_records
from doorward.acs.events.sequences import Stored
from doorward.acs.identity import new_id
from doorward.acs.messages import (
    CommandResult,
    CommandStatus,
    CredentialNews,
    CredentialUse,
    DoorCommand,
    DoorStatus,
    Health,
    Hello,
    JournalAck,
    JournalBatch,
    PersonPresence,
    PolicyApplied,
    PolicyDelta,
    PolicyRefused,
    PolicySnapshot,
    Presences,
    ToController,
    Welcome,
)
from doorward.acs.people.operations import update_cardholder
from doorward.acs.policy.pipeline import PolicyFeed
from doorward.acs.zones.presence import known_presences
from doorward.acs.zones.presence_operations import set_presence
from doorward.hardware.link import ControllerEnd, memory_link
from doorward.server.controller_service import ControllerService
from tests.acs.test_event_log import granted
from tests.acs.test_policy_pipeline import suspend
from tests.world import Site, World, make_site, open_world, user

pytestmark = pytest.mark.anyio
Message = TypeVar("Message", bound=ToController)


@dataclass
class Peer:
    """A controller, played by the test."""

    world: World
    site: Site
    end: ControllerEnd
    told: "asyncio.Queue[ToController]"
    service: "asyncio.Task[None]"

    async def next(self, kind: type[Message]) -> Message:
        while True:
            message = await asyncio.wait_for(self.told.get(), 10)
            if isinstance(message, kind):
                return message

    async def events(self, event_type: EventType, count: int = 1) -> list[Event]:
        """Those events, once there are so many of them."""
        async with asyncio.timeout(10):
            while True:
                seen = self.world.domain.bus.announced
                rows = await Event.filter(type=event_type)
                if len(rows) >= count:
                    return rows
                await self.world.domain.bus.wait(seen)


@asynccontextmanager
async def connected(database_url: str) -> AsyncIterator[Peer]:
    """A controller that has said hello and was welcomed."""
    async with open_world(database_url) as world:
        site = await make_site(world)
        controller_end, server_end = memory_link(asyncio.get_running_loop())
        told: asyncio.Queue[ToController] = asyncio.Queue()
        controller_end.connect(told.put_nowait)
        service = ControllerService(world.domain, world.controller.id, server_end)
        world.domain.policy_changed = service.push_policy
        task = asyncio.create_task(service.run())
        controller_end.send(Hello(world.controller.id, "boot", 0, 0))
        yield Peer(world, site, controller_end, told, task)
        controller_end.close()
        await task


async def test_hello_is_welcomed_written_down_and_answered_with_the_policy(database_url: str) -> None:
    async with connected(database_url) as peer:
        assert (await peer.next(Welcome)).stored_sequence == 0
        snapshot = await peer.next(PolicySnapshot)
        assert [device.key for device in snapshot.wiring.devices if isinstance(device, OsdpDevice)] == [
            b"r" * 16,
            b"i" * 16,
        ]
        peer.end.send(PolicyApplied(snapshot.policy.version))
        assert (await peer.events(EventType.CONTROLLER_ONLINE))[0].data["boot_id"] == "boot"
        peer.end.send(JournalBatch((granted(peer.site, 1),)))
        await peer.next(JournalAck)
        assert (await Controller.get()).applied_version == snapshot.policy.version


async def test_an_operation_reaches_the_controller_as_a_delta_under_a_new_version(database_url: str) -> None:
    async with connected(database_url) as peer:
        before = (await peer.next(PolicySnapshot)).policy
        await update_cardholder(peer.world.domain, COMMAND_LINE, peer.site.ada.id, {"suspended": True})
        delta = await peer.next(PolicyDelta)
        assert (delta.base_version, delta.base_content) == (before.version, before.content)
        assert delta.version > before.version
        assert [person.suspended for person in delta.changes.cardholders] == [True]
        assert (delta.changes.credentials, delta.changes.doors, delta.changes.settings) == ((), (), None)


async def test_changes_that_come_close_together_are_one_delta(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(database_url) as peer:
        before = (await peer.next(PolicySnapshot)).policy
        monkeypatch.setattr("doorward.server.controller_service.GATHER_S", 0.5)
        peer.world.domain.policy_changed()
        for suspended in (True, False, True):
            await suspend(peer.world, peer.site, suspended)
            peer.world.domain.policy_changed()
        delta = await peer.next(PolicyDelta)
        assert (delta.base_version, delta.version) == (before.version, before.version + 3)


async def test_a_controller_that_refuses_a_delta_gets_the_whole_policy(database_url: str) -> None:
    async with connected(database_url) as peer:
        whole = await peer.next(PolicySnapshot)
        peer.end.send(PolicyRefused(whole.policy.version, "0" * 32))
        assert await peer.next(PolicySnapshot) == whole


async def test_a_controller_that_comes_back_gets_what_changed_meanwhile(database_url: str) -> None:
    async with connected(database_url) as peer:
        policy = (await peer.next(PolicySnapshot)).policy
        await suspend(peer.world, peer.site)
        peer.end.send(Hello(peer.world.controller.id, "boot", 0, policy.version, policy.content))
        delta = await peer.next(PolicyDelta)
        assert (delta.base_version, delta.base_content) == (policy.version, policy.content)


async def test_a_policy_that_could_not_be_read_is_tried_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[Exception] = [OSError("disk"), asyncpg.ConnectionDoesNotExistError("gone")]
    following = PolicyFeed.next

    async def flaky(feed: PolicyFeed) -> PolicySnapshot | PolicyDelta | None:
        if failures:
            raise failures.pop()
        return await following(feed)

    monkeypatch.setattr(PolicyFeed, "next", flaky)
    monkeypatch.setattr("doorward.server.controller_service.RETRY_S", 0.01)
    async with connected(database_url) as peer:
        await peer.next(PolicySnapshot)
        assert not failures


async def test_batches_are_acknowledged_and_a_gap_is_asked_for_again(database_url: str) -> None:
    async with connected(database_url) as peer:
        await peer.next(Welcome)
        peer.end.send(JournalBatch((granted(peer.site, 1), granted(peer.site, 2))))
        assert (await peer.next(JournalAck)).sequence == 2
        peer.end.send(JournalBatch((granted(peer.site, 4),)))
        assert (await peer.next(Welcome)).stored_sequence == 2
        assert len(await peer.events(EventType.ACCESS_GRANTED, 2)) == 2


async def test_a_greeting_waits_for_a_database_that_comes_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the doors would be said to be out of reach for as long as the controller stays."""
    failing = {name: [OSError("disk"), asyncpg.ConnectionDoesNotExistError("gone")] for name in ("present", "known")}

    async def present(*args: Any) -> None:
        if failing["present"]:
            raise failing["present"].pop()
        await note_present(*args)

    async def known() -> AsyncIterator[Presences]:
        if failing["known"]:
            raise failing["known"].pop()
        async for one in known_presences():
            yield one

    monkeypatch.setattr("doorward.server.controller_service.note_present", present)
    monkeypatch.setattr("doorward.server.controller_service.known_presences", known)
    monkeypatch.setattr("doorward.server.controller_service.RETRY_S", 0.01)
    async with connected(database_url) as peer:
        await peer.events(EventType.CONTROLLER_ONLINE)
        await peer.next(Welcome)
        await peer.next(PolicySnapshot)
        assert not any(failing.values())


async def test_an_absence_is_said_once_the_database_is_back(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [OSError("disk"), asyncpg.ConnectionDoesNotExistError("gone")]

    async def absent(*args: Any) -> None:
        if failures:
            raise failures.pop()
        await note_absent(*args)

    monkeypatch.setattr("doorward.server.controller_service.note_absent", absent)
    monkeypatch.setattr("doorward.server.controller_service.RETRY_S", 0.01)
    async with connected(database_url) as peer:
        await peer.next(Welcome)
        peer.end.close()
        await peer.events(EventType.CONTROLLER_OFFLINE)
        assert not failures


async def test_a_batch_waits_for_a_database_that_comes_back(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[Exception] = [OSError("disk"), Busy("disk"), asyncpg.DeadlockDetectedError("met")]

    async def flaky(*arguments: object) -> Stored:
        if failures:
            raise failures.pop()
        return await store_records(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("doorward.server.controller_service.store_records", flaky)
    monkeypatch.setattr("doorward.server.controller_service.RETRY_S", 0.01)
    async with connected(database_url) as peer:
        peer.end.send(JournalBatch((granted(peer.site, 1),)))
        assert (await peer.next(JournalAck)).sequence == 1
        assert not failures


async def test_a_command_is_answered_by_the_controller(database_url: str) -> None:
    async with connected(database_url) as peer:
        await peer.next(PolicySnapshot)
        asked = asyncio.create_task(
            command_door(peer.world.domain, user(Role.OPERATOR), peer.site.door.id, DoorAction.UNLOCK, "delivery")
        )
        command = await peer.next(DoorCommand)
        assert (command.action, command.reason) == (DoorAction.UNLOCK, "delivery")
        peer.end.send(CommandResult(command.id, CommandStatus.FAILED, "The door is in lockdown."))
        assert (await asked).status is CommandStatus.FAILED
        (failed,) = await peer.events(EventType.DOOR_COMMAND_FAILED)
        assert failed.data["after"]["detail"] == "The door is in lockdown."


async def test_a_silent_controller_lets_a_command_expire(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.doors.commands.COMMAND_LIFETIME_S", 0.05)
    async with connected(database_url) as peer:
        await peer.next(PolicySnapshot)
        result = await command_door(peer.world.domain, user(Role.OPERATOR), peer.site.door.id, DoorAction.LOCK)
        assert result.status is CommandStatus.EXPIRED


async def test_doors_are_offline_once_the_controller_is_gone_and_that_is_written_down(database_url: str) -> None:
    async with connected(database_url) as peer:
        status = DoorStatus(peer.site.door.id, DoorMode.LOCKED, Position.CLOSED, True, False, False, False)
        peer.end.send(status)
        peer.end.send(JournalBatch((granted(peer.site, 1),)))
        await peer.next(JournalAck)
        doors = peer.world.domain.doors
        assert condition(doors.status(peer.site.door.id)) is DoorCondition.LOCKED
        peer.end.close()
        await peer.service
        assert condition(doors.status(peer.site.door.id)) is DoorCondition.OFFLINE
        assert await peer.events(EventType.CONTROLLER_OFFLINE)


async def test_a_failing_journal_is_one_alarm(database_url: str) -> None:
    async with connected(database_url) as peer:
        for message in (Health(True), Health(False, "The disk is full."), Health(False, "The disk is full.")):
            peer.end.send(message)
        peer.end.send(JournalBatch((granted(peer.site, 1),)))
        await peer.next(JournalAck)
        (alarm,) = await peer.events(EventType.JOURNAL_FAILED)
        assert alarm.data["problem"] == "The disk is full."


async def test_controllers_learn_from_each_other_where_people_are(database_url: str) -> None:
    async with connected(database_url) as peer:
        await peer.next(Welcome)
        other = await Controller.create(id=new_id(), name="Annexe")
        end, server_end = memory_link(asyncio.get_running_loop())
        told: asyncio.Queue[ToController] = asyncio.Queue()
        end.connect(told.put_nowait)
        service = asyncio.create_task(ControllerService(peer.world.domain, other.id, server_end).run())
        annexe = Peer(peer.world, peer.site, end, told, service)
        end.send(Hello(other.id, "boot", 0, 0))
        await annexe.next(Welcome)
        [hall] = peer.site.zones
        entered = msgspec.structs.replace(
            granted(peer.site, 1), type=EventType.ACCESS_ENTERED, cardholder_id=peer.site.ada.id, data={"zone": hall}
        )
        peer.end.send(JournalBatch((entered,)))
        expected = PersonPresence(peer.site.ada.id, hall, entered.at)
        assert (await annexe.next(Presences)).people == (expected,)
        end.send(Hello(other.id, "boot-2", 0, 0))
        await annexe.next(Welcome)
        assert (await annexe.next(Presences)).people == (expected,)
        peer.world.clock.advance(timedelta(days=1))
        await set_presence(peer.world.domain, user(Role.OPERATOR), peer.site.ada.id, None, "Seen outside")
        for hearing in (annexe, peer):
            news = await hearing.next(Presences)
            assert (news.people, news.by_hand) == (
                (PersonPresence(peer.site.ada.id, None, peer.world.clock()),), True,
            )  # fmt: skip
        end.close()
        await service


async def test_controllers_learn_from_each_other_how_often_a_credential_was_used(database_url: str) -> None:
    async with connected(database_url) as peer:
        await peer.next(Welcome)
        card = peer.site.card.id
        await Credential.filter(id=card).update(relative_start="first_use", relative_amount=3, relative_unit="uses")
        other = await Controller.create(id=new_id(), name="Annexe")
        end, server_end = memory_link(asyncio.get_running_loop())
        told: asyncio.Queue[ToController] = asyncio.Queue()
        end.connect(told.put_nowait)
        service = asyncio.create_task(ControllerService(peer.world.domain, other.id, server_end).run())
        annexe = Peer(peer.world, peer.site, end, told, service)
        end.send(Hello(other.id, "boot", 0, 0))
        await annexe.next(Welcome)
        first = msgspec.structs.replace(granted(peer.site, 1), data={"qr_steps": {"qr": 7}})
        second = granted(peer.site, 2)
        peer.end.send(JournalBatch((first, second)))
        expected = CredentialUse(card, first.at, second.at, 2)
        for hearing in (annexe, peer):
            news = await hearing.next(CredentialNews)
            if not news.qr_steps:  # What was known when it came may have been told after all this was stored.
                news = await hearing.next(CredentialNews)
            assert news == CredentialNews((expected,), {"qr": 7})
        end.send(JournalBatch((granted(peer.site, 1),)))
        for hearing in (annexe, peer):
            assert (await hearing.next(CredentialNews)).uses[0].count == 3
        end.send(Hello(other.id, "boot-2", 1, 0))
        await annexe.next(Welcome)
        assert (await annexe.next(CredentialNews)).uses[0].count == 3
        end.close()
        await service
