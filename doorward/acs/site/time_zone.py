"""The site's time zone: what its schedules, its days and its daily work go by."""

from zoneinfo import ZoneInfo

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.operation import SITE_ID
from doorward.acs.site.models import Site


async def site_zone(connection: BaseDBAsyncClient | None = None) -> ZoneInfo:
    """The time zone as it is now, read by this connection (None: the current one)."""
    return ZoneInfo((await Site.get(id=SITE_ID, using_db=connection)).time_zone)
