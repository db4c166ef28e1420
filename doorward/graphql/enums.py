"""The domain's enumerations as the API shows them."""

import enum

import strawberry

from doorward.acs.actor import Role
from doorward.acs.credentials.condition import CredentialCondition
from doorward.acs.decision.decision import Outcome
from doorward.acs.decision.door import DoorMode
from doorward.acs.decision.door import Position as DoorPosition
from doorward.acs.decision.policy import (
    CredentialKind,
    CredentialStatus,
    DoorKind,
    EmergencyAction,
    IdentificationType,
    RelockOn,
    Side,
    ValidityStart,
    ValidityUnit,
    WhenIsolated,
)
from doorward.acs.doors.configuration import PortKind
from doorward.acs.doors.live import DoorCondition
from doorward.acs.doors.wiring import (
    Circuit,
    InputPurpose,
    LedControl,
    LockRank,
    ReaderType,
    RexAction,
    Supervision,
)
from doorward.acs.events.catalogue import Category as EventCategory
from doorward.acs.events.catalogue import Severity
from doorward.acs.messages import CommandStatus, OrderStep
from doorward.acs.questions.conditions import Assumption
from doorward.acs.rules.members import Missing
from doorward.acs.signals import SignalColour
from doorward.acs.threats.models import RuleSwitch, ThreatColour
from doorward.acs.zones.models import AntiPassbackMode

__all__ = [
    "AntiPassbackMode",
    "Assumption",
    "CameraState",
    "Circuit",
    "CommandStatus",
    "CredentialCondition",
    "CredentialKind",
    "CredentialStatus",
    "DoorCondition",
    "DoorKind",
    "DoorMode",
    "DoorPosition",
    "EmergencyAction",
    "EventCategory",
    "IdentificationType",
    "InputPurpose",
    "LedControl",
    "LockRank",
    "Missing",
    "OrderStep",
    "Outcome",
    "PortKind",
    "ReaderType",
    "RelockOn",
    "RexAction",
    "Role",
    "RuleSwitch",
    "Severity",
    "Side",
    "SignalColour",
    "Supervision",
    "ThreatColour",
    "ValidityStart",
    "ValidityUnit",
    "WhenIsolated",
]

for shown, name, description in (
    (Role, "Role", "What a user may do, in three steps."),
    (Side, "Side", "A side of a door; a reader on side A is passed going from A to B."),
    (CredentialStatus, "CredentialStatus", "Whether a credential may be used, as somebody set it."),
    (CredentialKind, "CredentialKind", "What a credential is."),
    (CredentialCondition, "CredentialCondition", "A credential's state in one word: the first that is true."),
    (ValidityStart, "ValidityStart", "From when a relative validity counts."),
    (ValidityUnit, "ValidityUnit", "What a relative validity counts; months and years are the calendar's."),
    (DoorMode, "DoorMode", "What a door is set to."),
    (DoorPosition, "DoorPosition", "What the door position sensor says."),
    (DoorCondition, "DoorCondition", "A door's state in one word: the most urgent that is true."),
    (EventCategory, "EventCategory", "What kind of thing an event tells."),
    (Severity, "Severity", "How much an event matters to the person on duty."),
    (CommandStatus, "CommandStatus", "How far a door command came."),
    (DoorKind, "DoorKind", "What stands there: a door, a wireless lock, a sensor only, nothing yet, a floor."),
    (RelockOn, "RelockOn", "When a released door locks again before its access time is over."),
    (EmergencyAction, "EmergencyAction", "What a door does while its emergency input is active."),
    (IdentificationType, "IdentificationType", "What a person shows."),
    (ReaderType, "ReaderType", "How a reader is connected, or what it is."),
    (LedControl, "LedControl", "How many wires drive the light of a Wiegand reader."),
    (Circuit, "Circuit", "When an input is active: while its circuit is open, or closed."),
    (
        Supervision,
        "Supervision",
        "End-of-line resistors: none, parallel first (22k, 4.7k), or serial first (equal).",
    ),
    (InputPurpose, "InputPurpose", "What an input tells of its door."),
    (RexAction, "RexAction", "What a request to exit does: it unlocks, or only keeps the opening from being forced."),
    (LockRank, "LockRank", "Which of the two locks of a door."),
    (PortKind, "PortKind", "What kind of terminal a wire ends at."),
    (
        AntiPassbackMode,
        "AntiPassback",
        "Entering a zone twice: allowed, reported (soft), or denied as well (hard).",
    ),
    (WhenIsolated, "WhenIsolated", "What a shared zone does at a controller that cannot reach the others."),
    (RuleSwitch, "RuleSwitch", "What a threat level does to access rules: nothing, disable some, or leave only some."),
    (ThreatColour, "ThreatColour", "The colour of a threat level, of a palette for everybody's eyes."),
    (Missing, "AccessRulePart", "What an incomplete access rule lacks: people, places, or schedules."),
    (Outcome, "AccessOutcome", "What is decided; waiting: something or somebody more must be shown."),
    (SignalColour, "SignalColour", "The light of a reader's signal; none leaves it as it is."),
    (OrderStep, "OrderStep", "How far the maintenance of a device came; done, failed, stopped and expired end it."),
    (Assumption, "Assumption", "What an answer about access takes for granted."),
):
    strawberry.enum(shown, name=name, description=description)


@strawberry.enum(description="What the recorder last said of a camera.")
class CameraState(enum.Enum):
    """The recorder's words for a camera."""

    CONNECTING = "connecting"
    RECORDING = "recording"
    STALLED = "stalled"
    LOST = "lost"
    STORAGE_FULL = "storage_full"
