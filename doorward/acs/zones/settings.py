"""The settings of a zone: checked, put on its row, and told to people."""

import re
from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.decision.policy import WhenIsolated
from doorward.acs.errors import ValidationFailed
from doorward.acs.zones.models import AntiPassbackMode, Zone

MAX_TIMEOUT_S = 30 * 24 * 60 * 60
MAX_OCCUPANCY = 1_000_000

_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class ZoneChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. `forgive_at`: "HH:MM" of the site's local day, or None."""

    name: str
    parent_id: str | None
    anti_passback: AntiPassbackMode
    timeout_s: int
    check_exit: bool
    forgive_at: str | None
    min_occupancy: int
    max_occupancy: int | None
    muster: bool
    when_isolated: WhenIsolated


def time_of_day(minute: int | None) -> str | None:
    """A minute of the day as "HH:MM"."""
    return None if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def minute_of_day(value: str | None, name: str) -> int | None:
    """The minute of the day in "HH:MM"."""
    if value is None:
        return None
    found = _TIME_OF_DAY.fullmatch(value.strip())
    if found is None:
        raise ValidationFailed("Give the time of day as HH:MM, for example 03:30.", name)
    return int(found[1]) * 60 + int(found[2])


def apply_settings(zone: Zone, changes: ZoneChanges) -> None:
    """Check the changes and put them on the row, without saving it. Name and parent need the other zones, too."""
    if "name" in changes:
        zone.name = check.text(changes["name"], "name", longest=100)
    if "parent_id" in changes:
        zone.parent_id = changes["parent_id"]
    if "anti_passback" in changes:
        zone.anti_passback = changes["anti_passback"]
    if "timeout_s" in changes:
        zone.timeout_s = _within(changes["timeout_s"], 0, MAX_TIMEOUT_S, "timeout")
    if "check_exit" in changes:
        zone.check_exit = changes["check_exit"]
    if "forgive_at" in changes:
        zone.forgive_at = minute_of_day(changes["forgive_at"], "forgiveAt")
    if "muster" in changes:
        zone.muster = changes["muster"]
    if "when_isolated" in changes:
        zone.when_isolated = changes["when_isolated"]
    _apply_occupancy(zone, changes)


def _apply_occupancy(zone: Zone, changes: ZoneChanges) -> None:
    if "min_occupancy" in changes:
        zone.min_occupancy = _within(changes["min_occupancy"], 0, MAX_OCCUPANCY, "minOccupancy")
    if "max_occupancy" in changes:
        most = changes["max_occupancy"]
        zone.max_occupancy = None if most is None else _within(most, 1, MAX_OCCUPANCY, "maxOccupancy")
    if zone.max_occupancy is not None and zone.min_occupancy > zone.max_occupancy:
        raise ValidationFailed(
            f"At least {zone.min_occupancy} and at most {zone.max_occupancy} people: nobody could ever enter.",
            "maxOccupancy",
        )


def _within(value: int, least: int, most: int, name: str) -> int:
    if not least <= value <= most:
        raise ValidationFailed(f"This is between {least} and {most}, not {value}.", name)
    return value


def told(zone: Zone) -> dict[str, Any]:
    """The settings as the audit shows them, without the parent's name and the doors."""
    return {
        "name": zone.name,
        "anti_passback": zone.anti_passback.value,
        "timeout_s": zone.timeout_s,
        "check_exit": zone.check_exit,
        "forgive_at": time_of_day(zone.forgive_at),
        "min_occupancy": zone.min_occupancy,
        "max_occupancy": zone.max_occupancy,
        "muster": zone.muster,
        "when_isolated": zone.when_isolated.value,
    }
