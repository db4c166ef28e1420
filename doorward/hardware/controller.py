"""The controller: owns doors. One thread takes everything in, decides, writes down, and then acts.

Driver events, messages of the server and deadlines come through one queue. Everything queued is
planned as one turn, made durable in one journal transaction, then performed, then reported.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from doorward import __version__
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.door import DoorSetting
from doorward.acs.decision.memory import Memory
from doorward.acs.decision.policy import Policy
from doorward.acs.devices import Device
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.sequences import Stored
from doorward.acs.identity import new_id
from doorward.acs.messages import (
    BusQuery,
    BusReport,
    CaptureOrder,
    CommandResult,
    CommandStatus,
    ControllerSettings,
    CredentialNews,
    DoorCommand,
    FileOrder,
    Health,
    Hello,
    JournalAck,
    JournalRecord,
    KeyOrder,
    MoveOrder,
    Order,
    OrderProgress,
    OrderStep,
    OrderStop,
    OutputCommand,
    PolicyApplied,
    PolicyDelta,
    PolicyRefused,
    PolicySnapshot,
    Presences,
    TimeCheck,
    TimeReport,
    ToController,
    ToServer,
    Welcome,
)
from doorward.acs.sealing import SealBroken
from doorward.hardware.conditions import Conditions, Notice
from doorward.hardware.contact import ContactKeeper
from doorward.hardware.driver import (
    CommandRefused,
    DeviceOffline,
    Driver,
    DriverEvent,
    EventSink,
    Maintained,
    MaintainedDriver,
)
from doorward.hardware.errors import JournalUnavailable, PolicyUnkept
from doorward.hardware.fault import JournalFault
from doorward.hardware.inbox import Attached, ContactChanged, FromDriver, FromServer, FromWorker, Inbox, Queued, Stop
from doorward.hardware.journal import Entry, Journal
from doorward.hardware.link import ControllerEnd
from doorward.hardware.local_status import local_statuses
from doorward.hardware.policy_file import PolicyFile
from doorward.hardware.policy_worker import PolicyKept, PolicyNews, PolicyWorker, ReadyPolicy
from doorward.hardware.situation import Moment, Situation, door_statuses
from doorward.hardware.turn import Effect, Given, PolicyAdopted, Retired, Turn, TurnInput
from doorward.hardware.unfinished import clears
from doorward.hardware.uplink import Uplink
from doorward.hardware.wiring import Wiring

logger = logging.getLogger(__name__)

JOURNAL_RETRY_MS = 1_000
MOST_ANSWERS = 1_000
"""Answers that are remembered, so that a repeated command is answered and not done again."""
_NO_POLICY = Policy(0, "UTC")
_REWIRED = "The wiring was changed; the device is being connected anew."

DriverFactory = Callable[[Sequence[Device], EventSink], Driver]


def _process_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Controller:
    """Runs from `start` to `stop` (or as a context); one run per object. Works with or without a link."""

    def __init__(
        self,
        controller_id: str,
        journal_path: Path,
        data_key: bytes,
        driver_factory: DriverFactory,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic_ms: Callable[[], int] = _process_ms,
    ) -> None:
        """`data_key` (32 bytes) seals the policy, in a file beside the journal. `clock` is aware UTC.

        `driver_factory` is called, in the controller's thread, once for every wiring.
        """
        self._id = controller_id
        self._journal_path = journal_path
        self._data_key = data_key
        self._driver_factory = driver_factory
        self._clock = clock
        self._monotonic_ms = monotonic_ms
        self._boot_id = new_id()
        self._booted_ms = monotonic_ms()
        self._queue = Inbox()
        self._thread = threading.Thread(target=self._run, name="controller", daemon=True)
        self._journal: Journal
        policy_file = PolicyFile(journal_path.with_suffix(".policy"), data_key)
        self._worker = PolicyWorker(policy_file, lambda news: self._queue.put(FromWorker(news)))
        self._driver: Driver | None = None
        self._generation = 0
        self._uplink: Uplink | None = None
        self._situation = Situation(CompiledPolicy(_NO_POLICY), Wiring())
        self._modes: dict[str, DoorSetting] = {}
        self._answers: dict[str, CommandResult] = {}
        self._content = ""
        self._unkept = ""
        self._fault = JournalFault()
        self._retry_at_ms = 0

    def start(self) -> None:
        """Take up the doors where the journal left them. Raises JournalUnavailable."""
        self._journal = Journal(self._journal_path, self._data_key)
        try:
            now = self._moment()
            self._modes = self._journal.modes()
            self._answers = self._journal.answers(now.at)
            memory = Memory()
            memory.apply(self._journal.memory())
            self._contact = ContactKeeper(self._journal, now.at)
            self._conditions = Conditions(self._journal.settings(), self._journal.acknowledged(), now)
            self._contact.trusts_clock = self._conditions.settings.trusts_clock
            self._situation = replace(self._situation, memory=memory, contact=self._contact.now(now.at))
            started = JournalRecord(0, now.boot_id, now.at, now.now_ms, EventType.CONTROLLER_STARTED, new_id())
            self._journal.append(Entry([started, *clears(self._journal.of_last_boot(), now)]))
            ready = self._last_policy()
        except BaseException:
            self._journal.close()
            raise
        if ready is not None:
            self._rule_by(ready)
        self._worker.start()
        self._thread.start()

    def attach(self, link: ControllerEnd) -> None:
        """Speak with the server over this link from now on, instead of any link before."""
        self._queue.put(Attached(link))

    @property
    def running(self) -> bool:
        """Whether its thread lives: it ends at `stop`, and by errors that nobody foresaw."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Finish the turn at hand, stop every thread, close the link.

        Doors keep what their devices were last told.
        """
        self._queue.put(Stop())
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> "Controller":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _last_policy(self) -> ReadyPolicy | None:
        try:
            ready = self._worker.load()
            if ready is not None:
                self._journal.forget_policy()
            elif (older := self._journal.policy()) is not None:
                self._worker.put(older)
            return ready
        except (SealBroken, PolicyUnkept) as error:
            logger.error("no door is served until the server sends the policy anew: %s", error)
            return None

    def _moment(self) -> Moment:
        return Moment(self._boot_id, self._clock(), self._monotonic_ms() - self._booted_ms)

    # The thread.

    def _run(self) -> None:
        """Ends at `stop`, or by an error that nobody foresaw; closes the link, so that the server knows."""
        try:
            self._drive(self._situation.wiring.plan.devices)
            while self._take(self._wait()):
                self._send_journal()
        finally:
            if self._driver is not None:
                self._driver.stop()
            if self._uplink is not None:
                self._uplink.close()
            self._worker.stop()
            self._journal.close()

    def _wait(self) -> list[Queued]:
        """Everything queued, or nothing when a deadline came first."""
        now = self._moment()
        deadlines = [*self._situation.deadlines(now), self._conditions.deadline(self._situation.contact, now)]
        if self._fault:
            deadlines.append(self._retry_at_ms)
        return self._queue.wait(max(0, min(deadlines) - now.now_ms) / 1000)

    def _take(self, batch: list[Queued]) -> bool:
        """Inputs of the doors as few turns as their order allows, the rest one by one. False at the end."""
        inputs: list[Given] = []
        for item in batch:
            match item:
                case FromDriver(generation, event, at_ms):
                    if not self._passed_on(event) and generation == self._generation:
                        inputs.append(Given(event, at_ms))
                    continue
                case FromServer(link, (DoorCommand() | OutputCommand() | Presences() | CredentialNews()) as told):
                    if self._uplink is not None and link is self._uplink.link:
                        inputs.append(Given(self._in_own_time(told)))
                    continue
            self._turn(inputs)
            inputs = []
            match item:
                case ContactChanged():
                    self._turn([])
                case Stop():
                    self._remember_position()
                    return False
                case Attached(link):
                    self._greet(link)
                case FromWorker(news):
                    self._heed_worker(news)
                case FromServer(link, message):
                    if self._uplink is not None and link is self._uplink.link:
                        self._heed(self._uplink, message)
        self._turn(inputs)
        return True

    def _in_own_time(self, news: DoorCommand | OutputCommand | Presences | CredentialNews) -> TurnInput:
        """A command expires by the server's clock, which the controller's may be off from."""
        if not isinstance(news, DoorCommand | OutputCommand):
            return news
        return msgspec.structs.replace(news, expires_at=self._conditions.own_time(news.expires_at))

    def _passed_on(self, event: DriverEvent) -> bool:
        """Whether an event is only for the server, which then has it. The end of an order counts from a driver that
        has ended, too."""
        if isinstance(event, Maintained):
            self._tell(event.news)
            return True
        return False

    # A turn.

    def _turn(self, inputs: Sequence[Given]) -> None:
        moment = self._moment()
        connected = self._uplink is not None and self._uplink.in_contact
        self._situation = replace(self._situation, contact=self._contact.note(connected, moment.at))
        notice = self._conditions.look(moment, self._situation.contact, self._journal.last_sequence)
        if notice.clock_set:
            self._contact.was_set()
        journal_waits = bool(self._fault) and moment.now_ms < self._retry_at_ms
        turn = self._plan(inputs, moment, not journal_waits, notice)
        if journal_waits:
            self._fault.keep(turn.records, turn.modes, turn.admission.changes)
        else:
            try:
                changes = turn.admission.changes
                self._make_durable(Entry(turn.records, turn.modes, turn.settled, changes, notice.give_up_to), moment)
            except JournalUnavailable as error:
                turn = self._plan(inputs, moment, durable=False, notice=notice)
                self._note_fault(error)
                self._fault.keep(turn.records, turn.modes, turn.admission.changes)
        self._modes |= turn.modes
        self._situation.memory.apply(turn.admission.changes)
        answers = self._perform(turn.effects, turn.answers)
        self._situation = turn.situation()
        for answer in answers:
            self._remember_answer(answer)
            self._tell(answer)
        self._tell_states()

    def _plan(self, inputs: Sequence[Given], moment: Moment, durable: bool, notice: Notice) -> Turn:
        """A turn of these inputs, behind what was noticed. One that the rules cannot take is logged and passed over."""
        turn = Turn(self._situation, self._answers, moment, durable)
        turn.records += notice.records
        for given in inputs:
            try:
                turn.take(given.what, given.heard_ms)
            except Exception:
                logger.exception("%s cannot be processed and is passed over", given.what)
                return self._plan([other for other in inputs if other is not given], moment, durable, notice)
        turn.pass_time()
        return turn

    def _make_durable(self, entry: Entry, moment: Moment) -> None:
        if not (self._fault or entry.records or entry.modes or entry.answers or entry.memory):
            return
        self._journal.append(self._fault.with_kept(entry, moment))
        if self._fault:
            logger.warning("the journal %s can be written again", self._journal_path)
            self._fault.ended()
            self._tell(self._health())
            if self._uplink is not None and not self._uplink.welcome:
                self._say_hello()  # The last welcome could not be heeded.

    def _note_fault(self, error: JournalUnavailable) -> None:
        moment = self._moment()
        self._retry_at_ms = moment.now_ms + JOURNAL_RETRY_MS
        if self._fault.began(str(error), moment):
            logger.error("%s", error)
            self._tell(self._health())

    def _perform(self, effects: Sequence[Effect], answers: Sequence[CommandResult]) -> list[CommandResult]:
        """Send the turn's commands; an operator's command whose strike was refused has failed."""
        failed: dict[str, str] = {}
        for effect in effects:
            try:
                if self._driver is not None:
                    self._driver.submit(effect.command)
            except CommandRefused as error:
                logger.warning("%s was not carried out: %s", effect.command, error)
                if effect.for_command is not None:
                    failed[effect.for_command] = str(error)
        return [
            CommandResult(answer.command_id, CommandStatus.FAILED, failed[answer.command_id])
            if answer.command_id in failed
            else answer
            for answer in answers
        ]

    def _remember_answer(self, answer: CommandResult) -> None:
        self._answers.pop(answer.command_id, None)
        self._answers[answer.command_id] = answer
        if len(self._answers) > MOST_ANSWERS:
            del self._answers[next(iter(self._answers))]

    # The server.

    def _greet(self, link: ControllerEnd) -> None:
        if self._uplink is not None:
            self._remember_position()
            self._uplink.close()
        self._uplink = Uplink(link, self._journal)
        self._worker.linked()
        link.connect(
            lambda message: self._queue.put(FromServer(link, message)), lambda: self._queue.put(ContactChanged())
        )
        self._say_hello()

    def _say_hello(self) -> None:
        version = self._situation.policy.version
        last = self._journal.last_sequence
        self._tell(Hello(self._id, self._boot_id, last, version, self._content, software=__version__))

    def _heed(self, uplink: Uplink, message: ToController) -> None:
        try:
            match message:
                case Welcome(stored_sequence, server_at, ahead):
                    uplink.welcomed(Stored(stored_sequence, ahead), self._boot_id)
                    self._conditions.stored(stored_sequence)
                    self._contact.heard(server_at, self._clock())
                    uplink.send(self._health())
                    self._tell_states()
                case JournalAck(sequence, ahead):
                    self._conditions.stored(sequence)
                    uplink.acknowledged(Stored(sequence, ahead), self._conditions.settings, self._clock())
                case TimeCheck(number, offset_ms):
                    uplink.send(TimeReport(number, self._clock(), self._journal.last_sequence))
                    if offset_ms is not None:
                        self._conditions.measured(offset_ms)
                        self._contact.measured(offset_ms, self._clock())
                    self._turn([])
                case ControllerSettings():
                    self._heed_settings(message)
                case PolicySnapshot() | PolicyDelta():
                    self._worker.put(message)
                case BusQuery(asked):
                    maintained = self._maintained()
                    uplink.send(BusReport(asked, tuple(maintained.buses()) if maintained is not None else ()))
                case OrderStop(order_id):
                    if (maintained := self._maintained()) is not None:
                        maintained.stop_order(order_id)
                case KeyOrder() | CaptureOrder() | FileOrder() | MoveOrder():
                    self._begin(message)
        except JournalUnavailable as error:
            self._note_fault(error)

    def _heed_settings(self, settings: ControllerSettings) -> None:
        self._journal.keep_settings(settings)
        self._conditions.settings = settings
        self._contact.trusts_clock = settings.trusts_clock
        self._turn([])

    def _maintained(self) -> MaintainedDriver | None:
        return self._driver if isinstance(self._driver, MaintainedDriver) else None

    def _begin(self, order: Order) -> None:
        """Begin an order of an operator; one that cannot be has failed."""
        problem = "The device is not driven by this controller yet. Try again."
        if (driver := self._maintained()) is not None:
            try:
                driver.order(order)
            except CommandRefused as error:
                problem = str(error)
            else:
                return
        self._tell(OrderProgress(order.id, OrderStep.FAILED, problem))

    def _health(self) -> Health:
        problem = self._fault.problem or self._unkept
        return Health(not problem, problem)

    def _heed_worker(self, news: PolicyNews) -> None:
        match news:
            case ReadyPolicy():
                self._adopt(news)
            case PolicyKept():
                self._note_unkept("")
            case PolicyRefused():
                self._tell(news)

    def _note_unkept(self, problem: str) -> None:
        if problem != self._unkept:
            self._unkept = problem
            self._tell(self._health())

    def _adopt(self, ready: ReadyPolicy) -> None:
        """Rule by this policy from here on, and drive its devices."""
        rewired = ready.wiring.devices != self._situation.wiring.plan.devices
        self._retire(ready)
        if rewired and (driver := self._maintained()) is not None:
            rewired = not driver.rekey(ready.wiring.devices)
        if rewired:
            self._undrive()
        adopted = PolicyAdopted(self._situation.policy, self._situation.wiring)
        self._rule_by(ready)
        self._turn([Given(adopted)])
        if rewired:
            self._drive(ready.wiring.devices)
        self._note_unkept(ready.unkept)
        self._tell(PolicyApplied(ready.compiled.version))
        self._tell_states()

    def _retire(self, ready: ReadyPolicy) -> None:
        """Lock the doors and outputs that the policy has no place for, while they can still be told."""
        wired = {(lock.device_id, lock.output) for lock in ready.wiring.locks}
        doors = tuple(door_id for door_id in self._situation.doors if door_id not in ready.compiled.doors)
        before = self._situation.wiring.plan.locks
        locks = tuple(lock for lock in before if (lock.device_id, lock.output) not in wired)
        if doors or locks:
            self._turn([Given(Retired(doors, locks))])

    def _rule_by(self, ready: ReadyPolicy) -> None:
        self._situation = self._situation.under(ready.compiled, ready.wiring, self._modes)
        self._content = ready.content

    def _undrive(self) -> None:
        """Stop the driver. Every device that was online is offline by that, and so are its door's inputs."""
        if self._driver is None:
            return
        self._driver.stop()
        self._driver = None
        online = [device_id for device_id, is_online in self._situation.devices.items() if is_online]
        self._turn([Given(DeviceOffline(device_id, _REWIRED)) for device_id in online])

    def _drive(self, devices: Sequence[Device]) -> None:
        self._generation += 1
        if not devices:
            return
        generation = self._generation

        def hear(event: DriverEvent) -> None:
            self._queue.put(FromDriver(generation, event, self._monotonic_ms() - self._booted_ms))

        self._driver = self._driver_factory(devices, hear)
        self._driver.start()

    def _send_journal(self) -> None:
        try:
            if self._uplink is not None:
                self._uplink.send_journal()
        except JournalUnavailable as error:
            self._note_fault(error)

    def _remember_position(self) -> None:
        try:
            if self._uplink is not None:
                self._uplink.remember(self._clock())
        except JournalUnavailable as error:
            logger.warning("the acknowledged position was not kept: %s", error)

    def _tell(self, message: ToServer) -> None:
        if self._uplink is not None:
            self._uplink.send(message)

    def _tell_states(self) -> None:
        if self._uplink is not None:
            self._uplink.tell(door_statuses(self._situation))
            self._uplink.tell(local_statuses(self._situation))
