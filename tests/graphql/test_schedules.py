"""Schedules, override schedules, holiday calendars and the site as a client of the API meets them."""

from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import Role
from doorward.acs.events.models import Event
from doorward.acs.schedules.models import ScheduleRow
from tests.api import Api, serve_api
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

ERRORS = "errors { code message path }"
SCHEDULE = "schedule { id version days { weekday intervals { start end } } periods { firstDay days { weekday } } activeNow nextChange inUseBy { kind name } overrideSchedules { name } }"  # noqa: E501
CREATE = f"mutation($input: CreateScheduleInput!) {{ createSchedule(input: $input) {{ {SCHEDULE} {ERRORS} }} }}"
UPDATE = f"mutation($input: UpdateScheduleInput!) {{ updateSchedule(input: $input) {{ {SCHEDULE} {ERRORS} }} }}"
DELETE = f"mutation($id: ID!) {{ deleteSchedule(input: {{id: $id}}) {{ deletedId {ERRORS} }} }}"
CALENDAR = f"mutation($input: CreateHolidayCalendarInput!) {{ createHolidayCalendar(input: $input) {{ holidayCalendar {{ id source holidays {{ date name }} }} skipped {ERRORS} }} }}"  # noqa: E501
OVERRIDE = f"mutation($input: CreateOverrideScheduleInput!) {{ createOverrideSchedule(input: $input) {{ overrideSchedule {{ id dates {{ firstDay lastDay intervals {{ start }} }} calendars {{ name }} }} {ERRORS} }} }}"  # noqa: E501
PREVIEW = "query($id: ID!, $monday: Date!) { schedulePreview(id: $id, monday: $monday) { days { date cause override holiday } spans { startsAt localStart endsAt } } }"  # noqa: E501
DRAFT = "query($draft: DraftScheduleInput!, $monday: Date!) { draftSchedulePreview(draft: $draft, monday: $monday) { preview { days { date cause override intervals { start end } } spans { startsAt } } errors { code message path } } }"  # noqa: E501
ICALENDAR = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        *("BEGIN:VEVENT", "UID:1", "DTSTART;VALUE=DATE:20261225", "SUMMARY:Christmas Day", "END:VEVENT"),
        *("BEGIN:VEVENT", "UID:2", "DTSTART:20261226T100000Z", "END:VEVENT"),
        "END:VCALENDAR",
    ]
)


async def do(api: Api, mutation: str, **variables: Any) -> dict[str, Any]:
    """The payload of a mutation that must succeed."""
    found: dict[str, Any] = next(iter((await api.data(mutation, **variables)).values()))
    assert found["errors"] == []
    return found


async def refusal(api: Api, mutation: str, **variables: Any) -> tuple[str, list[str]]:
    """Code and path of the one error of a mutation that must fail."""
    (error,) = next(iter((await api.data(mutation, **variables)).values()))["errors"]
    return error["code"], error["path"]


async def test_a_schedule_follows_an_imported_calendar_and_shows_it_in_its_week(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        zone = 'mutation { updateSite(input: {timeZone: "Europe/Berlin"}) { site { timeZone } errors { message } } }'
        assert (await do(api, zone))["site"] == {"timeZone": "Europe/Berlin"}
        calendar = await do(api, CALENDAR, input={"name": "Feiertage", "dates": {"icalendar": ICALENDAR}})
        assert calendar["skipped"] == 1
        assert calendar["holidayCalendar"]["holidays"] == [{"date": "2026-12-25", "name": "Christmas Day"}]
        closed = await do(
            api,
            OVERRIDE,
            input={
                "name": "Closed",
                "calendarIds": [calendar["holidayCalendar"]["id"]],
                "dates": [{"firstDay": "2026-12-24", "intervals": [{"start": "22:00", "end": "02:00"}]}],
            },
        )
        assert closed["overrideSchedule"]["dates"] == [
            {"firstDay": "2026-12-24", "lastDay": "2026-12-24", "intervals": [{"start": "22:00"}]}
        ]
        made = await do(
            api,
            CREATE,
            input={
                "name": "Office",
                "days": [{"weekday": day, "intervals": [{"start": "08:00", "end": "17:00"}]} for day in range(5)],
                "overrideScheduleIds": [closed["overrideSchedule"]["id"]],
            },
        )
        schedule = made["schedule"]
        assert schedule["activeNow"] is True
        assert schedule["nextChange"] == "2026-11-23T16:00:00+00:00"
        assert schedule["overrideSchedules"] == [{"name": "Closed"}]
        week = (await api.data(PREVIEW, id=schedule["id"], monday="2026-12-21"))["schedulePreview"]
        assert [day["cause"] for day in week["days"]] == [*["WEEKLY"] * 3, "OVERRIDE", "HOLIDAY", "WEEKLY", "WEEKLY"]
        assert week["days"][4] == {
            "date": "2026-12-25",
            "cause": "HOLIDAY",
            "override": "Closed",
            "holiday": "Christmas Day",
        }
        assert week["spans"][-1] == {
            "startsAt": "2026-12-24T21:00:00+00:00",
            "localStart": "2026-12-24T22:00:00+01:00",
            "endsAt": "2026-12-25T01:00:00+00:00",
        }


async def test_a_schedule_is_changed_field_by_field_and_deleted_when_nothing_uses_it(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        night = {"weekday": 4, "intervals": [{"start": "22:00", "end": "06:00"}]}
        made = (await do(api, CREATE, input={"name": "Night", "days": [night]}))["schedule"]
        assert made["days"][4]["intervals"] == [{"start": "22:00", "end": "30:00"}]
        summer = {"firstDay": "2027-07-01", "lastDay": "2027-08-31", "everyDay": [{"start": "00:00", "end": "24:00"}]}
        changed = (await do(api, UPDATE, input={"id": made["id"], "expectedVersion": 1, "periods": [summer]}))[
            "schedule"
        ]
        assert (changed["version"], changed["days"]) == (2, made["days"])
        assert len(changed["periods"][0]["days"]) == 7
        assert await refusal(api, UPDATE, input={"id": made["id"], "expectedVersion": 1, "name": "x"}) == (
            "CONFLICT",
            ["expectedVersion"],
        )
        empty = (await do(api, UPDATE, input={"id": made["id"], "days": []}))["schedule"]
        assert all(day["intervals"] == [] for day in empty["days"])
        always = (await api.data("{ schedules(first: 100) { nodes { id name inUseBy { kind name } } } }"))["schedules"][
            "nodes"
        ][0]
        assert always["inUseBy"] == [{"kind": "access rule", "name": "Staff"}]
        assert await refusal(api, DELETE, id=always["id"]) == ("CONFLICT", ["id"])
        assert (await do(api, DELETE, id=made["id"]))["deletedId"] == made["id"]


@pytest.mark.parametrize(
    "interval, path",
    [({"start": "8", "end": "9"}, ["days"]), ({"start": "08:00", "end": "08:00"}, ["days"])],
)
async def test_what_is_no_time_is_refused(
    database_url: str, tmp_path: Path, interval: dict[str, str], path: list[str]
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        days = [{"weekday": 0, "intervals": [interval]}]
        assert await refusal(api, CREATE, input={"name": "x", "days": days}) == ("VALIDATION", path)


async def test_a_calendar_is_filled_from_exactly_one_source_by_those_who_may(database_url: str, tmp_path: Path) -> None:
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.OPERATOR, Role.ADMINISTRATOR) as api,
    ):
        country = {"country": {"country": "US", "subdivision": "CA"}}
        await api.sign_in(Role.OPERATOR)
        assert await refusal(api, CALENDAR, input={"name": "US", "dates": country}) == ("PERMISSION", [])
        await api.sign_in(Role.ADMINISTRATOR)
        both = {**country, "icalendar": ICALENDAR}
        assert await refusal(api, CALENDAR, input={"name": "US", "dates": both}) == ("VALIDATION", ["dates"])
        made = (await do(api, CALENDAR, input={"name": "US", "dates": country}))["holidayCalendar"]
        assert {"date": "2026-07-04", "name": "Independence Day"} in made["holidays"]
        assert made["source"] == "COUNTRY"
        listed = await api.data("{ holidayCalendars(first: 100) { nodes { name country } } holidayCountries { code } }")
        assert listed["holidayCalendars"]["nodes"] == [{"name": "US", "country": "US"}]
        assert {"code": "DE"} in listed["holidayCountries"]


async def test_a_schedule_s_week_is_shown_before_it_is_stored(database_url: str, tmp_path: Path) -> None:
    """The same week as once it is stored; until then nothing is."""
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        closed = await do(
            api, OVERRIDE, input={"name": "Closed", "dates": [{"firstDay": "2026-12-24", "intervals": []}]}
        )
        terms = {
            "days": [{"weekday": day, "intervals": [{"start": "22:00", "end": "06:00"}]} for day in range(5)],
            "overrides": [{"date": "2026-12-23", "intervals": [{"start": "08:00", "end": "12:00"}]}],
            "periods": [
                {
                    "firstDay": "2026-12-25",
                    "lastDay": "2026-12-25",
                    "everyDay": [{"start": "10:00", "end": "11:00"}],
                }
            ],
            "overrideScheduleIds": [closed["overrideSchedule"]["id"]],
            "lastDay": "2026-12-26",
        }  # fmt: skip
        stored = await ScheduleRow.all().count(), await Event.all().count()
        payload = (await api.data(DRAFT, draft=terms, monday="2026-12-21"))["draftSchedulePreview"]
        assert payload["errors"] == []
        week = payload["preview"]
        causes = [(day["cause"], day["override"]) for day in week["days"]]
        assert causes[2:] == [
            ("OVERRIDE", ""), ("OVERRIDE", "Closed"), ("PERIOD", ""), ("WEEKLY", ""), ("OUTSIDE", "")
        ]  # fmt: skip
        assert week["days"][0]["intervals"] == [{"start": "22:00", "end": "30:00"}]
        assert stored == (await ScheduleRow.all().count(), await Event.all().count())
        made = await do(api, CREATE, input={"name": "Real", **terms})
        real = (await api.data(PREVIEW, id=made["schedule"]["id"], monday="2026-12-21"))["schedulePreview"]
        assert [span["startsAt"] for span in real["spans"]] == [span["startsAt"] for span in week["spans"]]
        assert [day["cause"] for day in real["days"]] == [cause for cause, _ in causes]


@pytest.mark.parametrize(
    "draft, monday, path",
    [
        ({"kind": "DAILY"}, "2026-12-21", "periods"),
        ({"days": [{"weekday": 9, "intervals": []}]}, "2026-12-21", "days"),
        ({"firstDay": "2026-02-01", "lastDay": "2026-01-01"}, "2026-12-21", "lastDay"),
        ({"overrideScheduleIds": ["nothing"]}, "2026-12-21", "overrideScheduleIds"),
        ({}, "2026-12-22", "monday"),
    ],
)
async def test_a_schedule_that_could_not_be_stored_has_no_week(
    draft: dict[str, Any], monday: str, path: str, tmp_path: Path, database_url: str
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR, Role.VIEWER) as api:
        await api.sign_in(Role.OPERATOR)
        assert (await refusal(api, DRAFT, draft=draft, monday=monday))[1] == [path]
        await api.sign_in(Role.VIEWER)
        assert (await refusal(api, DRAFT, draft={}, monday="2026-12-21"))[0] == "PERMISSION"
