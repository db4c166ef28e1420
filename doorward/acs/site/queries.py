"""What may be asked about the site."""

from doorward.acs.actor import Actor, Permission
from doorward.acs.messages import ControllerSettings
from doorward.acs.operation import SITE_ID
from doorward.acs.site.models import Site
from doorward.acs.site.reasons import CommandKind


async def the_site(actor: Actor) -> Site:
    """The site's row."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await Site.get(id=SITE_ID)


async def command_reasons(actor: Actor) -> tuple[CommandKind, ...]:
    """The commands for which operators must give a reason: for whoever gives any."""
    actor.reach(Permission.DOOR_COMMAND, Permission.IO_WRITE)
    site = await Site.get(id=SITE_ID)
    return tuple(CommandKind(kind) for kind in site.reasons_for or ())


async def controller_settings() -> ControllerSettings:
    """What the site wants of each of its controllers, as they are told."""
    site = await Site.get(id=SITE_ID)
    return ControllerSettings(site.journal_events, site.journal_days, site.alone_alarm_s, site.trusts_clock)
