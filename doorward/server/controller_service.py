"""The server's end of a controller's link: stores its journal, pushes its policy, relays its answers."""

import asyncio
import logging
from typing import Protocol

from tortoise.exceptions import BaseORMException

from doorward.acs.domain import Domain
from doorward.acs.doors.maintenance import finish_order
from doorward.acs.doors.operations import note_applied_version
from doorward.acs.doors.osdp_keys import commit_keys
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import JournalGap, record_system_event, store_records, stored_sequence
from doorward.acs.messages import (
    BusReport,
    Captured,
    CommandResult,
    DoorStatus,
    Health,
    Hello,
    JournalAck,
    JournalBatch,
    OrderProgress,
    PolicyApplied,
    PolicyRefused,
    ToController,
    ToServer,
    Welcome,
)
from doorward.acs.policy.pipeline import PolicyFeed
from doorward.acs.zones.presence import entered, known_presences
from doorward.hardware.link import LinkClosed

RETRY_S = 1.0
GATHER_S = 0.02
"""Changes that come this close together are pushed as one policy."""

logger = logging.getLogger(__name__)


class ServerLink(Protocol):
    """What the service needs of a link's server end."""

    def send(self, message: ToController) -> None: ...

    async def receive(self) -> ToServer: ...


class ControllerService:
    """One controller's peer in the server. `run` owns the link until it closes."""

    def __init__(self, domain: Domain, controller_id: str, link: ServerLink) -> None:
        self._domain = domain
        self._controller_id = controller_id
        self._link = link
        self._feed = PolicyFeed(domain, controller_id)
        self._says_it_runs: tuple[int, str] | None = None
        self._policy_due = asyncio.Event()
        self._journal_ok = True

    def push_policy(self) -> None:
        """The policy has changed; the controller gets it as soon as it is compiled."""
        self._policy_due.set()

    async def run(self) -> None:
        """Serve the link until the controller closes it."""
        pusher = asyncio.create_task(self._push_policies(), name="policy-pusher")
        try:
            while True:
                await self._handle(await self._link.receive())
        except LinkClosed:
            await self._note(EventType.CONTROLLER_OFFLINE)
        finally:
            pusher.cancel()
            self._domain.doors.detach(self._controller_id)
            self._domain.orders.lost(self._controller_id)

    async def _handle(self, message: ToServer) -> None:
        match message:
            case Hello(boot_id=boot_id, last_sequence=last_sequence, policy_version=version, policy_content=content):
                told = {"boot_id": boot_id, "last_sequence": last_sequence, "policy_version": version}
                await self._note(EventType.CONTROLLER_ONLINE, **told)
                self._link.send(Welcome(await stored_sequence(self._controller_id), self._domain.clock()))
                self._domain.doors.attach(self._controller_id, self._link.send)
                self._push_after(version, content)
                async for presences in known_presences():
                    self._link.send(presences)
            case JournalBatch():
                await self._store(message)
            case PolicyApplied(version):
                await note_applied_version(self._controller_id, version)
            case PolicyRefused(version, content):
                logger.warning(
                    "controller %s is at policy %s (%s), not where it should be", self._controller_id, version, content
                )
                self._push_after(0, "")
            case CommandResult():
                self._domain.doors.resolve(message)
            case DoorStatus():
                self._domain.doors.update(self._controller_id, message)
            case Health():
                await self._note_health(message)
            case BusReport():
                self._domain.orders.answer(self._controller_id, message)
            case OrderProgress() | Captured():
                await self._note_order(message)

    async def _note_order(self, news: OrderProgress | Captured) -> None:
        ended = self._domain.orders.note(self._controller_id, news)
        if ended is not None:
            try:
                await finish_order(self._domain, ended)
            except (BaseORMException, OSError):
                logger.exception("could not write down how order %s ended", news.id)

    async def _store(self, batch: JournalBatch) -> None:
        """Store a batch, however long the database takes to come back: the controller keeps what is not stored."""
        while True:
            try:
                stored = await store_records(self._domain, self._controller_id, batch.records)
                await commit_keys(self._domain, self._controller_id, batch.records)
            except JournalGap as gap:
                logger.warning("journal of controller %s: %s; asking again", self._controller_id, gap)
                self._link.send(Welcome(gap.stored_sequence))
                return
            except (BaseORMException, OSError):
                logger.exception("the database did not take the journal; trying again in %s s", RETRY_S)
                await asyncio.sleep(RETRY_S)
            else:
                self._link.send(JournalAck(stored))
                news = entered(batch.records)
                if news is not None:
                    self._domain.doors.broadcast(news, but=self._controller_id)
                return

    def _push_after(self, version: int, content: str) -> None:
        """The controller has told what it runs; the pusher goes on from there."""
        self._says_it_runs = version, content
        self.push_policy()

    async def _push_policies(self) -> None:
        while True:
            await self._policy_due.wait()
            await asyncio.sleep(GATHER_S)
            self._policy_due.clear()
            if self._says_it_runs is not None:
                self._feed.begin(*self._says_it_runs)
                self._says_it_runs = None
            try:
                message = await self._feed.next()
                if message is not None:
                    self._link.send(message)
            except (BaseORMException, OSError):
                logger.exception("the policy could not be compiled; trying again in %s s", RETRY_S)
                self._policy_due.set()
                await asyncio.sleep(RETRY_S)

    async def _note_health(self, health: Health) -> None:
        """A failing journal cannot tell of itself: the server writes it down, once."""
        failed, self._journal_ok = self._journal_ok and not health.journal_ok, health.journal_ok
        if failed:
            await self._note(EventType.JOURNAL_FAILED, problem=health.problem)

    async def _note(self, event_type: EventType, **data: object) -> None:
        """Write down something about the controller; if even that fails, it is in the log."""
        event = NewEvent(event_type, self._domain.clock(), controller_id=self._controller_id, data=data)
        try:
            await record_system_event(self._domain, event)
        except (BaseORMException, OSError):
            logger.exception("could not write down: %s %s", event_type.value, data)
