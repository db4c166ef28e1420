"""Identification profiles and the methods that they accept."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.policy import Side
from doorward.acs.schedules.models import ScheduleRow


class Profile(Model):
    """An identification profile. `facility`: the facility code of a card must match too."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    facility = fields.BooleanField(default=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "profile"


class ProfileMethod(Model):
    """A combination of identification types (their words, sorted) that a profile accepts at a side."""

    id = fields.CharField(36, primary_key=True)
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "acs.Profile", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    profile_id: str
    side = fields.CharEnumField(Side, max_length=1)
    position = fields.IntField()
    types: Any = fields.JSONField()

    class Meta:
        table = "profile_method"


class ProfileMethodSchedule(Model):
    """A schedule during which a method is accepted. A method without any is always accepted."""

    id = fields.BigIntField(primary_key=True)
    method: fields.ForeignKeyRelation[ProfileMethod] = fields.ForeignKeyField(
        "acs.ProfileMethod", related_name=False, on_delete=fields.CASCADE
    )
    method_id: str
    schedule: fields.ForeignKeyRelation[ScheduleRow] = fields.ForeignKeyField(
        "acs.ScheduleRow", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    schedule_id: str

    class Meta:
        table = "profile_method_schedule"
        unique_together = (("method_id", "schedule_id"),)
