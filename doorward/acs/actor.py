"""Who acts, and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from doorward.acs.errors import NotPermitted, Unauthenticated


class Permission(StrEnum):
    """One thing that an operation or a query asks for."""

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
    ACCOUNT_OWN = "account.own"
    """One's own password, second factor, sessions and tokens: everybody who signs in has it."""
    WEBHOOK_WRITE = "webhook.write"
    API_EXPLORE = "api.explore"
    """The page on which the API is tried out. What is sent from there needs its own permissions, as everywhere."""


class Role(StrEnum):
    """The three roles that every installation has."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    VIEWER = "viewer"


_VIEWER = frozenset(
    {
        Permission.EVENT_VIEW,
        Permission.DOOR_VIEW,
        Permission.CAMERA_VIEW,
        Permission.CLIP_VIEW,
        Permission.PHOTO_VIEW,
        Permission.ACCOUNT_OWN,
    }
)
_OPERATOR = _VIEWER | {
    Permission.CARDHOLDER_VIEW,
    Permission.CARDHOLDER_WRITE,
    Permission.CONFIGURATION_VIEW,
    Permission.DOOR_COMMAND,
    Permission.THREAT_RAISE,
    Permission.THREAT_RELEASE,
}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.OPERATOR: _OPERATOR,
    Role.VIEWER: _VIEWER,
}
HIGHEST_CLEARANCE = 100
CLEARANCES: dict[Role, int] = {Role.ADMINISTRATOR: HIGHEST_CLEARANCE, Role.OPERATOR: 50, Role.VIEWER: 0}
"""How high a threat level each role may release."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or Doorward itself, doing something. `means` is how: api, token, command_line, set_up, system.

    `token` is the id and the name of the token that speaks for them, if one does.
    `signed_in_at` is when the session that speaks for them began (None: there is none).
    `clearance` (0 to 100) must reach the release rank of a threat level that the actor is to lower.
    """

    user_id: str | None
    name: str
    permissions: frozenset[Permission]
    means: str
    address: str | None = None
    clearance: int = 0
    token: tuple[str, str] | None = None
    signed_in_at: datetime | None = None

    def require(self, permission: Permission) -> None:
        """Raise unless the actor has the permission."""
        if permission in self.permissions:
            return
        if self.user_id is None:
            raise Unauthenticated("Sign in first.")
        raise NotPermitted(f"{self.name} may not do this: it needs the permission {permission.value}.")


def anonymous(address: str | None = None) -> Actor:
    """Whoever has not signed in."""
    return Actor(None, "anonymous", frozenset(), "api", address)


COMMAND_LINE = Actor(None, "command line", frozenset(Permission), "command_line", clearance=HIGHEST_CLEARANCE)
"""Whoever can run `doorward` beside the database can do everything anyway."""
SYSTEM = Actor(
    None,
    "Doorward",
    frozenset({Permission.CARDHOLDER_WRITE, Permission.CONFIGURATION_WRITE, Permission.WEBHOOK_WRITE}),
    "system",
)
"""Doorward itself, doing by the clock what it was set up to do."""
