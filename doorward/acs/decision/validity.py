"""When a credential expires: on a date, or counted from its first or last use.

Until a credential was used, a relative validity has not begun, and it is valid. Uses count the first one: valid for
one use means the first and no other.
"""

import calendar
from datetime import MAXYEAR, UTC, datetime, timedelta, tzinfo

from doorward.acs.decision.policy import CredentialPolicy, RelativeValidity, ValidityStart, ValidityUnit
from doorward.acs.decision.reason import Reason


def expiry(
    credential: CredentialPolicy,
    first_use: datetime | None,
    last_use: datetime | None,
    uses: int,
    now: datetime,
    zone: tzinfo = UTC,
) -> Reason | None:
    """Why the credential is no longer valid at `now` (None: it is). Moments are aware; `uses` are those until now.

    Days, months and years are those of the calendar in `zone`.
    """
    if credential.valid_to is not None and now >= credential.valid_to:
        return Reason.CREDENTIAL_EXPIRED
    relative = credential.relative
    if relative is None:
        return None
    if relative.unit is ValidityUnit.USES:
        return Reason.CREDENTIAL_USED_UP if uses >= relative.amount else None
    end = relative_end(relative, first_use, last_use, zone)
    return Reason.CREDENTIAL_EXPIRED if end is not None and now >= end else None


def relative_end(
    relative: RelativeValidity, first_use: datetime | None, last_use: datetime | None, zone: tzinfo = UTC
) -> datetime | None:
    """The first moment (UTC) at which it is no longer valid. None: not begun, counted in uses, or beyond year 9999."""
    start = first_use if relative.start is ValidityStart.FIRST_USE else last_use
    if start is None or relative.unit is ValidityUnit.USES:
        return None
    try:
        return _later(start.astimezone(zone), relative.amount, relative.unit).astimezone(UTC)
    except OverflowError:
        return None


def _later(local: datetime, amount: int, unit: ValidityUnit) -> datetime:
    """The same time of day `amount` units later; the 31st of a month without one is its last day."""
    if unit is ValidityUnit.DAYS:
        return local + timedelta(days=amount)
    months = local.month - 1 + amount * (12 if unit is ValidityUnit.YEARS else 1)
    year, month = local.year + months // 12, months % 12 + 1
    if year > MAXYEAR:
        raise OverflowError
    return local.replace(year=year, month=month, day=min(local.day, calendar.monthrange(year, month)[1]))
