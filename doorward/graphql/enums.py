"""The domain's enumerations as the API shows them."""

import enum

import strawberry

from doorward.acs.actor import Role
from doorward.acs.credentials.condition import CredentialCondition
from doorward.acs.decision.door import DoorMode
from doorward.acs.decision.door import Position as DoorPosition
from doorward.acs.decision.policy import CredentialKind, CredentialStatus, Side, ValidityStart, ValidityUnit
from doorward.acs.doors.live import DoorCondition
from doorward.acs.events.catalogue import Category as EventCategory
from doorward.acs.events.catalogue import Severity
from doorward.acs.messages import CommandStatus

__all__ = [
    "CameraState",
    "CommandStatus",
    "CredentialCondition",
    "CredentialKind",
    "CredentialStatus",
    "DoorCondition",
    "DoorMode",
    "DoorPosition",
    "EventCategory",
    "Role",
    "Severity",
    "Side",
    "ValidityStart",
    "ValidityUnit",
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
