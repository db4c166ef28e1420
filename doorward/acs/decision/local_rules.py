"""Local rules: what a controller switches by itself, with or without the server. Pure.

A rule looks at an input, a door, an event, a schedule or the threat level, and switches an auxiliary output. What
it found is remembered from turn to turn, and over a restart: it acts when that becomes true, not as long as it is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from doorward.acs.decision.door.state import DoorMode, DoorState, Position
from doorward.acs.decision.supervision import InputState
from doorward.acs.events.catalogue import EventType

MIN_PULSE_MS, MAX_PULSE_MS = 100, 3_600_000


class DoorFact(StrEnum):
    """What can be true of a door. `RELEASED`: it can be opened now, for a moment or because it is unlocked."""

    OPEN = "open"
    """Its position sensor says that it stands open."""
    RELEASED = "released"
    """It can be opened now, for a moment or because it is unlocked."""
    UNLOCKED = "unlocked"
    """It stays unlocked, whatever wants it so."""
    LOCKDOWN = "lockdown"
    """It is in lockdown."""
    FORCED = "forced"
    """It was opened without being released, and that has not ended."""
    HELD = "held"
    """It has stood open for longer than it may."""
    EMERGENCY = "emergency"
    """Its emergency input is active."""
    TAMPERED = "tampered"
    """Its tamper input is active, or that input's line is broken."""
    OFFLINE = "offline"
    """Its device does not answer."""


class LocalAction(StrEnum):
    """What a rule does to its output: switch it once, pulse it once, or keep it on as long as its trigger is true."""

    ON = "on"
    """Switch it on when the trigger becomes true."""
    OFF = "off"
    """Switch it off when the trigger becomes true."""
    PULSE = "pulse"
    """Switch it on for the pulse's length when the trigger becomes true."""
    FOLLOW = "follow"
    """Keep it on as long as the trigger is true, and off otherwise."""


class InputTrigger(msgspec.Struct, frozen=True, tag="input"):
    """An auxiliary input is active, or (not `active`) at rest. A broken line is neither."""

    input_id: str
    active: bool = True


class DoorTrigger(msgspec.Struct, frozen=True, tag="door"):
    """A fact about a door."""

    door_id: str
    fact: DoorFact


class EventTrigger(msgspec.Struct, frozen=True, tag="event"):
    """Something happened, at one door or (no `door_id`) anywhere on this controller. True for a moment."""

    event: EventType
    door_id: str | None = None


class ScheduleTrigger(msgspec.Struct, frozen=True, tag="schedule"):
    """A schedule applies."""

    schedule_id: str


class ThreatTrigger(msgspec.Struct, frozen=True, tag="threat"):
    """The threat level of this name is in force; "": any is."""

    level: str = ""


Trigger = InputTrigger | DoorTrigger | EventTrigger | ScheduleTrigger | ThreatTrigger


class LocalRule(msgspec.Struct, frozen=True):
    """A rule in force. `pulse_ms` counts for PULSE only. Another `version` begins as if it were a new rule."""

    id: str
    name: str
    trigger: Trigger
    action: LocalAction
    output_id: str
    pulse_ms: int = 0
    version: int = 1


class Found(msgspec.Struct, frozen=True, array_like=True):
    """What a rule's trigger was last known to be, and of which version of the rule."""

    version: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of this turn, its door if it has one, and its correlation."""

    type: EventType
    door_id: str | None
    correlation: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that rules look at. What is missing in a mapping is not known."""

    inputs: Mapping[str, InputState] = field(default_factory=dict)
    doors: Mapping[str, DoorState] = field(default_factory=dict)
    schedules: Mapping[str, bool] = field(default_factory=dict)
    threat_level: str = ""
    events: Sequence[Happening] = ()


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that acts now, and the correlation of what made it act (None: of nothing before it)."""

    rule: LocalRule
    correlation: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What rules want. `found` is what is new about their triggers.

    `on`: the outputs that should be on from now on, each with the rule that wants it. `switched`: what each output
    was switched on by (None: switched off), where that changes. `off`: outputs to switch off though they may seem so
    already, which ends their pulse. `pulses`: by output, where it is not on anyway.
    """

    found: Mapping[str, Found]
    on: Mapping[str, Fired]
    switched: Mapping[str, str | None]
    off: Mapping[str, Fired]
    pulses: Mapping[str, Fired]


def holds(trigger: Trigger, facts: Facts) -> bool | None:
    """Whether the trigger is true. None: that is not known, and what was known last goes on."""
    match trigger:
        case InputTrigger(input_id, active):
            state = facts.inputs.get(input_id)
            known = state is InputState.ACTIVE or state is InputState.NORMAL
            return (state is InputState.ACTIVE) is active if known else None
        case DoorTrigger(door_id, fact):
            door = facts.doors.get(door_id)
            return None if door is None else _is(door, fact)
        case ScheduleTrigger(schedule_id):
            return facts.schedules.get(schedule_id)
        case ThreatTrigger(level):
            return facts.threat_level == level if level else facts.threat_level != ""
        case EventTrigger():
            return _happened(trigger, facts.events) is not None


def plan(rules: Sequence[LocalRule], facts: Facts, found: Mapping[str, Found], switched: Mapping[str, str]) -> Plan:
    """What the rules want now.

    `found`: what their triggers were, by rule id. `switched`: which rule switched an output on, by output id; one
    that is in force no longer is as if it never had. An output is on while it is switched on or any rule lets it
    follow. Of rules that act at the same moment OFF comes after ON.
    """
    known = {rule.id: old for rule in rules if (old := found.get(rule.id)) and old.version == rule.version}
    news: dict[str, Found] = {}
    fired: list[Fired] = []
    for rule in rules:
        now, before = holds(rule.trigger, facts), known.get(rule.id)
        if isinstance(rule.trigger, EventTrigger):
            if (happened := _happened(rule.trigger, facts.events)) is not None:
                fired.append(Fired(rule, happened.correlation))
        elif now is not None and (before is None or before.holds is not now):
            news[rule.id] = Found(rule.version, now)
            if now and (before is not None or rule.action is not LocalAction.PULSE):
                fired.append(Fired(rule))
    true = {rule.id for rule in rules if (seen := news.get(rule.id) or known.get(rule.id)) and seen.holds}
    return _outcome(rules, true, fired, news, switched)


def _outcome(
    rules: Sequence[LocalRule],
    true: Collection[str],
    fired: Iterable[Fired],
    news: Mapping[str, Found],
    switched: Mapping[str, str],
) -> Plan:
    of: dict[LocalAction, dict[str, Fired]] = {action: {} for action in LocalAction}
    for one in fired:
        of[one.rule.action].setdefault(one.rule.output_id, one)
    changes: dict[str, str | None] = {output_id: one.rule.id for output_id, one in of[LocalAction.ON].items()}
    switching = {(rule.output_id, rule.id): rule for rule in rules if rule.action is LocalAction.ON}
    for output_id, rule_id in switched.items():
        if output_id not in changes and (output_id, rule_id) not in switching:
            changes[output_id] = None
    changes.update(dict.fromkeys(of[LocalAction.OFF]))
    latched = {**switched, **changes}
    on = {
        output_id: of[LocalAction.ON].get(output_id) or Fired(switching[output_id, rule_id])
        for output_id, rule_id in latched.items()
        if rule_id is not None
    }
    for rule in rules:
        if rule.action is LocalAction.FOLLOW and rule.id in true:
            on.setdefault(rule.output_id, Fired(rule))
    return Plan(
        news,
        on,
        {output_id: rule_id for output_id, rule_id in changes.items() if rule_id != switched.get(output_id)},
        {output_id: one for output_id, one in of[LocalAction.OFF].items() if output_id not in on},
        {output_id: one for output_id, one in of[LocalAction.PULSE].items() if output_id not in on},
    )


def _happened(trigger: EventTrigger, events: Iterable[Happening]) -> Happening | None:
    for event in events:
        if event.type is trigger.event and trigger.door_id in (None, event.door_id):
            return event
    return None


def _is(door: DoorState, fact: DoorFact) -> bool | None:
    match fact:
        case DoorFact.OPEN:
            return None if door.position is Position.UNKNOWN else door.position is Position.OPEN
        case DoorFact.RELEASED:
            return door.mode is DoorMode.UNLOCKED or door.release is not None
        case DoorFact.UNLOCKED:
            return door.mode is DoorMode.UNLOCKED
        case DoorFact.LOCKDOWN:
            return door.mode is DoorMode.LOCKDOWN
        case DoorFact.FORCED:
            return door.forced
        case DoorFact.HELD:
            return door.held
        case DoorFact.EMERGENCY:
            return door.emergency
        case DoorFact.TAMPERED:
            return door.tampered
        case DoorFact.OFFLINE:
            return not door.online
