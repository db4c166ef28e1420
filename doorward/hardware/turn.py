"""One turn of a controller: a batch of inputs put through the pure rules, with nothing done yet.

The controller plans a turn, makes its entry durable, and only then performs its effects. If it
cannot be made durable, the same batch is planned again as not durable: then no card, no operator, no
schedule and no new policy releases a door, while egress, emergencies and everything that locks goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.door import (
    Acted,
    Annunciation,
    Connected,
    DoorAction,
    DoorMode,
    DoorRecord,
    DoorSetting,
    DoorState,
    Refusal,
    ScheduleChanged,
    Step,
    Strike,
    StrikeEffect,
    TimePassed,
    WithholdingEnded,
    adopt,
    annunciation,
    correlations,
    lasting_setting,
    next_deadline,
    step,
    strike_effects,
    withheld,
)
from doorward.acs.decision.door import Input as DoorInput
from doorward.acs.decision.memory import Change, Table
from doorward.acs.decision.policy import DoorKind
from doorward.acs.decision.unlocking import UnlockWish, unlock_wish
from doorward.acs.devices import LockLine, ReaderLine
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.messages import (
    CommandResult,
    CommandStatus,
    CredentialNews,
    DoorCommand,
    JournalRecord,
    OutputCommand,
    Presences,
)
from doorward.hardware.admission import Admission
from doorward.hardware.device_news import DeviceNews
from doorward.hardware.driver import (
    BatteryChanged,
    CardRead,
    DeviceOffline,
    DeviceOnline,
    DriverCommand,
    DriverEvent,
    Feedback,
    InputsChanged,
    KeysPressed,
    LockJammed,
    Maintained,
    Presented,
    RadioChanged,
    ShowDoor,
)
from doorward.hardware.local_io import LocalIo
from doorward.hardware.sensing import Sensing
from doorward.hardware.situation import Moment, Situation, Subject, SubjectKey
from doorward.hardware.wireless import Wireless
from doorward.hardware.wiring import Wiring, output_for


@dataclass(frozen=True, slots=True)
class PolicyAdopted:
    """Another policy rules from now on; `before` is the one that did, and `wiring` the wiring that was."""

    before: CompiledPolicy
    wiring: Wiring


@dataclass(frozen=True, slots=True)
class Retired:
    """These doors are the controller's no longer, and these outputs no locks; the last it can do is to lock them."""

    doors: tuple[str, ...]
    locks: tuple[LockLine, ...]


TurnInput = DriverEvent | DoorCommand | OutputCommand | PolicyAdopted | Presences | CredentialNews | Retired


@dataclass(frozen=True, slots=True)
class Given:
    """An input, and when (monotonic ms) a driver told it, if one did."""

    what: TurnInput
    heard_ms: int | None = None


LATE_MS = 3_000
"""What is shown at a reader and comes to the rules later than this, because the machine was overloaded or stood still,
is old: whoever showed it may have left."""

_RELEASING = frozenset({DoorAction.GRANT_ACCESS, DoorAction.UNLOCK})
_REFUSALS = {
    Refusal.OFFLINE: "The door's device is offline. Check its power and cable, then try again.",
    Refusal.LOCKDOWN: "The door is in lockdown. Reset it first.",
    Refusal.THREAT_LEVEL: "The threat level keeps the door in lockdown. Lower the threat level first.",
    Refusal.EMERGENCY: "The door's emergency input is active and decides over the door until it ends.",
    Refusal.MAINTENANCE: "The door is under maintenance. End that first.",
    Refusal.NO_LOCK: "The door has no lock.",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """A driver command to send once the turn is durable, and the operator's command that it belongs to."""

    command: DriverCommand
    for_command: str | None = None


class Turn:
    """The plan. Reads a situation, changes none; what it adds up to is in its public attributes."""

    def __init__(
        self,
        situation: Situation,
        answers: Mapping[str, CommandResult],
        moment: Moment,
        durable: bool = True,
    ) -> None:
        """`answers` were given to earlier commands. Not `durable`: the journal cannot be written."""
        self.doors: dict[str, DoorState] = {
            door_id: state if durable else withheld(state) for door_id, state in situation.doors.items()
        }
        self.devices: dict[str, bool] = dict(situation.devices)
        self.records: list[JournalRecord] = []
        self.modes: dict[str, DoorSetting] = {}
        self.effects: list[Effect] = []
        self.answers: list[CommandResult] = []
        self.settled: list[tuple[CommandResult, datetime]] = []
        self._before = situation
        self._policy = situation.policy
        self._wiring = situation.wiring
        self.subjects: dict[SubjectKey, Subject] = dict(situation.subjects)
        went_back = situation.at is not None and moment.at < situation.at
        self.wishes: dict[str, UnlockWish] = {} if went_back else dict(situation.wishes)
        self.admission = Admission(self, situation, moment, durable)
        self.sensing = Sensing(self, situation, moment)
        self.local = LocalIo(self, situation, moment, durable)
        self.wireless = Wireless(self, situation)
        self.device_news = DeviceNews(self, situation)
        self._known = dict(answers)
        self._moment = moment
        self._durable = durable
        self._is_late = False

    def take(self, given: TurnInput, heard_ms: int | None = None) -> None:
        """Put one input through the rules. A device that is not wired any more is passed over.

        `heard_ms` (monotonic) is when a driver told it, if that was before this turn.
        """
        self.sensing.heard_ms = self._moment.now_ms if heard_ms is None else min(heard_ms, self._moment.now_ms)
        self._is_late = self._moment.now_ms - self.sensing.heard_ms > LATE_MS
        self._take(given)
        self.local.settle()

    def _take(self, given: TurnInput) -> None:
        match given:
            case DoorCommand() | OutputCommand():
                self._command(given)
            case PolicyAdopted():
                self._adopt(given)
            case Retired():
                self._retire(given)
            case Presences():
                self.admission.learn(given)
            case CredentialNews():
                self.admission.learn_uses(given)
            case _:
                if self._wiring.device(given.device_id) is not None:
                    self._take_event(given)

    def _take_event(self, given: DriverEvent) -> None:
        match given:
            case CardRead() | Presented() | KeysPressed():
                self._take_shown(given)
            case InputsChanged():
                self.sensing.hear(given.device_id, given.inputs)
            case DeviceOnline():
                self._came_online(given.device_id)
            case DeviceOffline():
                self._went_offline(given.device_id, given.reason)
            case BatteryChanged() | LockJammed() | RadioChanged():
                self.wireless.take(given)
            case Maintained():
                pass  # for the server only, which has it
            case _:
                self.device_news.take(given)

    def _take_shown(self, given: CardRead | Presented | KeysPressed) -> None:
        reader = self._wiring.reader_at(given.device_id, given.number)
        if reader is None:
            return
        match given:
            case CardRead():
                self.admission.show(reader, given.bits, given.fresh and not self._is_late, given.reference)
            case Presented():
                self.admission.show(reader, given.item, given.fresh and not self._is_late, given.reference)
            case KeysPressed() if not self._is_late:
                self.admission.keys(reader, given.keys, given.reference)

    def pass_time(self) -> None:
        """Apply the deadlines that have come, at every contact, door and reader."""
        self.sensing.pass_time()
        self.admission.pass_time()
        for door_id in list(self.doors):
            self._follow_schedule(door_id)
            if self._durable and self.doors[door_id].withheld:
                self.step(door_id, WithholdingEnded(new_id()))
        for door_id, state in list(self.doors.items()):
            deadline = next_deadline(state)
            if deadline is not None and deadline <= self._moment.now_ms:
                self.step(door_id, TimePassed())
        self.local.settle()

    def _follow_schedule(self, door_id: str) -> None:
        """Tell a door what its unlock schedules want, when that may have changed."""
        door, at = self._policy.doors[door_id], self._moment.at
        if not door.unlock_schedules:
            return
        first_at = self.admission.memory.first_person.get(door_id)
        wish = self.wishes.get(door_id)
        wish_is_new = wish is None
        if wish is None or wish.changes_at is None or at >= wish.changes_at or self._has_come(door_id, first_at):
            wish = unlock_wish(door, self._policy.schedules, self._policy.zone, at, first_at)
            self.wishes[door_id] = wish
        unlocked = wish.unlocked and self._before.contact.clock_ok
        if self.doors[door_id].schedule_unlocked is not unlocked:
            until = self.admission.memory.kept_locked.get(door_id)
            kept_locked = wish_is_new and until is not None and at < until
            self.step(door_id, ScheduleChanged(unlocked, new_id(), kept_locked))

    def _has_come(self, door_id: str, first_at: datetime | None) -> bool:
        return first_at != self._before.memory.first_person.get(door_id)

    def situation(self) -> Situation:
        """What the controller knows after this turn."""
        live = {(one, door_id) for door_id, state in self.doors.items() for one in correlations(state)}
        return replace(
            self._before,
            doors=self.doors,
            devices=self.devices,
            readings=self.sensing.readings,
            lines=self.sensing.lines,
            subjects={key: subject for key, subject in self.subjects.items() if key in live},
            attempts=self.admission.attempts,
            keypads=self.admission.keypads,
            wishes=self.wishes,
            at=self._moment.at,
            inputs=self.local.inputs,
            outputs=self.local.outputs,
            schedules=self.local.schedules,
            hold_ends=self.local.holds.ends,
            health=self.wireless.health,
        )

    def _adopt(self, adopted: PolicyAdopted) -> None:
        for door_id, after in self._policy.doors.items():
            before = adopted.before.doors.get(door_id)
            if before is not None and before != after:
                state = self.doors[door_id]
                self._keep(door_id, adopt(before, after, state, self._moment.now_ms), None, None, None)
        for door_id in self.doors:
            self.connect(door_id)
            if self._wiring.locks_of(door_id) != adopted.wiring.locks_of(door_id):
                self._restate(door_id)
        self.sensing.hear_again()
        self.admission.adopt_zones(adopted.before)

    def _restate(self, door_id: str) -> None:
        """Tell the locks that a door has now what the door has been told already."""
        door, state = self._policy.doors[door_id], self.doors[door_id]
        for effect in strike_effects((door, door), (state, state), self._moment.now_ms, restated=True):
            self._strike(door_id, effect, None)

    def _retire(self, retired: Retired) -> None:
        """Lock what is left behind: nobody else will, and no alarm of it would ever end."""
        for door_id in retired.doors:
            door = self._policy.doors[door_id]
            bare = msgspec.structs.replace(
                door, kind=DoorKind.PROVISIONED, has_position=False, emergency=None, unlock_schedules=()
            )
            self._keep(door_id, adopt(door, bare, self.doors[door_id], self._moment.now_ms), None, None, None)
            del self.doors[door_id]
        for lock in retired.locks:
            if self.devices.get(lock.device_id):
                self.effects.append(Effect(output_for(lock, StrikeEffect(Strike.LOCK))))

    def connect(self, door_id: str, reason: str = "The wiring was changed.") -> None:
        """Bring a door in step with the devices that it cannot be without."""
        carriers = self._wiring.carriers_of(door_id)
        online = bool(carriers) and all(self.devices.get(device_id) for device_id in carriers)
        online = online and self.wireless.reaches(door_id)
        if online is self.doors[door_id].online:
            return
        self.step(door_id, Connected(online, new_id()), None if online else {"reason": reason})
        if online:
            self.sensing.tell(door_id)

    def _came_online(self, device_id: str) -> None:
        if self.devices.get(device_id):
            return
        self.devices[device_id] = True
        self.device_news.came_online(device_id)
        for door_id in self.doors_on(device_id):
            self.connect(door_id)
        for line in self._wiring.readers_on(device_id):
            if line.door_id in self.doors:
                self._show(line, annunciation(self.doors[line.door_id]))

    def _went_offline(self, device_id: str, reason: str) -> None:
        was_online = self.devices.get(device_id)
        self.devices[device_id] = False
        self.sensing.lose(device_id)
        self.local.lose(device_id)
        self.wireless.lose(device_id)
        for door_id in self.doors_on(device_id):
            if self.doors[door_id].online:
                self.connect(door_id, reason)
            elif was_online is None:
                self.record(EventType.DOOR_OFFLINE, new_id(), door_id=door_id, data={"reason": reason})
        if was_online is not False:
            self.device_news.went_offline(device_id, reason)

    def doors_on(self, device_id: str) -> list[str]:
        """The doors that something of a device belongs to."""
        return [door_id for door_id in sorted(self._wiring.doors_on(device_id)) if door_id in self.doors]

    def _command(self, command: DoorCommand | OutputCommand) -> None:
        answered = self._known.get(command.id)
        if answered is not None:
            self.answers.append(answered)
            return
        result = self._answer(command)
        self._known[command.id] = result
        self.answers.append(result)
        if result.status is not CommandStatus.EXPIRED:
            self.settled.append((result, command.expires_at))

    def _answer(self, command: DoorCommand | OutputCommand) -> CommandResult:
        if command.expires_at <= self._moment.at:
            return CommandResult(
                command.id,
                CommandStatus.EXPIRED,
                "The command reached the controller too late. Give it again.",
            )
        refused = self._carry_out(command) if isinstance(command, DoorCommand) else self.local.holds.take(command)
        return CommandResult(command.id, CommandStatus.FAILED if refused else CommandStatus.CONFIRMED, refused)

    def _carry_out(self, command: DoorCommand) -> str:
        """Do what somebody commands. Returns why that cannot be done, or nothing."""
        if command.door_id not in self.doors:
            return "The controller does not have this door. Wait until it runs the latest policy."
        if not self._durable and command.action in _RELEASING:
            return "The controller cannot write its journal, so it releases no door. Check its disk."
        key = (command.id, command.door_id)
        self.subjects[key] = Subject(command.id, command.door_id, user_id=command.user_id, until=command.until)
        data = {"reason": command.reason} if command.reason else {}
        taken = self.step(command.door_id, self._action(command), data, command.id)
        if taken.refused is not None:
            del self.subjects[key]
            return _REFUSALS[taken.refused]
        return ""

    def _action(self, command: DoorCommand) -> Acted:
        until_ms = None
        if command.until is not None:
            left = command.until - self._moment.at
            until_ms = self._moment.now_ms + max(0, round(left.total_seconds() * 1000))
        return Acted(command.action, command.id, command.duration_ms, until_ms)

    def step(
        self,
        door_id: str,
        given: DoorInput,
        data: dict[str, Any] | None = None,
        for_command: str | None = None,
    ) -> Step:
        """Put one input to a door. `data` goes with the records that are about this very input."""
        taken = step(self._policy.doors[door_id], self.doors[door_id], given, self._moment.now_ms)
        self._keep(door_id, taken, getattr(given, "correlation", None), data, for_command)
        return taken

    def _keep(
        self,
        door_id: str,
        taken: Step,
        own: str | None,
        data: dict[str, Any] | None,
        for_command: str | None,
    ) -> None:
        """What comes of a step. `data` goes with the records of the correlation `own`."""
        setting = lasting_setting(taken.state)
        if setting is not lasting_setting(self.doors[door_id]):
            self.modes[door_id] = setting
        self._keep_toggled(door_id, self.doors[door_id], taken.state)
        self.doors[door_id] = taken.state
        for noted in taken.records:
            about_this = data if data is not None and noted.correlation == own else {}
            self._door_record(door_id, noted, {**about_this, **noted.data})
        self.admission.passed(door_id, taken)
        for effect in taken.effects:
            self._strike(door_id, effect, for_command)
        if taken.annunciation is not None:
            for line in self._wiring.readers_of(door_id):
                self._show(line, taken.annunciation)

    def _keep_toggled(self, door_id: str, before: DoorState, after: DoorState) -> None:
        """A restart must not unlock what a cardholder has locked; what they have unlocked it may forget."""
        locked = after.toggled is DoorMode.LOCKED
        if locked is not (before.toggled is DoorMode.LOCKED):
            wish = self.wishes.get(door_id)
            until = wish.changes_at if locked and wish is not None else None
            self.admission.remember([Change(Table.KEPT_LOCKED, door_id, until)])

    def _strike(self, door_id: str, effect: StrikeEffect, for_command: str | None) -> None:
        for lock in self._wiring.locks_of(door_id):
            self.effects.append(Effect(output_for(lock, effect), for_command))

    def _show(self, line: ReaderLine, shown: Annunciation) -> None:
        if self.devices.get(line.device_id):
            self.effects.append(Effect(ShowDoor(line.device_id, shown, line.number)))

    def _door_record(self, door_id: str, noted: DoorRecord, data: dict[str, Any]) -> None:
        """The record, with the operator who caused it. Only access.no_entry names the cardholder:
        who opened a door that a card released is told by access.entered."""
        correlation = noted.correlation or new_id()
        who = self.subjects.get((correlation, door_id)) or Subject(correlation, door_id)
        fields: dict[str, Any] = {"door_id": door_id, "user_id": who.user_id, "data": data}
        if noted.type is EventType.ACCESS_NO_ENTRY:
            fields |= {
                "side": who.side,
                "reader_id": who.reader_id,
                "cardholder_id": who.cardholder_id,
                "credential_id": who.credential_id,
            }
        self.record(noted.type, correlation, **fields)

    def record(self, kind: EventType, correlation: str, **fields: Any) -> None:
        """Write something down."""
        moment = self._moment
        self.records.append(JournalRecord(0, moment.boot_id, moment.at, moment.now_ms, kind, correlation, **fields))

    def command(self, command: DriverCommand, for_command: str | None = None) -> None:
        """Send this to a device, once everything is durable. `for_command`: an operator waits for it."""
        self.effects.append(Effect(command, for_command))

    def feedback(self, shown: Feedback) -> None:
        """Show the person at a reader what came of it."""
        self.effects.append(Effect(shown))
