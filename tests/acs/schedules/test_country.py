"""The holidays of countries, and calendars that keep up with the years."""

from datetime import date

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.errors import ValidationFailed
from doorward.acs.schedules.country import countries, from_country
from doorward.acs.schedules.holiday import HolidayGiven, by_hand
from doorward.acs.schedules.holiday_operations import create_holiday_calendar, refresh_country_calendars
from doorward.acs.schedules.models import Holiday, HolidayCalendar
from tests.world import open_world

TODAY = date(2026, 11, 21)


def test_a_country_has_its_holidays_for_the_years_around_today() -> None:
    filling = from_country("de", None, (), TODAY)
    days = {holiday.day: holiday.name for holiday in filling.holidays}
    assert days[date(2026, 10, 3)] == "German Unity Day"
    assert days[date(2027, 3, 26)] == "Good Friday"  # Easter Sunday 2027 is the 28th of March
    assert (min(days).year, max(days).year, filling.covers_to) == (2025, 2036, date(2036, 12, 31))


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = date(2027, 1, 6)
    assert epiphany in {holiday.day for holiday in from_country("DE", "BY", (), TODAY).holidays}
    assert epiphany not in {holiday.day for holiday in from_country("DE", "BE", (), TODAY).holidays}


def test_countries_are_listed_with_their_parts() -> None:
    found = {country.code: country.subdivisions for country in countries()}
    assert "BY" in found["DE"]
    assert "CA" in found["US"]


@pytest.mark.parametrize(
    "country, subdivision, categories, path",
    [
        ("Germany", None, (), "country"),
        ("", None, (), "country"),
        ("DE", "XX", (), "subdivision"),
        ("DE", None, ("birthdays",), "categories"),
    ],
)
def test_what_is_no_country_is_refused(
    country: str, subdivision: str | None, categories: tuple[str, ...], path: str
) -> None:
    with pytest.raises(ValidationFailed) as caught:
        from_country(country, subdivision, categories, TODAY)
    assert caught.value.path == (path,)


@pytest.mark.anyio
async def test_a_country_s_calendar_is_written_out_further_as_years_go_by(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain = world.domain
        row = await create_holiday_calendar(domain, COMMAND_LINE, "Germany", from_country("DE", "BY", (), TODAY))
        await create_holiday_calendar(domain, COMMAND_LINE, "Ours", by_hand([HolidayGiven(TODAY, "Party")]))
        assert await refresh_country_calendars(domain, COMMAND_LINE, TODAY) == 0
        assert await refresh_country_calendars(domain, COMMAND_LINE, date(2027, 1, 1)) == 1
        again = await HolidayCalendar.get(id=row.id)
        assert (again.covers_to, again.version) == (date(2037, 12, 31), 2)
        assert await Holiday.filter(calendar_id=row.id, day=date(2037, 1, 6)).exists()


def test_a_date_is_given_once() -> None:
    with pytest.raises(ValidationFailed, match="2026-11-21 is there twice"):
        by_hand([HolidayGiven(TODAY, "One"), HolidayGiven(TODAY, "Two")])
