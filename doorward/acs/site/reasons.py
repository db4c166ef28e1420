"""For what the site wants a reason: an operator who gives none is refused, and nothing is sent."""

from enum import StrEnum

from doorward.acs.errors import ValidationFailed
from doorward.acs.operation import SITE_ID, Work
from doorward.acs.site.models import Site


class CommandKind(StrEnum):
    """What an operator does to doors, zones and outputs. The values of doors and zones are those of DoorAction."""

    GRANT_ACCESS = "grant_access"
    """Release a door once."""
    UNLOCK = "unlock"
    """Keep a door unlocked."""
    LOCK = "lock"
    """Keep a door locked."""
    LOCKDOWN = "lockdown"
    """Put a door into lockdown."""
    RESET = "reset"
    """Return a door to its schedules and rules."""
    OUTPUT = "output"
    """Switch an auxiliary output by hand."""


async def require_reason(work: Work, kind: CommandKind, reason: str) -> None:
    """Raises ValidationFailed for a command without a reason, where the site wants one for its kind."""
    if reason:
        return
    site = await Site.get(id=SITE_ID, using_db=work.connection)
    if kind in (site.reasons_for or ()):
        raise ValidationFailed("This site wants a reason for this. Say why.", "reason")
