"""Who acts, and what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from doorward.acs.errors import NotPermitted, Unauthenticated
from doorward.acs.reach import EVERYWHERE, NOWHERE, Reach


class Permission(StrEnum):
    """One thing that an operation or a query asks for; `privilege.py` says in words what each is."""

    EVENT_VIEW = "event.view"
    AUDIT_VIEW = "audit.view"
    CARDHOLDER_VIEW = "cardholder.view"
    CARDHOLDER_WRITE = "cardholder.write"
    CARD_NUMBER_VIEW = "card_number.view"
    PHOTO_VIEW = "photo.view"
    CONFIGURATION_VIEW = "configuration.view"
    CONFIGURATION_WRITE = "configuration.write"
    DOOR_VIEW = "door.view"
    DOOR_COMMAND = "door.command"
    THREAT_RAISE = "threat.raise"
    THREAT_RELEASE = "threat.release"
    CAMERA_VIEW = "camera.view"
    CLIP_VIEW = "clip.view"
    JOB_VIEW = "job.view"
    """Everybody's jobs; one's own are seen by whoever may begin them."""
    USER_WRITE = "user.write"
    VIDEO_LIVE = "video.live"
    AUDIO_LISTEN = "audio.listen"
    AUDIO_SPEAK = "audio.speak"
    RECORDING_MANUAL = "recording.manual"
    PTZ_MOVE = "ptz.move"
    SNAPSHOT_TAKE = "snapshot.take"
    RECORDING_EXPORT = "recording.export"
    INCIDENT_REPORT = "incident.report"
    VIEW_ACCESS = "view.access"
    VIEW_EDIT = "view.edit"
    IO_READ = "io.read"
    IO_WRITE = "io.write"
    DATA_SEARCH = "data.search"
    EVENT_CATEGORY_ADD = "event_category.add"
    EVENT_CATEGORY_REMOVE = "event_category.remove"
    ACCESS_ASSIGN = "access.assign"
    CREDENTIAL_WRITE = "credential.write"
    PERSONAL_VIEW = "personal.view"
    PIN_MANAGE = "pin.manage"
    HEALTH_VIEW = "health.view"
    HEALTH_WRITE = "health.write"
    ACCOUNT_OWN = "account.own"
    """One's own password, second factor, sessions and tokens: everybody who signs in has it."""
    WEBHOOK_WRITE = "webhook.write"
    API_EXPLORE = "api.explore"
    """The page on which the API is tried out. What is sent from there needs its own permissions, as everywhere."""


class Role(StrEnum):
    """What a user may everywhere: one of the three roles that every installation has, or nothing.

    Who has none of them may what the roles of `RoleAssignment` give.
    """

    ADMINISTRATOR = "administrator"
    """Everything."""
    OPERATOR = "operator"
    """All daily work: doors, people, recordings and the log; no configuration and no users."""
    VIEWER = "viewer"
    """Looking at cameras live and at the states of doors, inputs and outputs; no recordings, no log, no people."""
    NONE = "none"
    """Nothing of itself: only what further roles give."""


_VIEWER = frozenset(
    {
        Permission.DOOR_VIEW,
        Permission.CAMERA_VIEW,
        Permission.VIDEO_LIVE,
        Permission.AUDIO_LISTEN,
        Permission.SNAPSHOT_TAKE,
        Permission.VIEW_ACCESS,
        Permission.IO_READ,
        Permission.ACCOUNT_OWN,
    }
)
_OPERATOR = _VIEWER | frozenset(
    {
        Permission.EVENT_VIEW,
        Permission.CARDHOLDER_VIEW,
        Permission.CARDHOLDER_WRITE,
        Permission.PHOTO_VIEW,
        Permission.CONFIGURATION_VIEW,
        Permission.DOOR_COMMAND,
        Permission.THREAT_RAISE,
        Permission.THREAT_RELEASE,
        Permission.CLIP_VIEW,
        Permission.AUDIO_SPEAK,
        Permission.RECORDING_MANUAL,
        Permission.PTZ_MOVE,
        Permission.RECORDING_EXPORT,
        Permission.INCIDENT_REPORT,
        Permission.VIEW_EDIT,
        Permission.IO_WRITE,
        Permission.DATA_SEARCH,
        Permission.EVENT_CATEGORY_ADD,
        Permission.EVENT_CATEGORY_REMOVE,
        Permission.CREDENTIAL_WRITE,
        Permission.PERSONAL_VIEW,
        Permission.PIN_MANAGE,
        Permission.HEALTH_VIEW,
    }
)
"""What is named in neither of these two, as everything new, is for administrators only."""
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.OPERATOR: _OPERATOR,
    Role.VIEWER: _VIEWER,
    Role.NONE: frozenset({Permission.ACCOUNT_OWN}),
}
HIGHEST_CLEARANCE = 100
CLEARANCES: dict[Role, int] = {
    Role.ADMINISTRATOR: HIGHEST_CLEARANCE,
    Role.OPERATOR: 50,
    Role.VIEWER: 0,
    Role.NONE: 0,
}
"""How high a threat level each role may release."""
Windows = tuple[tuple[int | None, Reach], ...]
"""How old recordings may be, in minutes (None: any), and where."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or Doorward itself, doing something. `means` is how: api, token, command_line, set_up, system.

    `permissions` are held everywhere, `reaches` says where those are held that are not. `token` is the id and the name
    of the token that speaks for them, if one does. `clearance` (0 to 100) must reach the release rank of a threat level
    that the actor is to lower. `signed_in_at` is when the session that speaks for them began (None: there is none).
    `windows`: how far back recordings are seen; None: all, wherever recordings may be.
    """

    user_id: str | None
    name: str
    permissions: frozenset[Permission]
    means: str
    address: str | None = None
    clearance: int = 0
    token: tuple[str, str] | None = None
    signed_in_at: datetime | None = None
    reaches: Mapping[Permission, Reach] = field(default_factory=dict)
    windows: Windows | None = None

    def require(self, permission: Permission) -> None:
        """Raise unless the actor has the permission everywhere."""
        if permission in self.permissions:
            return
        if permission in self.reaches:
            raise NotPermitted(
                f"{self.name} may not do this: it needs the permission {permission.value} everywhere, "
                "and they have it for some places only."
            )
        self._refuse(permission)

    def reach(self, *permissions: Permission) -> Reach:
        """Where the actor has any of these permissions. Raises where they have none of them anywhere."""
        if not any(permission in self.permissions or permission in self.reaches for permission in permissions):
            self._refuse(permissions[0])
        return self.reach_if_any(*permissions)

    def reach_if_any(self, *permissions: Permission) -> Reach:
        """The same, or nowhere."""
        found = NOWHERE
        for permission in permissions:
            if permission in self.permissions:
                return EVERYWHERE
            if permission in self.reaches:
                found = found | self.reaches[permission]
        return found

    def _refuse(self, permission: Permission) -> None:
        if self.user_id is None:
            raise Unauthenticated("Sign in first.")
        raise NotPermitted(f"{self.name} may not do this: it needs the permission {permission.value}.")


def anonymous(address: str | None = None) -> Actor:
    """Whoever has not signed in."""
    return Actor(None, "anonymous", frozenset(), "api", address)


COMMAND_LINE = Actor(None, "command line", frozenset(Permission), "command_line", clearance=HIGHEST_CLEARANCE)
"""Whoever can run `doorward` beside the database can do everything anyway."""
_OWN = frozenset(
    {
        Permission.CARDHOLDER_WRITE,
        Permission.CREDENTIAL_WRITE,
        Permission.PERSONAL_VIEW,
        Permission.CONFIGURATION_WRITE,
        Permission.WEBHOOK_WRITE,
    }
)
SYSTEM = Actor(None, "Doorward", _OWN, "system")
"""Doorward itself, doing by the clock what it was set up to do."""
