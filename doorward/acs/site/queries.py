"""What may be asked about the site."""

from doorward.acs.actor import Actor, Permission
from doorward.acs.messages import ControllerSettings
from doorward.acs.operation import SITE_ID
from doorward.acs.site.models import Site


async def the_site(actor: Actor) -> Site:
    """The site's row."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await Site.get(id=SITE_ID)


async def controller_settings() -> ControllerSettings:
    """What the site wants of each of its controllers, as they are told."""
    site = await Site.get(id=SITE_ID)
    return ControllerSettings(site.journal_events, site.journal_days, site.alone_alarm_s, site.trusts_clock)
