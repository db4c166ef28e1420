"""Setting up a site, and changing what is true of the whole of it."""

from collections.abc import Collection
from typing import Any, TypedDict
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
from doorward.acs.site.reasons import CommandKind

EMBEDDED_CONTROLLER = "This server"
SHORTEST_STALE_S = 60
LONGEST_STALE_S = 30 * 24 * 60 * 60
MOST_QR_SKEW_STEPS = 4
SHORTEST_ESCORT_MS = 1_000
LONGEST_ESCORT_MS = 300_000
FEWEST_JOURNAL_EVENTS = 1_000
MOST_JOURNAL_EVENTS = 10_000_000
MOST_JOURNAL_DAYS = 3_650
SHORTEST_ALONE_S = 60
LONGEST_ALONE_S = 365 * 24 * 60 * 60
_POLICY = ("time_zone", "stale_after_s", "qr_skew_steps", "escort_timeout_ms")
_CONTROLLERS = ("journal_events", "journal_days", "alone_alarm_s", "trusts_clock")
_COLUMNS = ("name", "reasons_for", *_POLICY, *_CONTROLLERS)


class SiteChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. `time_zone` is an IANA name.

    `stale_after_s`: controllers out of contact for longer deny (None: they decide by their last policy for ever).
    `qr_skew_steps`: so many steps of 30 s may the clock of a phone that shows a dynamic QR code be off.
    `escort_timeout_ms`: so long a reader waits for the host of somebody who needs an escort.
    `journal_events`, `journal_days`: how much every controller's journal keeps. `alone_alarm_s`: so long may a
    controller be alone before that is an alarm (None: for ever). `trusts_clock`: controllers go by schedules even under
    a clock that they know to be wrong. For the commands in `reasons_for` operators must give a reason.
    """

    name: str
    time_zone: str
    stale_after_s: int | None
    qr_skew_steps: int
    escort_timeout_ms: int
    journal_events: int
    journal_days: int
    alone_alarm_s: int | None
    trusts_clock: bool
    reasons_for: Collection[CommandKind]


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
async def update_site(work: Work, changes: SiteChanges, expected_version: int | None = None) -> Site:
    """Change what is true of the whole site. All schedules follow a new time zone at once."""
    site = await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)
    check.version(site.version, expected_version)
    before = _settings(site)
    _apply(site, changes)
    after = _settings(site)
    if after == before:
        return site
    site.version += 1
    await site.save(using_db=work.connection, update_fields=[*_COLUMNS, "version"])
    if any(before[column] != after[column] for column in _POLICY):
        work.changed(PolicyPart.SITE, SITE_ID)
    elif any(before[column] != after[column] for column in _CONTROLLERS):
        work.after.append(work.domain.policy_changed)  # They are sent with policies, and are in none.
    work.audit(EventType.SITE_UPDATED, of=site, before=before, after=after)
    return site


def _settings(site: Site) -> dict[str, Any]:
    return {column: getattr(site, column) for column in _COLUMNS}


def _apply(site: Site, changes: SiteChanges) -> None:
    if "name" in changes:
        site.name = check.text(changes["name"], "name", longest=100)
    if "time_zone" in changes:
        _check_time_zone(changes["time_zone"])
        site.time_zone = changes["time_zone"]
    if "stale_after_s" in changes:
        site.stale_after_s = changes["stale_after_s"]
        if site.stale_after_s is not None and not SHORTEST_STALE_S <= site.stale_after_s <= LONGEST_STALE_S:
            raise ValidationFailed("This is 60 seconds to 30 days (2592000), or null for ever.", "staleAfter")
    if "qr_skew_steps" in changes:
        site.qr_skew_steps = changes["qr_skew_steps"]
        if not 0 <= site.qr_skew_steps <= MOST_QR_SKEW_STEPS:
            raise ValidationFailed(f"This is 0 to {MOST_QR_SKEW_STEPS} steps of 30 seconds.", "qrSkewSteps")
    if "escort_timeout_ms" in changes:
        site.escort_timeout_ms = changes["escort_timeout_ms"]
        if not SHORTEST_ESCORT_MS <= site.escort_timeout_ms <= LONGEST_ESCORT_MS:
            raise ValidationFailed("This is 1 second (1000) to 5 minutes (300000).", "escortTimeoutMs")
    if "reasons_for" in changes:
        site.reasons_for = sorted({kind.value for kind in changes["reasons_for"]}) or None
    _apply_to_controllers(site, changes)


def _apply_to_controllers(site: Site, changes: SiteChanges) -> None:
    if "journal_events" in changes:
        site.journal_events = changes["journal_events"]
        if not FEWEST_JOURNAL_EVENTS <= site.journal_events <= MOST_JOURNAL_EVENTS:
            raise ValidationFailed("A journal keeps 1,000 to 10,000,000 events.", "journalEvents")
    if "journal_days" in changes:
        site.journal_days = changes["journal_days"]
        if not 1 <= site.journal_days <= MOST_JOURNAL_DAYS:
            raise ValidationFailed("A journal keeps events for 1 day to ten years (3650).", "journalKeeps")
    if "alone_alarm_s" in changes:
        site.alone_alarm_s = changes["alone_alarm_s"]
        if site.alone_alarm_s is not None and not SHORTEST_ALONE_S <= site.alone_alarm_s <= LONGEST_ALONE_S:
            raise ValidationFailed("This is 60 seconds to a year (31536000), or null for no alarm.", "aloneAlarm")
    if "trusts_clock" in changes:
        site.trusts_clock = changes["trusts_clock"]


def _check_time_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    # Not found is a KeyError; a folder of zones, such as Europe, an OSError.
    except (KeyError, ValueError, OSError) as error:
        raise ValidationFailed(
            f"{time_zone} is not an IANA time zone; examples are Europe/Berlin and America/New_York.",
            "timeZone",
        ) from error
