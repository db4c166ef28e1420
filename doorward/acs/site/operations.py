"""Setting up a site, and changing what is true of the whole of it."""

from typing import TypedDict
from zoneinfo import ZoneInfo

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.doors.models import Controller
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import SITE_ID, Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.site.models import Site

EMBEDDED_CONTROLLER = "This server"


class SiteChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. `time_zone` is an IANA name."""

    name: str
    time_zone: str


async def ensure_site(name: str = "Doorward", time_zone: str = "UTC") -> Controller:
    """The site's row and its embedded controller, made with these values if they are not there yet."""
    _check_time_zone(time_zone)
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


@operation(Permission.CONFIGURATION_WRITE)
async def update_site(work: Work, changes: SiteChanges) -> Site:
    """Change the site's name or its time zone; all schedules follow the new zone at once."""
    site = await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)
    before = {"name": site.name, "time_zone": site.time_zone}
    if "name" in changes:
        site.name = check.text(changes["name"], "name", longest=100)
    if "time_zone" in changes:
        _check_time_zone(changes["time_zone"])
        site.time_zone = changes["time_zone"]
    after = {"name": site.name, "time_zone": site.time_zone}
    if after == before:
        return site
    await site.save(using_db=work.connection, update_fields=["name", "time_zone"])
    if before["time_zone"] != after["time_zone"]:
        work.changed(PolicyPart.SITE, SITE_ID)
    work.audit(EventType.SITE_UPDATED, before=before, after=after)
    return site


def _check_time_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    # Not found is a KeyError; a folder of zones, such as Europe, an OSError.
    except (KeyError, ValueError, OSError) as error:
        raise ValidationFailed(
            f"{time_zone} is not an IANA time zone; examples are Europe/Berlin and America/New_York.",
            "timeZone",
        ) from error
