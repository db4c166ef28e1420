"""The server's end of a controller's link: stores its journal, pushes its policy, relays its answers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

from doorward.acs.controllers.presence import note_absent, note_applied_version, note_present, owns
from doorward.acs.credentials.usage import known_uses, news_of
from doorward.acs.domain import Domain
from doorward.acs.doors.maintenance import finish_order
from doorward.acs.doors.osdp_keys import commit_keys
from doorward.acs.doors.osdp_moves import commit_places
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import (
    JournalGap,
    give_up_records,
    record_system_event,
    store_records,
    stored_of,
)
from doorward.acs.events.sequences import Stored
from doorward.acs.local_io.queries import owns_line
from doorward.acs.messages import (
    PROTOCOL,
    BusReport,
    Captured,
    CommandResult,
    DoorStatus,
    Health,
    Hello,
    InputStatus,
    JournalAck,
    JournalBatch,
    JournalLost,
    OrderProgress,
    OutputStatus,
    PolicyApplied,
    PolicyRefused,
    TimeReport,
    ToController,
    ToServer,
    Welcome,
)
from doorward.acs.policy.pipeline import PolicyFeed
from doorward.acs.site.queries import controller_settings
from doorward.acs.transaction import DATABASE_TROUBLE
from doorward.acs.zones.presence import entered, known_presences
from doorward.hardware.link import LinkClosed
from doorward.hardware.remote.wire import WireBroken
from doorward.server.link_check import NotAllowed, check
from doorward.server.time_keeping import TimeKeeper

RETRY_S = 1.0
GATHER_S = 0.02
"""Changes that come this close together are pushed as one policy."""

logger = logging.getLogger(__name__)
T = TypeVar("T")


class ServerLink(Protocol):
    """What the service needs of a link's server end."""

    def send(self, message: ToController) -> None: ...

    async def receive(self) -> ToServer: ...

    async def drained(self) -> None: ...

    def close(self, reason: str = "") -> None: ...


class ControllerService:
    """One controller's peer in the server. `run` owns the link until it closes."""

    def __init__(self, domain: Domain, controller_id: str, link: ServerLink, address: str = "") -> None:
        """`address` is where the controller dials from ("": it is in this process)."""
        self._domain = domain
        self._controller_id = controller_id
        self._link = link
        self._address = address
        self._live = domain.controllers.of(controller_id)
        self._time = TimeKeeper(domain, controller_id, link)
        self._feed = PolicyFeed(domain, controller_id)
        self._says_it_runs: tuple[int, str] | None = None
        self._greeted = False
        self._policy_due = asyncio.Event()
        self._sent_settings: ToController | None = None
        self._journal_ok = True
        self._doors: set[str] = set()
        self._lines: set[str] = set()
        self._retired = False

    def push_policy(self) -> None:
        """The policy has changed; the controller gets it as soon as it is compiled."""
        self._policy_due.set()

    def retire(self, reason: str) -> None:
        """The link ends for a reason of the server's own: nobody is absent for that."""
        self._retired = True
        self._link.close(reason)

    async def run(self) -> None:
        """Serve the link until either end closes it. A controller that says what it may not say loses it."""
        helpers = [
            asyncio.create_task(self._push_policies(), name="policy-pusher"),
            asyncio.create_task(self._time.run(), name="time-keeper"),
        ]
        reason = ""
        try:
            while True:
                message = await self._link.receive()
                check(message, self._controller_id)
                with self._time.handling():
                    await self._handle(message)
        except LinkClosed as closed:
            reason = str(closed)
        except (WireBroken, NotAllowed) as error:
            reason = f"refused: {error}"
            logger.error("the link of controller %s is closed: %s", self._controller_id, error)
            await self._note(EventType.CONTROLLER_REFUSED, cause=str(error), address=self._address)
            self._link.close(reason)
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            if not self._retired:
                self._live.connected = False
                self._domain.doors.detach(self._controller_id)
                self._domain.lines.detach(self._controller_id)
                self._domain.orders.lost(self._controller_id)
        if not self._retired:
            # However long that takes, unless the controller comes back before: then nobody was absent.
            await self._patiently(lambda: note_absent(self._domain, self._controller_id, reason))

    async def _handle(self, message: ToServer) -> None:  # noqa: C901 - a case for each message
        if not self._greeted and not isinstance(message, Hello):
            raise NotAllowed("it spoke before it greeted")
        match message:
            case Hello():
                await self._greet(message)
            case JournalBatch():
                await self._store(message)
            case JournalLost(first, last):
                logger.error("controller %s has lost its records %s to %s", self._controller_id, first, last)
                await self._until_stored(message)
            case PolicyApplied(version):
                await self._patiently(lambda: note_applied_version(self._controller_id, version))
            case PolicyRefused(version, content):
                logger.warning(
                    "controller %s is at policy %s (%s), not where it should be", self._controller_id, version, content
                )
                self._push_after(0, "")
            case CommandResult():
                self._domain.doors.resolve(message)
            case DoorStatus():
                await self._show(message)
            case InputStatus() | OutputStatus():
                await self._show_line(message)
            case Health():
                await self._note_health(message)
            case TimeReport():
                self._live.last_sequence = max(self._live.last_sequence, message.last_sequence)
                await self._time.heard(message)
            case BusReport():
                self._domain.orders.answer(self._controller_id, message)
            case OrderProgress() | Captured():
                await self._note_order(message)

    async def _greet(self, hello: Hello) -> None:
        if hello.protocol != PROTOCOL:
            raise NotAllowed(f"it speaks version {hello.protocol} of the protocol, and this server {PROTOCOL}")
        self._greeted = True
        live, now = self._live, self._domain.clock()
        live.connected, live.connected_at, live.last_contact_at = True, now, now
        live.address, live.software, live.boot_id = self._address, hello.software, hello.boot_id
        live.last_sequence = hello.last_sequence
        told: dict[str, object] = {
            "boot_id": hello.boot_id,
            "last_sequence": hello.last_sequence,
            "policy_version": hello.policy_version,
        }
        if self._address:
            told |= {"address": self._address}
        await self._patiently(lambda: note_present(self._domain, self._controller_id, told))
        stored = await self._patiently(lambda: stored_of(self._controller_id))
        self._link.send(Welcome(stored.upto, self._domain.clock(), stored.ahead))
        self._domain.doors.attach(self._controller_id, self._link.send)
        self._push_after(hello.policy_version, hello.policy_content)
        await self._patiently(lambda: self._tell_all(known_presences()))
        await self._patiently(lambda: self._tell_all(known_uses()))
        self._time.begin()

    async def _tell_all(self, parts: AsyncIterator[ToController]) -> None:
        async for part in parts:
            await self._link.drained()
            self._link.send(part)

    async def _note_order(self, news: OrderProgress | Captured) -> None:
        ended = self._domain.orders.note(self._controller_id, news)
        if ended is not None:
            try:
                await finish_order(self._domain, ended)
            except DATABASE_TROUBLE:
                logger.exception("could not write down how order %s ended", news.id)

    async def _store(self, batch: JournalBatch) -> None:
        if await self._until_stored(batch):
            self._live.last_sequence = max(self._live.last_sequence, batch.records[-1].sequence)
            news = entered(batch.records)
            if news is not None:
                self._domain.doors.broadcast(news, but=self._controller_id)
            await self._tell_uses(batch)

    async def _until_stored(self, message: JournalBatch | JournalLost) -> bool:
        """Store it: the controller keeps what is not stored. False when something before it is missing."""
        try:
            stored = await self._patiently(lambda: self._stored(message))
        except JournalGap as gap:
            logger.warning("journal of controller %s: %s; asking again", self._controller_id, gap)
            self._link.send(Welcome(gap.stored.upto, None, gap.stored.ahead))
            return False
        self._link.send(JournalAck(stored.upto, stored.ahead))
        return True

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do it, however long the database takes to come back."""
        while True:
            try:
                return await work()
            except DATABASE_TROUBLE:
                logger.exception("the database cannot be used; trying again in %s s", RETRY_S)
                await asyncio.sleep(RETRY_S)

    async def _stored(self, message: JournalBatch | JournalLost) -> Stored:
        if isinstance(message, JournalLost):
            return await give_up_records(self._domain, self._controller_id, message.first, message.last)
        stored = await store_records(self._domain, self._controller_id, message.records, message.live)
        await commit_keys(self._domain, self._controller_id, message.records)
        await commit_places(self._domain, self._controller_id, message.records)
        return stored

    async def _show(self, status: DoorStatus) -> None:
        """A door's present state, if it is this controller's door."""
        if status.door_id not in self._doors:
            if not await self._patiently(lambda: owns(self._controller_id, status.door_id)):
                logger.info("controller %s tells of a door that is not its own (any more)", self._controller_id)
                return
            self._doors.add(status.door_id)
        self._domain.doors.update(self._controller_id, status)

    async def _show_line(self, status: InputStatus | OutputStatus) -> None:
        """The present state of an auxiliary input or output, if it is this controller's."""
        line_id = status.input_id if isinstance(status, InputStatus) else status.output_id
        if line_id not in self._lines:
            if not await self._patiently(lambda: owns_line(self._controller_id, status)):
                logger.info("controller %s tells of an input or output that is not its own", self._controller_id)
                return
            self._lines.add(line_id)
        self._domain.lines.update(self._controller_id, status)

    async def _tell_uses(self, batch: JournalBatch) -> None:
        """Also to the controller itself: what others counted meanwhile is in the sum."""
        try:
            news = await news_of(batch.records)
        except DATABASE_TROUBLE:
            logger.exception("the uses of credentials could not be told; each controller counts its own for now")
            return
        if news is not None:
            self._domain.doors.broadcast(news)

    def _push_after(self, version: int, content: str) -> None:
        """The controller has told what it runs; the pusher goes on from there."""
        self._says_it_runs = version, content
        self.push_policy()

    async def _push_policies(self) -> None:
        while True:
            await self._policy_due.wait()
            await asyncio.sleep(GATHER_S)
            await self._link.drained()
            self._policy_due.clear()
            self._doors.clear()  # Doors may have got another controller,
            self._lines.clear()  # and so may auxiliary inputs and outputs.
            if self._says_it_runs is not None:
                self._feed.begin(*self._says_it_runs)
                self._says_it_runs = None
            try:
                await self._push_settings()
                message = await self._feed.next()
                if message is not None:
                    self._link.send(message)
            except DATABASE_TROUBLE:
                logger.exception("the policy could not be compiled; trying again in %s s", RETRY_S)
                self._policy_due.set()
                await asyncio.sleep(RETRY_S)

    async def _push_settings(self) -> None:
        settings = await controller_settings()
        if settings != self._sent_settings:
            self._sent_settings = settings
            self._link.send(settings)

    async def _note_health(self, health: Health) -> None:
        """A failing journal cannot tell of itself: the server writes it down, once."""
        self._live.problem = health.problem
        failed, self._journal_ok = self._journal_ok and not health.journal_ok, health.journal_ok
        if failed:
            await self._note(EventType.JOURNAL_FAILED, problem=health.problem)

    async def _note(self, event_type: EventType, **data: object) -> None:
        """Write down something about the controller; if even that fails, it is in the log."""
        event = NewEvent(event_type, self._domain.clock(), controller_id=self._controller_id, data=data)
        try:
            await record_system_event(self._domain, event)
        except DATABASE_TROUBLE:
            logger.exception("could not write down: %s %s", event_type.value, data)
