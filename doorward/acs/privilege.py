"""Every permission: what it lets one do, to which area it belongs, and what a scope of it can name.

docs/reference/permissions.md is this table; a test holds them together.
"""

from dataclasses import dataclass
from enum import StrEnum

from doorward.acs.actor import Permission
from doorward.acs.reach import PlaceKind


class PrivilegeArea(StrEnum):
    """How the editor of roles groups them."""

    CAMERAS = "cameras"
    """Cameras: watching, listening, moving them."""
    RECORDINGS = "recordings"
    """What was recorded: finding, watching and exporting it."""
    VIEWS = "views"
    """Views of several cameras."""
    IO = "io"
    """Auxiliary inputs and outputs."""
    EVENTS = "events"
    """The log, alarms, and who changed what."""
    DOORS = "doors"
    """Doors, zones and threat levels at the desk."""
    ACCESS = "access"
    """How the site is set up, and who may go where."""
    PEOPLE = "people"
    """Cardholders, their credentials and what is personal of them."""
    SYSTEM = "system"
    """Users, imports, webhooks and the system's health."""


@dataclass(frozen=True, slots=True)
class Privilege:
    """What is declared of a permission. No `scopes`: it is held everywhere or not at all."""

    permission: Permission
    area: PrivilegeArea
    description: str
    scopes: tuple[PlaceKind, ...] = ()


_CAMERA = (PlaceKind.SITE, PlaceKind.ZONE, PlaceKind.DOOR, PlaceKind.CAMERA)
_DOOR = (PlaceKind.SITE, PlaceKind.ZONE, PlaceKind.DOOR)
_IO = (PlaceKind.SITE, PlaceKind.INPUT, PlaceKind.OUTPUT)
_VIEW = (PlaceKind.SITE, PlaceKind.VIEW)


def _declare() -> dict[Permission, Privilege]:
    p, a = Permission, PrivilegeArea
    rows = (
        Privilege(p.CAMERA_VIEW, a.CAMERAS, "See that a camera exists, and its state.", _CAMERA),
        Privilege(p.VIDEO_LIVE, a.CAMERAS, "Watch a camera live.", _CAMERA),
        Privilege(p.AUDIO_LISTEN, a.CAMERAS, "Listen to a camera.", _CAMERA),
        Privilege(p.AUDIO_SPEAK, a.CAMERAS, "Speak through a camera.", _CAMERA),
        Privilege(p.RECORDING_MANUAL, a.CAMERAS, "Start and stop recordings by hand.", _CAMERA),
        Privilege(
            p.PTZ_MOVE, a.CAMERAS, "Move a camera. The grant's priority decides who of two moves it: low wins.", _CAMERA
        ),
        Privilege(p.SNAPSHOT_TAKE, a.CAMERAS, "Take snapshots.", _CAMERA),
        Privilege(p.CLIP_VIEW, a.RECORDINGS, "Find and watch recordings, as far back as the grant says.", _CAMERA),
        Privilege(p.RECORDING_EXPORT, a.RECORDINGS, "Export recordings.", _CAMERA),
        Privilege(p.INCIDENT_REPORT, a.RECORDINGS, "Make incident reports.", _CAMERA),
        Privilege(p.EVENT_CATEGORY_ADD, a.RECORDINGS, "Put categories on events."),
        Privilege(p.EVENT_CATEGORY_REMOVE, a.RECORDINGS, "Take categories from events."),
        Privilege(p.DATA_SEARCH, a.RECORDINGS, "Search data that came with events."),
        Privilege(p.VIEW_ACCESS, a.VIEWS, "Open views.", _VIEW),
        Privilege(p.VIEW_EDIT, a.VIEWS, "Change views.", _VIEW),
        Privilege(p.IO_READ, a.IO, "See the state of inputs and outputs.", _IO),
        Privilege(p.IO_WRITE, a.IO, "Switch outputs by hand.", _IO),
        Privilege(
            p.EVENT_VIEW,
            a.EVENTS,
            "See alarms, tasks and the log. With a scope: what happened at its doors, zones and cameras.",
            _CAMERA,
        ),
        Privilege(p.AUDIT_VIEW, a.EVENTS, "See in the log who changed what, with what was there before."),
        Privilege(p.DOOR_VIEW, a.DOORS, "See doors and zones and their states.", _DOOR),
        Privilege(p.DOOR_COMMAND, a.DOORS, "Command doors and zones by hand.", _DOOR),
        Privilege(p.THREAT_RAISE, a.DOORS, "Raise the threat level."),
        Privilege(p.THREAT_RELEASE, a.DOORS, "Lower the threat level, as far as the role's clearance reaches."),
        Privilege(
            p.CONFIGURATION_VIEW,
            a.ACCESS,
            "See how everything is set up. With a scope: the settings of its doors, and rules that lead only there.",
            _DOOR,
        ),
        Privilege(
            p.CONFIGURATION_WRITE,
            a.ACCESS,
            "Set everything up. With a scope: the settings and the maintenance of its doors.",
            _DOOR,
        ),
        Privilege(
            p.ACCESS_ASSIGN,
            a.ACCESS,
            "Make, change and delete access rules. With a scope: those that lead only to its doors and zones.",
            _DOOR,
        ),
        Privilege(p.CARDHOLDER_VIEW, a.PEOPLE, "See cardholders, their groups and credentials."),
        Privilege(p.CARDHOLDER_WRITE, a.PEOPLE, "Add, change and delete cardholders, and put them into groups."),
        Privilege(p.CREDENTIAL_WRITE, a.PEOPLE, "Give cardholders credentials, change and delete these."),
        Privilege(p.PERSONAL_VIEW, a.PEOPLE, "See and set e-mail, phone, notes and custom fields that are personal."),
        Privilege(p.PHOTO_VIEW, a.PEOPLE, "See and set photos."),
        Privilege(p.CARD_NUMBER_VIEW, a.PEOPLE, "See the numbers of cards and plates, and search them."),
        Privilege(p.PIN_MANAGE, a.PEOPLE, "See that somebody has a PIN, and set it."),
        Privilege(p.USER_WRITE, a.SYSTEM, "Manage users, roles and tokens; nobody gives what they do not have."),
        Privilege(p.JOB_VIEW, a.SYSTEM, "See everybody's imports, stop them, and read their results."),
        Privilege(p.WEBHOOK_WRITE, a.SYSTEM, "Set up webhooks, and read their deliveries."),
        Privilege(p.API_EXPLORE, a.SYSTEM, "Open the explorer of the API, which shows its schema."),
        Privilege(p.HEALTH_VIEW, a.SYSTEM, "See the health of the system."),
        Privilege(p.HEALTH_WRITE, a.SYSTEM, "Set up the monitoring of the system's health."),
        Privilege(p.ACCOUNT_OWN, a.SYSTEM, "Look after one's own account. Everybody who signs in has it."),
    )
    return {row.permission: row for row in rows}


PRIVILEGES: dict[Permission, Privilege] = _declare()
EVERYWHERE_ONLY = frozenset(row.permission for row in PRIVILEGES.values() if not row.scopes)
"""What has no place: a role that is given for some places does not give these."""
ALWAYS = frozenset({Permission.ACCOUNT_OWN})
"""What no role need name."""
