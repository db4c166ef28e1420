"""Schedules, override schedules and holiday calendars.

Slots are kept as lists of [start, end] minutes (`decision.schedule.Interval`), dates in JSON as ISO text.
"""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class ScheduleKind(StrEnum):
    """Weekly: slots for each day of the week. Daily: the same slots on every day of its date ranges."""

    WEEKLY = "weekly"
    """Slots for each day of the week, and date ranges with a week of their own."""
    DAILY = "daily"
    """The same slots on every day of its date ranges, and none on other dates."""


class ScheduleRow(Model):
    """A schedule. `weekly`: seven lists of slots. `overrides`: slots by ISO date. `periods`: first, last, days."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    weekly: Any = fields.JSONField()
    overrides: Any = fields.JSONField()
    kind = fields.CharEnumField(ScheduleKind, max_length=8, db_default=ScheduleKind.WEEKLY.value)
    periods: Any = fields.JSONField(null=True)
    first_day = fields.DateField(null=True)
    last_day = fields.DateField(null=True)
    version = fields.IntField(db_default=1)

    class Meta:
        table = "schedule"


class CalendarSource(StrEnum):
    """Where the dates of a holiday calendar come from."""

    MANUAL = "manual"
    """Dates that were entered one by one."""
    ICALENDAR = "icalendar"
    """Dates from an iCalendar file."""
    COUNTRY = "country"
    """The public holidays of a country."""


class HolidayCalendar(Model):
    """A named list of holidays. `country`, `subdivision`, `categories`: what a country's calendar was made from."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    source = fields.CharEnumField(CalendarSource, max_length=10)
    country = fields.CharField(8, null=True)
    subdivision = fields.CharField(64, null=True)
    categories: Any = fields.JSONField(null=True)
    covers_to = fields.DateField(null=True)
    filled_at = fields.DatetimeField()
    version = fields.IntField(db_default=1)

    class Meta:
        table = "holiday_calendar"


class Holiday(Model):
    """A date of a holiday calendar, every year if `yearly`."""

    id = fields.BigIntField(primary_key=True)
    calendar: fields.ForeignKeyRelation[HolidayCalendar] = fields.ForeignKeyField(
        "acs.HolidayCalendar", related_name=False, on_delete=fields.CASCADE
    )
    calendar_id: str
    day = fields.DateField()
    name = fields.CharField(200)
    yearly = fields.BooleanField()

    class Meta:
        table = "holiday"
        unique_together = (("calendar_id", "day"),)


class OverrideSchedule(Model):
    """What replaces whole days. `dates`: ranges with first, last, yearly and slots (null: those of the row)."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    slots: Any = fields.JSONField()
    dates: Any = fields.JSONField()
    cuts_midnight = fields.BooleanField()
    version = fields.IntField(db_default=1)

    class Meta:
        table = "override_schedule"


class OverrideCalendar(Model):
    """A holiday calendar whose dates an override schedule replaces."""

    id = fields.BigIntField(primary_key=True)
    override: fields.ForeignKeyRelation[OverrideSchedule] = fields.ForeignKeyField(
        "acs.OverrideSchedule", related_name=False, on_delete=fields.CASCADE
    )
    override_id: str
    calendar: fields.ForeignKeyRelation[HolidayCalendar] = fields.ForeignKeyField(
        "acs.HolidayCalendar", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    calendar_id: str

    class Meta:
        table = "override_schedule_calendar"
        unique_together = (("override_id", "calendar_id"),)


class ScheduleOverride(Model):
    """An override schedule that a schedule follows. Of two that name a date, the lower `position` wins."""

    id = fields.BigIntField(primary_key=True)
    schedule: fields.ForeignKeyRelation[ScheduleRow] = fields.ForeignKeyField(
        "acs.ScheduleRow", related_name=False, on_delete=fields.CASCADE
    )
    schedule_id: str
    override: fields.ForeignKeyRelation[OverrideSchedule] = fields.ForeignKeyField(
        "acs.OverrideSchedule", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    override_id: str
    position = fields.IntField()

    class Meta:
        table = "schedule_override"
        unique_together = (("schedule_id", "override_id"),)
