"""What can be set on auxiliary inputs and outputs and on local rules, and what is acceptable. Pure."""

from dataclasses import dataclass
from typing import TypedDict

from doorward.acs.decision.local_rules import MAX_PULSE_MS, MIN_PULSE_MS, DoorFact, LocalAction
from doorward.acs.doors.wiring import Circuit, Supervision, check_debounce, check_port, check_supervision
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import CATALOGUE, Category, EventType
from doorward.acs.local_io.models import TriggerKind

OUTPUT_EVENTS = frozenset(
    {
        EventType.OUTPUT_ON,
        EventType.OUTPUT_OFF,
        EventType.OUTPUT_PULSED,
        EventType.OUTPUT_MISSED,
        EventType.OUTPUT_AUTO,
    }
)
TRIGGER_EVENTS = frozenset(
    kind
    for kind, declared in CATALOGUE.items()
    if declared.category in {Category.ACCESS, Category.DOOR, Category.DEVICE} and kind not in OUTPUT_EVENTS
)
"""What a rule can go by: what happens at doors, readers and inputs. What rules do sets off no rule, and
what somebody does to an output by hand sets off none either."""


@dataclass(frozen=True, slots=True)
class NewAuxInput:
    """An auxiliary input: which input of which device, and how its contact is read (see `InputWire`)."""

    name: str
    device_id: str
    number: int
    active_when: Circuit = Circuit.CLOSED
    debounce_ms: int = 0
    supervision: Supervision = Supervision.NONE
    resistor_ohm: int | None = None


class AuxInputChanges(TypedDict, total=False):
    """What to change of an auxiliary input; a missing key stays as it is."""

    name: str
    device_id: str
    number: int
    active_when: Circuit
    debounce_ms: int
    supervision: Supervision
    resistor_ohm: int | None


@dataclass(frozen=True, slots=True)
class NewAuxOutput:
    """An auxiliary output: which output of which device."""

    name: str
    device_id: str
    number: int


class AuxOutputChanges(TypedDict, total=False):
    """What to change of an auxiliary output; a missing key stays as it is."""

    name: str
    device_id: str
    number: int


@dataclass(frozen=True, slots=True)
class RuleTrigger:
    """What a rule goes by; only what belongs to its kind is set.

    INPUT: `input_id`, and whether it should be active (True) or at rest. DOOR: `door_id` and `door_fact`. EVENT:
    `event`, and `door_id` or any door. SCHEDULE: `schedule_id`. THREAT_LEVEL: `threat_level_id`, or any level.
    """

    kind: TriggerKind
    input_id: str | None = None
    input_active: bool | None = None
    door_id: str | None = None
    door_fact: DoorFact | None = None
    event: EventType | None = None
    schedule_id: str | None = None
    threat_level_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewLocalRule:
    """A local rule. `pulse_ms` (100 to 3,600,000) is for PULSE, and for nothing else."""

    name: str
    trigger: RuleTrigger
    action: LocalAction
    output_id: str
    pulse_ms: int | None = None
    enabled: bool = True


class LocalRuleChanges(TypedDict, total=False):
    """What to change of a local rule; a missing key stays as it is. The trigger is replaced as a whole."""

    name: str
    trigger: RuleTrigger
    action: LocalAction
    output_id: str
    pulse_ms: int | None
    enabled: bool


_NEEDED = {
    TriggerKind.INPUT: frozenset({"input_id", "input_active"}),
    TriggerKind.DOOR: frozenset({"door_id", "door_fact"}),
    TriggerKind.EVENT: frozenset({"event"}),
    TriggerKind.SCHEDULE: frozenset({"schedule_id"}),
    TriggerKind.THREAT_LEVEL: frozenset[str](),
}
_MAY = {TriggerKind.EVENT: frozenset({"door_id"}), TriggerKind.THREAT_LEVEL: frozenset({"threat_level_id"})}
_WORDS = {
    "input_id": ("inputId", "the input"),
    "input_active": ("inputActive", "whether it is active or at rest"),
    "door_id": ("doorId", "the door"),
    "door_fact": ("doorFact", "what should be true of the door"),
    "event": ("event", "the event"),
    "schedule_id": ("scheduleId", "the schedule"),
    "threat_level_id": ("threatLevelId", "the threat level"),
}
TRIGGER_FIELDS = tuple(_WORDS)


def check_aux_input(given: NewAuxInput) -> None:
    """The input by itself. Raises ValidationFailed."""
    check_port(given.number, "number")
    check_debounce(given.debounce_ms, "debounceMs")
    check_supervision(given.supervision, given.resistor_ohm)


def check_rule(given: NewLocalRule) -> None:
    """The rule by itself. Raises ValidationFailed."""
    _check_trigger(given.trigger)
    if given.action is LocalAction.PULSE:
        if given.pulse_ms is None or not MIN_PULSE_MS <= given.pulse_ms <= MAX_PULSE_MS:
            raise ValidationFailed(f"A pulse lasts {MIN_PULSE_MS} to {MAX_PULSE_MS} ms; say how long.", "pulseMs")
    elif given.pulse_ms is not None:
        raise ValidationFailed("Only a pulse has a length.", "pulseMs")
    if given.action is LocalAction.FOLLOW and given.trigger.kind is TriggerKind.EVENT:
        raise ValidationFailed(
            "An event is over at once, so no output can follow it. Let it follow what is true of the door, or pulse.",
            "action",
        )


def _check_trigger(given: RuleTrigger) -> None:
    needed = _NEEDED[given.kind]
    for field, (name, words) in _WORDS.items():
        is_set = getattr(given, field) is not None
        if field in needed and not is_set:
            raise ValidationFailed(f"Name {words} that the rule goes by.", "trigger", name)
        if is_set and field not in needed | _MAY.get(given.kind, frozenset()):
            raise ValidationFailed(f"A rule of this kind does not go by {words}.", "trigger", name)
    if given.event is not None and given.event not in TRIGGER_EVENTS:
        raise ValidationFailed(
            "A rule goes by what happens at doors, readers and inputs, not by this event.", "trigger", "event"
        )
