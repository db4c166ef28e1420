"""What a controller knows between turns, and how its doors look from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from doorward.acs import devices as wires
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.debounce import Debounce
from doorward.acs.decision.decision import Move
from doorward.acs.decision.door import DoorSetting, DoorState, initial, next_deadline
from doorward.acs.decision.keypad import Keypad
from doorward.acs.decision.memory import Memory
from doorward.acs.decision.policy import Side
from doorward.acs.decision.read import Shown
from doorward.acs.decision.unlocking import UnlockWish
from doorward.acs.messages import DoorStatus, ManualSetting
from doorward.hardware.driver import BatteryLevel, Reading
from doorward.hardware.wiring import ContactLine, Wiring


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happens: aware UTC, and monotonic milliseconds of the boot `boot_id`."""

    boot_id: str
    at: datetime
    now_ms: int


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a door was released or set for, under which correlation, and what comes of it once it opens.

    `people` are those who pass then (with the credential that each showed), and `move` where they get to. `until`
    is when what an operator set ends.
    """

    correlation: str
    door_id: str
    side: Side | None = None
    reader_id: str | None = None
    cardholder_id: str | None = None
    credential_id: str | None = None
    user_id: str | None = None
    people: tuple[tuple[str, str | None], ...] = ()
    move: Move | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was shown at a reader that wants more, until when it waits (monotonic ms), and its correlation."""

    shown: tuple[Shown, ...]
    until_ms: int
    correlation: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whether the server can be reached, when it last could (None: never), and whether the clock can be trusted."""

    connected: bool = False
    last_at: datetime | None = None
    clock_ok: bool = True

    def age_s(self, now: datetime) -> float:
        """For how long the server could not be reached; for ever when it never could."""
        if self.connected:
            return 0.0
        return float("inf") if self.last_at is None else max(0.0, (now - self.last_at).total_seconds())


@dataclass(frozen=True, slots=True)
class InputTold:
    """What was told of an auxiliary input, and has not ended."""

    name: str
    active: bool = False
    fault: bool = False


@dataclass(frozen=True, slots=True)
class OutputNow:
    """An auxiliary output: whether it is on as far as was told, and what its device was last sent (None: nothing).

    `rule_id` is the rule by which it is on, or pulses until `pulse_until_ms` (monotonic).
    """

    output_id: str
    name: str
    on: bool = False
    sent: bool | None = None
    rule_id: str | None = None
    pulse_until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class HoldEnd:
    """When (monotonic ms) the hold that a command set by hand ends."""

    command_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class ScheduleNow:
    """Whether a schedule applies, from when until when (aware UTC)."""

    active: bool
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class LockHealth:
    """What a hub last said of a wireless lock."""

    battery: BatteryLevel = BatteryLevel.GOOD
    jammed: bool = False
    reachable: bool = True


SubjectKey = tuple[str, str]
"""Correlation and door id: in an elevator, one card releases several."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The rules, the wiring and the doors. `devices` says which are online; others were never heard of.

    `readings` are the inputs of each device as last told, `lines` the contacts that they are.
    `memory` is what decisions remember. `attempts` and `keypads` by reader id, `wishes` of unlock schedules by door id.
    `at` is when the last turn was.
    `inputs` and `schedules` (those that local rules go by) by their ids, `outputs` and `health` (of
    wireless locks) by device id and number. `hold_ends` of outputs that are held by hand, by output id.
    """

    policy: CompiledPolicy
    wiring: Wiring
    doors: Mapping[str, DoorState] = field(default_factory=dict)
    devices: Mapping[str, bool] = field(default_factory=dict)
    readings: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)
    lines: Mapping[ContactLine, Debounce] = field(default_factory=dict)
    subjects: Mapping[SubjectKey, Subject] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    attempts: Mapping[str, Attempt] = field(default_factory=dict)
    keypads: Mapping[str, Keypad] = field(default_factory=dict)
    wishes: Mapping[str, UnlockWish] = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)
    at: datetime | None = None
    inputs: Mapping[str, InputTold] = field(default_factory=dict)
    outputs: Mapping[tuple[str, int], OutputNow] = field(default_factory=dict)
    schedules: Mapping[str, ScheduleNow] = field(default_factory=dict)
    health: Mapping[tuple[str, int], LockHealth] = field(default_factory=dict)
    hold_ends: Mapping[str, HoldEnd] = field(default_factory=dict)

    def deadlines(self, now: Moment) -> Iterator[int]:
        """When something is due by itself (monotonic ms): at the doors, and by their unlock schedules and lockouts."""
        for state in self.doors.values():
            if (deadline := next_deadline(state)) is not None:
                yield deadline
        for line, heard in self.lines.items():
            if heard.heard is not heard.stable:
                yield heard.since_ms + line.debounce_ms
        yield from (end.at_ms for end in self.hold_ends.values())
        yield from (one.pulse_until_ms for one in self.outputs.values() if one.pulse_until_ms is not None)
        moments = [wish.changes_at for wish in self.wishes.values()]
        moments += [schedule.until for schedule in self.schedules.values()]
        if not self.memory.failures.empty:
            lockouts = (self.memory.failures.get(spot_id) for spot_id in self.policy.spots)
            moments += [lockout.until for lockout in lockouts if lockout is not None]
        for moment in moments:
            if moment is not None:
                yield now.now_ms + max(0, round((moment - now.at).total_seconds() * 1000))

    def under(self, policy: CompiledPolicy, plan: wires.Wiring, modes: Mapping[str, DoorSetting]) -> "Situation":
        """The same under another policy. Doors that stay keep their state, others begin as operators last set them."""
        doors = {
            door_id: self.doors.get(door_id) or initial(door, modes.get(door_id, DoorSetting.RULES))
            for door_id, door in policy.doors.items()
        }
        contacts: tuple[ContactLine, ...] = (*plan.inputs, *plan.aux_inputs)
        return Situation(
            policy,
            Wiring(plan),
            doors,
            {device.id: self.devices[device.id] for device in plan.devices if device.id in self.devices},
            {device.id: self.readings[device.id] for device in plan.devices if device.id in self.readings},
            {line: self.lines[line] for line in contacts if line in self.lines},
            {key: subject for key, subject in self.subjects.items() if subject.door_id in doors},
            self.memory,
            {reader_id: attempt for reader_id, attempt in self.attempts.items() if reader_id in policy.spots},
            {reader_id: keypad for reader_id, keypad in self.keypads.items() if reader_id in policy.spots},
            contact=self.contact,
            at=self.at,
            inputs=self.inputs,
            outputs=self.outputs,
            health=self.health,
            hold_ends=self.hold_ends,
        )


def door_statuses(situation: Situation) -> Iterator[DoorStatus]:
    """The status of every door."""
    for door_id, state in situation.doors.items():
        readers = {
            line.reader_id: situation.devices.get(line.device_id, False)
            for line in situation.wiring.readers_of(door_id)
        }
        yield DoorStatus(
            door_id,
            state.mode,
            state.position,
            state.online,
            state.release is not None,
            state.forced,
            state.held,
            readers,
            state.source,
            _manual_setting(situation, door_id, state),
        )


def _manual_setting(situation: Situation, door_id: str, state: DoorState) -> ManualSetting | None:
    if state.setting is DoorSetting.RULES:
        return None
    who = situation.subjects.get((state.setting_correlation, door_id))
    if who is None:
        return ManualSetting(state.setting)
    return ManualSetting(state.setting, who.until, who.user_id or None, who.cardholder_id)
