"""Setting up a site."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from doorward.acs import check
from doorward.acs.doors.models import Controller
from doorward.acs.errors import ValidationFailed
from doorward.acs.identity import new_id
from doorward.acs.operation import SITE_ID
from doorward.acs.site.models import Site

EMBEDDED_CONTROLLER = "This server"


async def ensure_site(name: str = "Doorward", time_zone: str = "UTC") -> Controller:
    """The site's row and its embedded controller, made with these values if they are not there yet."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValidationFailed(
            f"{time_zone} is not an IANA time zone; examples are Europe/Berlin and America/New_York.",
            "timeZone",
        ) from error
    name = check.text(name, "name", longest=100)
    try:
        async with in_transaction("default") as connection:
            await Site.get_or_create(
                {"name": name, "time_zone": time_zone, "policy_version": 1}, using_db=connection, id=SITE_ID
            )
            controller, _ = await Controller.get_or_create(
                {"id": new_id()}, using_db=connection, name=EMBEDDED_CONTROLLER
            )
    except IntegrityError:
        controller = await Controller.get(name=EMBEDDED_CONTROLLER)
    return controller
