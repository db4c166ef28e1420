"""What may be asked about the site."""

from doorward.acs.actor import Actor, Permission
from doorward.acs.operation import SITE_ID
from doorward.acs.site.models import Site


async def the_site(actor: Actor) -> Site:
    """The site's row."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await Site.get(id=SITE_ID)
