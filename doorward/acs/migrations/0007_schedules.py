from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from doorward.acs.schedules.models import CalendarSource, ScheduleKind
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0006_credentials")]

    initial = False

    operations = [
        ops.CreateModel(
            name="HolidayCalendar",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                (
                    "source",
                    fields.CharEnumField(
                        description="MANUAL: manual\nICALENDAR: icalendar\nCOUNTRY: country",
                        enum_type=CalendarSource,
                        max_length=10,
                    ),
                ),
                ("country", fields.CharField(null=True, max_length=8)),
                ("subdivision", fields.CharField(null=True, max_length=64)),
                (
                    "categories",
                    fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("covers_to", fields.DateField(null=True)),
                ("filled_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(db_default=1)),
            ],
            options={
                "table": "holiday_calendar",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A named list of holidays. `country`, `subdivision`, `categories`: what a country's calendar was made from.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Holiday",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "calendar",
                    fields.ForeignKeyField(
                        "acs.HolidayCalendar",
                        source_field="calendar_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("day", fields.DateField()),
                ("name", fields.CharField(max_length=200)),
                ("yearly", fields.BooleanField()),
            ],
            options={
                "table": "holiday",
                "app": "acs",
                "unique_together": (("calendar_id", "day"),),
                "pk_attr": "id",
                "table_description": "A date of a holiday calendar, every year if `yearly`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OverrideSchedule",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("slots", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("dates", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("cuts_midnight", fields.BooleanField()),
                ("version", fields.IntField(db_default=1)),
            ],
            options={
                "table": "override_schedule",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "What replaces whole days. `dates`: ranges with first, last, yearly and slots (null: those of the row).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OverrideCalendar",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "override",
                    fields.ForeignKeyField(
                        "acs.OverrideSchedule",
                        source_field="override_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "calendar",
                    fields.ForeignKeyField(
                        "acs.HolidayCalendar",
                        source_field="calendar_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "override_schedule_calendar",
                "app": "acs",
                "unique_together": (("override_id", "calendar_id"),),
                "pk_attr": "id",
                "table_description": "A holiday calendar whose dates an override schedule replaces.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ScheduleOverride",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "schedule",
                    fields.ForeignKeyField(
                        "acs.ScheduleRow",
                        source_field="schedule_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "override",
                    fields.ForeignKeyField(
                        "acs.OverrideSchedule",
                        source_field="override_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField()),
            ],
            options={
                "table": "schedule_override",
                "app": "acs",
                "unique_together": (("schedule_id", "override_id"),),
                "pk_attr": "id",
                "table_description": "An override schedule that a schedule follows. Of two that name a date, the lower `position` wins.",
            },
            bases=["Model"],
        ),
        ops.AlterModelOptions(
            name="ScheduleRow",
            options={
                "table": "schedule",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A schedule. `weekly`: seven lists of slots. `overrides`: slots by ISO date. `periods`: first, last, days.",
            },
        ),
        ops.AddField(
            model_name="ScheduleRow",
            name="first_day",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="ScheduleRow",
            name="kind",
            field=fields.CharEnumField(
                description="WEEKLY: weekly\nDAILY: daily", db_default="weekly", enum_type=ScheduleKind, max_length=8
            ),
        ),
        ops.AddField(
            model_name="ScheduleRow",
            name="last_day",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="ScheduleRow",
            name="periods",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="ScheduleRow",
            name="version",
            field=fields.IntField(db_default=1),
        ),
    ]
