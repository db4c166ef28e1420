"""Expiry: dates, uses, and days, months and years of the calendar from the first or the last use."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.policy import CredentialPolicy, RelativeValidity, ValidityStart, ValidityUnit
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.validity import expiry, relative_end

FIRST, LAST = ValidityStart
DAYS, MONTHS, YEARS, USES = ValidityUnit
moments = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
amounts = st.integers(1, 500)
times = st.sampled_from([DAYS, MONTHS, YEARS])


def credential(relative: RelativeValidity | None = None, valid_to: datetime | None = None) -> CredentialPolicy:
    return CredentialPolicy("c", "ada", "H10301", 17, 1042, valid_to=valid_to, relative=relative)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "start, amount, unit, end",
    [
        ("2026-01-31T12:00", 1, MONTHS, "2026-02-28T12:00"),
        ("2028-01-31T12:00", 1, MONTHS, "2028-02-29T12:00"),
        ("2028-02-29T00:00", 1, YEARS, "2029-02-28T00:00"),
        ("2028-02-29T00:00", 4, YEARS, "2032-02-29T00:00"),
        ("2026-11-30T23:59", 3, MONTHS, "2027-02-28T23:59"),
        ("2026-12-15T08:00", 1, MONTHS, "2027-01-15T08:00"),
        ("2026-12-31T08:00", 1, DAYS, "2027-01-01T08:00"),
    ],
)
def test_months_and_years_are_the_calendar_s(start: str, amount: int, unit: ValidityUnit, end: str) -> None:
    relative = RelativeValidity(FIRST, amount, unit)
    assert relative_end(relative, at(start), None) == at(end)
    assert expiry(credential(relative), at(start), at(start), 1, at(end) - timedelta(microseconds=1)) is None
    assert expiry(credential(relative), at(start), at(start), 1, at(end)) is Reason.CREDENTIAL_EXPIRED


@given(moments)
def test_without_an_end_nothing_expires(now: datetime) -> None:
    assert expiry(credential(), now, now, 10**9, now) is None


@given(moments, moments)
def test_a_date_is_the_first_moment_of_being_expired(end: datetime, now: datetime) -> None:
    assert expiry(credential(valid_to=end), None, None, 0, now) == (Reason.CREDENTIAL_EXPIRED if now >= end else None)


@given(st.sampled_from(ValidityStart), amounts, times, moments)
def test_an_unused_credential_does_not_expire(
    start: ValidityStart, amount: int, unit: ValidityUnit, now: datetime
) -> None:
    assert expiry(credential(RelativeValidity(start, amount, unit)), None, None, 0, now) is None


@given(amounts, st.integers(0, 1000), moments)
def test_n_uses_are_n_uses(amount: int, uses: int, now: datetime) -> None:
    found = expiry(credential(RelativeValidity(FIRST, amount, USES)), now, now, uses, now)
    assert (found is Reason.CREDENTIAL_USED_UP) == (uses >= amount)


@given(moments, moments, amounts, times, moments)
def test_only_the_use_that_counts_matters(
    first: datetime, last: datetime, amount: int, unit: ValidityUnit, now: datetime
) -> None:
    from_first = credential(RelativeValidity(FIRST, amount, unit))
    from_last = credential(RelativeValidity(LAST, amount, unit))
    assert expiry(from_first, first, last, 2, now) == expiry(from_first, first, None, 99, now)
    assert expiry(from_last, first, last, 2, now) == expiry(from_last, None, last, 99, now)


@given(moments, amounts, times, st.integers(1, 10**6))
def test_once_expired_it_stays_expired(use: datetime, amount: int, unit: ValidityUnit, later_s: int) -> None:
    relative = RelativeValidity(FIRST, amount, unit)
    end = relative_end(relative, use, None)
    assert end is not None
    assert end > use
    assert expiry(credential(relative), use, use, 1, end + timedelta(seconds=later_s)) is Reason.CREDENTIAL_EXPIRED


@given(moments, st.integers(1, 400), st.integers(1, 400), times)
def test_longer_is_never_shorter(use: datetime, one: int, other: int, unit: ValidityUnit) -> None:
    ends = [relative_end(RelativeValidity(FIRST, amount, unit), use, None) for amount in sorted((one, other))]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0] <= ends[1]


@given(moments, st.integers(1, 1200))
def test_a_month_keeps_the_day_or_takes_the_month_s_last(use: datetime, amount: int) -> None:
    end = relative_end(RelativeValidity(LAST, amount, MONTHS), None, use)
    assert end is not None
    assert (end.year * 12 + end.month) - (use.year * 12 + use.month) == amount
    assert end.time() == use.time()
    tomorrow = date(end.year, end.month, end.day) + timedelta(days=1)
    assert end.day == use.day or (end.day < use.day and tomorrow.day == 1)


def test_days_are_the_site_s_days() -> None:
    """Used at 1 in the morning of the last of January in Auckland, which is still the 30th in UTC."""
    auckland = ZoneInfo("Pacific/Auckland")
    use = datetime(2026, 1, 31, 1, 0, tzinfo=auckland)
    end = relative_end(RelativeValidity(FIRST, 1, MONTHS), use.astimezone(UTC), None, auckland)
    assert end == datetime(2026, 2, 28, 1, 0, tzinfo=auckland)
    spring = datetime(2026, 3, 28, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    one_day = relative_end(RelativeValidity(FIRST, 1, DAYS), spring, None, ZoneInfo("Europe/Berlin"))
    assert one_day is not None
    assert one_day - spring.astimezone(UTC) == timedelta(hours=23)


def test_an_end_beyond_the_calendar_is_none() -> None:
    use = datetime(2026, 1, 1, tzinfo=UTC)
    for unit in (DAYS, MONTHS, YEARS):
        relative = RelativeValidity(FIRST, 10**7, unit)
        assert expiry(credential(relative), use, use, 1, use + timedelta(days=1)) is None
