"""The domain's enumerations as the API shows them."""

import enum

import strawberry

from doorward.acs.actor import Role
from doorward.acs.decision.door import DoorMode
from doorward.acs.decision.door import Position as DoorPosition
from doorward.acs.decision.policy import CredentialStatus, Side, WhenIsolated
from doorward.acs.doors.live import DoorCondition
from doorward.acs.events.catalogue import Category as EventCategory
from doorward.acs.events.catalogue import Severity
from doorward.acs.messages import CommandStatus
from doorward.acs.rules.members import Missing
from doorward.acs.zones.models import AntiPassbackMode

__all__ = [
    "AntiPassbackMode",
    "CameraState",
    "CommandStatus",
    "CredentialStatus",
    "DoorCondition",
    "DoorMode",
    "DoorPosition",
    "EventCategory",
    "Missing",
    "Role",
    "Severity",
    "Side",
    "WhenIsolated",
]

for shown, name, description in (
    (Role, "Role", "What a user may do, in three steps."),
    (Side, "Side", "A side of a door; a reader on side A is passed going from A to B."),
    (CredentialStatus, "CredentialStatus", "Whether a card may be used."),
    (DoorMode, "DoorMode", "What a door is set to."),
    (DoorPosition, "DoorPosition", "What the door position sensor says."),
    (DoorCondition, "DoorCondition", "A door's state in one word: the most urgent that is true."),
    (EventCategory, "EventCategory", "What kind of thing an event tells."),
    (Severity, "Severity", "How much an event matters to the person on duty."),
    (CommandStatus, "CommandStatus", "How far a door command came."),
    (
        AntiPassbackMode,
        "AntiPassback",
        "Entering a zone twice: allowed, reported (soft), or denied as well (hard).",
    ),
    (WhenIsolated, "WhenIsolated", "What a shared zone does at a controller that cannot reach the others."),
    (Missing, "AccessRulePart", "What an incomplete access rule lacks: people, places, or schedules."),
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
