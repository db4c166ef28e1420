"""The domain's enumerations as the API shows them."""

import enum

import strawberry

from doorward.acs.actor import Role
from doorward.acs.cameras.queries import BookmarkOrder
from doorward.acs.credentials.condition import CredentialCondition
from doorward.acs.decision.by_hand import HandAction
from doorward.acs.decision.decision import Outcome
from doorward.acs.decision.door import DoorMode, DoorSetting
from doorward.acs.decision.door import Position as DoorPosition
from doorward.acs.decision.door import Source as DoorSource
from doorward.acs.decision.local_rules import DoorFact, LocalAction
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
from doorward.acs.decision.supervision import InputState
from doorward.acs.devices import Bias as PinBias
from doorward.acs.devices import DeviceKind, DeviceRole
from doorward.acs.doors.configuration import PortKind
from doorward.acs.doors.device_list import ListedOrder
from doorward.acs.doors.live import DoorCondition
from doorward.acs.doors.queries import PlacedOrder
from doorward.acs.doors.wiegand import KeypadMode
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
from doorward.acs.events.changes import ChangeKind, EntityKind
from doorward.acs.jobs.queries import JobOrder
from doorward.acs.keyset import NameOrder
from doorward.acs.local_io.models import TriggerKind as LocalTriggerKind
from doorward.acs.messages import CommandStatus, OrderStep
from doorward.acs.people.queries import CustomFieldOrder
from doorward.acs.privilege import PrivilegeArea
from doorward.acs.questions.conditions import Assumption
from doorward.acs.questions.subjects import SubjectKind
from doorward.acs.reach import PlaceKind
from doorward.acs.rules.members import Missing
from doorward.acs.signals import SignalColour
from doorward.acs.site.reasons import CommandKind
from doorward.acs.threats.models import RuleSwitch, ThreatColour
from doorward.acs.threats.queries import ThreatLevelOrder
from doorward.acs.users.models import SecondFactor, UserKind
from doorward.acs.users.oidc_sign_in import OidcLinkOrder
from doorward.acs.users.queries import SessionOrder, UserOrder
from doorward.acs.users.sessions import FirstToDo
from doorward.acs.zones.models import AntiPassbackMode
from doorward.video.index import GapReason

__all__ = [
    "AntiPassbackMode",
    "Assumption",
    "BookmarkOrder",
    "CameraState",
    "ChangeKind",
    "Circuit",
    "CommandKind",
    "CommandStatus",
    "CredentialCondition",
    "CredentialKind",
    "CredentialStatus",
    "CustomFieldOrder",
    "DeviceKind",
    "DeviceRole",
    "DoorCondition",
    "DoorFact",
    "DoorKind",
    "DoorMode",
    "DoorPosition",
    "DoorSetting",
    "DoorSource",
    "EmergencyAction",
    "EntityKind",
    "EventCategory",
    "FirstToDo",
    "GapReason",
    "HandAction",
    "IdentificationType",
    "InputPurpose",
    "InputState",
    "JobOrder",
    "KeypadMode",
    "LedControl",
    "ListedOrder",
    "LocalAction",
    "LocalTriggerKind",
    "LockRank",
    "Missing",
    "MotionState",
    "NameOrder",
    "OidcLinkOrder",
    "OrderStep",
    "Outcome",
    "PinBias",
    "PlaceKind",
    "PlacedOrder",
    "PortKind",
    "PrivilegeArea",
    "ReaderType",
    "RelockOn",
    "RexAction",
    "Role",
    "RuleSwitch",
    "SecondFactor",
    "SessionOrder",
    "Severity",
    "Side",
    "SignalColour",
    "SubjectKind",
    "Supervision",
    "ThreatColour",
    "ThreatLevelOrder",
    "UserKind",
    "UserOrder",
    "ValidityStart",
    "ValidityUnit",
    "WhenIsolated",
]

for shown, name, description in (
    (Role, "Role", "What a user may everywhere, in three steps; NONE: what further roles give."),
    (PlaceKind, "PlaceKind", "What a scope can name."),
    (PrivilegeArea, "PrivilegeArea", "What kind of thing a permission is about."),
    (SecondFactor, "SecondFactorRule", "Who must have a second factor besides the password."),
    (UserKind, "UserKind", "A person, who signs in, or a program (service account), which comes with tokens."),
    (FirstToDo, "FirstToDo", "What a user must do before anything else."),
    (Side, "Side", "A side of a door; a reader on side A is passed going from A to B."),
    (CredentialStatus, "CredentialStatus", "Whether a credential may be used, as somebody set it."),
    (CredentialKind, "CredentialKind", "What a credential is."),
    (CredentialCondition, "CredentialCondition", "A credential's state in one word: the first that is true."),
    (ValidityStart, "ValidityStart", "From when a relative validity counts."),
    (ValidityUnit, "ValidityUnit", "What a relative validity counts; months and years are the calendar's."),
    (DoorMode, "DoorMode", "What a door is set to."),
    (DoorPosition, "DoorPosition", "What the door position sensor says."),
    (DoorSource, "DoorSource", "What the mode of a door comes from, the strongest first; rest: nothing wants more."),
    (DoorSetting, "DoorSetting", "What a door was set to by hand; rules: to nothing."),
    (DoorCondition, "DoorCondition", "A door's state in one word: the most urgent that is true."),
    (EventCategory, "EventCategory", "What kind of thing an event tells."),
    (EntityKind, "EntityKind", "A kind of things that are set up and changed."),
    (ChangeKind, "ChangeKind", "What became of an entity."),
    (Severity, "Severity", "How much an event matters to the person on duty."),
    (CommandKind, "CommandKind", "What an operator does to doors, zones and outputs."),
    (CommandStatus, "CommandStatus", "How far a door command came."),
    (DoorKind, "DoorKind", "What stands there: a door, a wireless lock, a sensor only, nothing yet, a floor."),
    (RelockOn, "RelockOn", "When a released door locks again before its access time is over."),
    (EmergencyAction, "EmergencyAction", "What a door does while its emergency input is active."),
    (IdentificationType, "IdentificationType", "What a person shows."),
    (KeypadMode, "KeypadMode", "How a Wiegand keypad sends what is typed: a burst for each key, or for a whole PIN."),
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
    (
        DeviceKind,
        "DeviceKind",
        "How a device is reached: an OSDP bus, a Wiegand converter, the network, pins of the controller.",
    ),
    (DeviceRole, "OsdpDeviceRole", "What an OSDP device does: it is a reader, or a door's inputs and outputs."),
    (PinBias, "PinBias", "What a pin of the controller's own is pulled to."),
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
    (LocalTriggerKind, "LocalTriggerKind", "What a local rule goes by."),
    (
        DoorFact,
        "DoorFact",
        "What can be true of a door; released: it can be opened now.",
    ),
    (
        LocalAction,
        "LocalAction",
        "What a local rule does: switch once, pulse once, or keep its output on while its trigger is true.",
    ),
    (HandAction, "OutputAction", "What is done to an output by hand; auto: it is given back to its rules."),
    (InputState, "InputState", "What an input says; open (cut), short and fault: its line is broken."),
    (SignalColour, "SignalColour", "The light of a reader's signal; none leaves it as it is."),
    (OrderStep, "OrderStep", "How far the maintenance of a device came; done, failed, stopped and expired end it."),
    (Assumption, "Assumption", "What an answer about access takes for granted."),
    (SubjectKind, "StepSubjectKind", "What kind of thing a check of a decision names."),
    (NameOrder, "NameOrder", "The order of a list of what has names; oldest and newest go by when it was made."),
    (CustomFieldOrder, "CustomFieldOrder", "The order of custom fields; position: as they are shown."),
    (ThreatLevelOrder, "ThreatLevelOrder", "The order of threat levels; rank: the highest first."),
    (PlacedOrder, "PlaceOrder", "The order of devices of a kind; place: by line and number, or by chip."),
    (ListedOrder, "DeviceListOrder", "The order of devices; place: by controller, kind, line and number."),
    (UserOrder, "UserOrder", "The order of users; last sign-in: the latest first, and before them those without one."),
    (SessionOrder, "SessionOrder", "The order of sessions; last used and newest: the latest first."),
    (BookmarkOrder, "BookmarkOrder", "The order of bookmarks, by when they were made."),
    (GapReason, "RecordingGapReason", "Why nothing was recorded of a camera for a while."),
    (JobOrder, "JobOrder", "The order of jobs, by when they were begun."),
    (OidcLinkOrder, "OidcLinkOrder", "The order of connections with providers: by whose name, or the last made first."),
):
    strawberry.enum(shown, name=name, description=description)


@strawberry.enum(description="What the recorder last said of a camera.")
class CameraState(enum.Enum):
    """The recorder's words for a camera."""

    CONNECTING = "connecting"
    """The recorder tries to reach it."""
    RECORDING = "recording"
    """Its stream is received and stored."""
    STALLED = "stalled"
    """It is connected, but no picture has come for a while."""
    LOST = "lost"
    """The connection is gone; the recorder tries again."""
    STORAGE_FULL = "storage_full"
    """Nothing is stored, as the disk for recordings is full."""


@strawberry.enum(description="How motion is looked for in a camera's pictures.")
class MotionState(enum.Enum):
    """The recorder's words for it."""

    WATCHING = "watching"
    """About two pictures a second are looked at, or every keyframe."""
    SPARSE = "sparse"
    """Only keyframes are looked at, and they are far apart: what moves between them is missed."""
    BEHIND = "behind"
    """The machine is too slow for all of them; some pictures were left out."""
    FAILED = "failed"
    """The pictures cannot be decoded."""
