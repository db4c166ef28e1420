"""Zones with their doors, interlocks, and what is known of who is where."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.policy import Side, WhenIsolated
from doorward.acs.doors.models import Door
from doorward.acs.people.models import Cardholder


class AntiPassbackMode(StrEnum):
    """What happens to somebody who enters a zone that they are in already."""

    OFF = "off"
    """It is allowed."""
    SOFT = "soft"
    """It is allowed, and reported as an alarm."""
    HARD = "hard"
    """It is denied and reported."""


class Zone(Model):
    """An area that doors lead into and out of. `forgive_at`: a minute of the local day.

    Presences before `forgiven_at` no longer count for anti-passback.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    parent: fields.ForeignKeyNullableRelation["Zone"] = fields.ForeignKeyField(
        "acs.Zone", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    parent_id: str | None
    anti_passback = fields.CharEnumField(AntiPassbackMode, max_length=8, db_default=AntiPassbackMode.OFF.value)
    timeout_s = fields.IntField(db_default=0)
    check_exit = fields.BooleanField(db_default=False)
    forgive_at = fields.IntField(null=True)
    forgiven_at = fields.DatetimeField(null=True)
    min_occupancy = fields.IntField(db_default=0)
    max_occupancy = fields.IntField(null=True)
    muster = fields.BooleanField(db_default=False)
    when_isolated = fields.CharEnumField(WhenIsolated, max_length=8, db_default=WhenIsolated.LOCAL.value)
    version = fields.IntField(db_default=1)

    class Meta:
        table = "zone"


class ZoneDoor(Model):
    """A door of a zone. Passing a perimeter door from `enter_side` enters the zone (None: an internal door)."""

    id = fields.BigIntField(primary_key=True)
    zone: fields.ForeignKeyRelation[Zone] = fields.ForeignKeyField(
        "acs.Zone", related_name=False, on_delete=fields.RESTRICT
    )
    zone_id: str
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    door_id: str
    enter_side: Side | None = fields.CharEnumField(Side, max_length=1, null=True)  # type: ignore[assignment]

    class Meta:
        table = "zone_door"
        unique_together = (("zone_id", "door_id"),)


class Interlock(Model):
    """A set of doors of which one is released only while all the others are closed and locked."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    version = fields.IntField(db_default=1)

    class Meta:
        table = "interlock"


class InterlockDoor(Model):
    """A door of an interlock."""

    id = fields.BigIntField(primary_key=True)
    interlock: fields.ForeignKeyRelation[Interlock] = fields.ForeignKeyField(
        "acs.Interlock", related_name=False, on_delete=fields.CASCADE
    )
    interlock_id: str
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    door_id: str

    class Meta:
        table = "interlock_door"
        unique_together = (("interlock_id", "door_id"),)


class Presence(Model):
    """The zone that a cardholder entered last (None: outside), when, through which door, and the event that says so."""

    id = fields.BigIntField(primary_key=True)
    cardholder: fields.OneToOneRelation[Cardholder] = fields.OneToOneField(
        "acs.Cardholder", related_name=False, on_delete=fields.CASCADE
    )
    cardholder_id: str
    zone: fields.ForeignKeyNullableRelation[Zone] = fields.ForeignKeyField(
        "acs.Zone", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    zone_id: str | None
    since = fields.DatetimeField()
    door_id = fields.CharField(36, null=True)
    event_id = fields.CharField(36, null=True)

    class Meta:
        table = "presence"
