"""Holiday calendars in the API."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime

import strawberry

from doorward.acs.actor import Permission
from doorward.acs.errors import ValidationFailed
from doorward.acs.schedules import country, models
from doorward.acs.schedules import models as schedules_rows
from doorward.acs.schedules.calendar_file import from_icalendar
from doorward.acs.schedules.country import from_country
from doorward.acs.schedules.holiday import Filling, HolidayGiven, by_hand
from doorward.acs.schedules.holiday_operations import (
    create_holiday_calendar,
    delete_holiday_calendar,
    fill_holiday_calendar,
    rename_holiday_calendar,
)
from doorward.acs.schedules.models import CalendarSource
from doorward.acs.schedules.queries import holidays_of, page_holiday_calendars
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, listed

strawberry.enum(CalendarSource, name="HolidaySource", description="Where a calendar's dates come from.")


@strawberry.type(description="A date of a holiday calendar.")
class Holiday:
    """A holiday."""

    date: date
    """The day; of a yearly one, in any of its years."""
    name: str
    yearly: bool
    """Whether it comes again every year, by month and day."""


@strawberry.type(description="A named list of holidays that override schedules follow.")
class HolidayCalendar(Node):
    """A holiday calendar."""

    id: strawberry.ID
    name: str
    source: CalendarSource
    """Where its dates come from."""
    country: str | None
    """Its ISO 3166 code, such as DE. Null: they come from elsewhere."""
    subdivision: str | None
    """The part of the country, such as BY. Null: all of it, or no country."""
    categories: list[str]
    """Which holidays of the country, such as public or bank; empty for other sources."""
    covers_to: date | None
    """The last date its source was asked about. Null: it has no such end."""
    filled_at: datetime
    """When its dates were last given or fetched."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.HolidayCalendar) -> "HolidayCalendar":
        """The calendar as the API shows it."""
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            source=row.source,
            country=row.country,
            subdivision=row.subdivision,
            categories=list(row.categories or ()),
            covers_to=row.covers_to,
            filled_at=row.filled_at,
            version=row.version,
        )

    @strawberry.field(description="Its dates in order. Permission: configuration.view.")
    async def holidays(self, info: ApiInfo) -> list[Holiday]:
        rows = await holidays_of(info.context.actor, self.id)
        return [Holiday(date=row.day, name=row.name, yearly=row.yearly) for row in rows]


@strawberry.type(description="A country that there are holidays for.")
class HolidayCountry:
    """A country and its parts."""

    code: str
    """Its ISO 3166 code, such as DE."""
    subdivisions: list[str]
    """The codes of its parts that have holidays of their own."""


@strawberry.input(description="A date to put into a holiday calendar.")
class HolidayInput:
    """See Holiday."""

    date: date
    name: str
    yearly: bool = False


@strawberry.input(description="Which holidays of which country.")
class HolidayCountryInput:
    """A country's holidays."""

    country: str
    """Its ISO 3166 code, such as DE."""
    subdivision: str | None = None
    """A part of the country, such as BY. Null: all of it."""
    categories: list[str] = strawberry.field(default_factory=list)
    """Which holidays, such as public, bank or half_day; none: public."""


@strawberry.input(description="Where the dates come from: exactly one of the three.")
class HolidaySourceInput:
    """The dates of a calendar."""

    holidays: list[HolidayInput] | None = None
    """The dates one by one."""
    icalendar: str | None = strawberry.field(
        default=None, description="The text of an .ics file. Its whole-day events count; recurring ones for ten years."
    )
    country: HolidayCountryInput | None = None
    """The holidays of a country."""


@strawberry.input(description="A holiday calendar to create.")
class CreateHolidayCalendarInput(Keyed):
    """See HolidayCalendar."""

    name: str
    dates: HolidaySourceInput
    """Where its dates come from."""


@strawberry.input(description="Dates that replace all of a calendar.")
class FillHolidayCalendarInput(Keyed):
    """See HolidayCalendar."""

    id: strawberry.ID
    expected_version: int | None = None
    dates: HolidaySourceInput
    """Where its dates come from; all that there were are replaced."""


@strawberry.type(description="The calendar as it now is, or why nothing was done.")
class HolidayCalendarPayload:
    """Result of a calendar mutation."""

    holiday_calendar: HolidayCalendar | None = None
    skipped: int = strawberry.field(default=0, description="Events of the file that have a time of day.")
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def _filling(info: ApiInfo, given: HolidaySourceInput) -> Filling:
    """The dates, read before any transaction begins: files and countries take their time."""
    info.context.actor.require(Permission.CONFIGURATION_WRITE)
    today = info.context.domain.clock().date()
    readers: list[Callable[[], Filling]] = []
    if (holidays := given.holidays) is not None:
        named = [HolidayGiven(holiday.date, holiday.name, holiday.yearly) for holiday in holidays]
        readers.append(lambda: by_hand(named))
    if (text := given.icalendar) is not None:
        readers.append(lambda: from_icalendar(text, today))
    if (place := given.country) is not None:
        readers.append(lambda: from_country(place.country, place.subdivision, place.categories, today))
    if len(readers) != 1:
        raise ValidationFailed("Give one of holidays, icalendar and country.", "dates")
    return await asyncio.to_thread(readers[0])


@strawberry.input(description="Which holiday calendars; what is left out, or null, does not restrict.")
class HolidayCalendarFilter:
    """See HolidayCalendar."""

    ids: list[strawberry.ID] | None = None
    """Those with these ids; at most 100."""


@strawberry.type
class HolidayQuery:
    """Queries about holiday calendars."""

    holiday_calendars = listed(
        HolidayCalendar,
        by_actor(page_holiday_calendars),
        each(HolidayCalendar.of),
        "Holiday calendars, by name. Permission: configuration.view.",
        filter=HolidayCalendarFilter,
        order=NameOrder,
        rows=schedules_rows.HolidayCalendar,
    )

    @strawberry.field(description="The countries that there are holidays for. Permission: configuration.view.")
    async def holiday_countries(self, info: ApiInfo) -> list[HolidayCountry]:
        info.context.actor.require(Permission.CONFIGURATION_VIEW)
        found = await asyncio.to_thread(country.countries)
        return [HolidayCountry(code=known.code, subdivisions=list(known.subdivisions)) for known in found]


@strawberry.type
class HolidayMutation:
    """Changes to holiday calendars."""

    @mutation(description="Create a holiday calendar. Permission: configuration.write.")
    async def create_holiday_calendar(self, info: ApiInfo, input: CreateHolidayCalendarInput) -> HolidayCalendarPayload:
        filling = await _filling(info, input.dates)
        row = await create_holiday_calendar(info.context.domain, info.context.actor, input.name, filling)
        return HolidayCalendarPayload(holiday_calendar=HolidayCalendar.of(row), skipped=filling.skipped)

    @mutation(
        description="Replace all dates of a calendar: import a file again, or edit the list. "
        "Permission: configuration.write."
    )
    async def fill_holiday_calendar(self, info: ApiInfo, input: FillHolidayCalendarInput) -> HolidayCalendarPayload:
        domain, actor = info.context.domain, info.context.actor
        filling = await _filling(info, input.dates)
        row = await fill_holiday_calendar(domain, actor, input.id, filling, input.expected_version)
        return HolidayCalendarPayload(holiday_calendar=HolidayCalendar.of(row), skipped=filling.skipped)

    @mutation(description="Give a holiday calendar another name. Permission: configuration.write.")
    async def rename_holiday_calendar(
        self, info: ApiInfo, id: strawberry.ID, name: str, expected_version: int | None = None
    ) -> HolidayCalendarPayload:
        row = await rename_holiday_calendar(info.context.domain, info.context.actor, id, name, expected_version)
        return HolidayCalendarPayload(holiday_calendar=HolidayCalendar.of(row))

    @mutation(
        description="Delete a holiday calendar that no override schedule follows. Permission: configuration.write."
    )
    async def delete_holiday_calendar(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_holiday_calendar(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
