"""Auxiliary inputs and outputs of devices, and local rules."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.local_rules import DoorFact, LocalAction
from doorward.acs.doors.models import Device, Door
from doorward.acs.doors.wiring import Circuit, Supervision
from doorward.acs.events.catalogue import EventType
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.threats.models import ThreatLevel


class TriggerKind(StrEnum):
    """What a local rule looks at."""

    INPUT = "input"
    """An auxiliary input is active, or at rest."""
    DOOR = "door"
    """Something is true of a door."""
    EVENT = "event"
    """An event happens, at one door or at any."""
    SCHEDULE = "schedule"
    """A schedule applies."""
    THREAT_LEVEL = "threat_level"
    """A threat level is in force: one, or any."""


class AuxInput(Model):
    """An input of a device that belongs to no door: a fire panel, a tamper contact, a push button."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    device: fields.ForeignKeyRelation[Device] = fields.ForeignKeyField(
        "acs.Device", related_name=False, on_delete=fields.RESTRICT
    )
    device_id: str
    number = fields.IntField()
    active_when = fields.CharEnumField(Circuit, max_length=8)
    debounce_ms = fields.IntField()
    supervision = fields.CharEnumField(Supervision, max_length=8)
    resistor_ohm = fields.IntField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "aux_input"
        unique_together = (("device_id", "number"),)


class AuxOutput(Model):
    """An output of a device that is no door's lock: a siren, a lamp, a signal to a fire panel."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    device: fields.ForeignKeyRelation[Device] = fields.ForeignKeyField(
        "acs.Device", related_name=False, on_delete=fields.RESTRICT
    )
    device_id: str
    number = fields.IntField()
    version = fields.IntField(default=1)

    class Meta:
        table = "aux_output"
        unique_together = (("device_id", "number"),)


class LocalRuleRow(Model):
    """A local rule. Of its trigger only the columns of its kind are set. `pulse_ms` belongs to a pulse.

    A rule by event without a door goes by that event at any door, one by threat level without a level by any level.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    enabled = fields.BooleanField(default=True)
    trigger = fields.CharEnumField(TriggerKind, max_length=16)
    input: fields.ForeignKeyNullableRelation[AuxInput] = fields.ForeignKeyField(
        "acs.AuxInput", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    input_id: str | None
    input_active = fields.BooleanField(null=True)
    door: fields.ForeignKeyNullableRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    door_id: str | None
    door_fact = fields.CharEnumField(DoorFact, max_length=16, null=True)
    event = fields.CharEnumField(EventType, max_length=64, null=True, description="A declared event type")
    schedule: fields.ForeignKeyNullableRelation[ScheduleRow] = fields.ForeignKeyField(
        "acs.ScheduleRow", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    schedule_id: str | None
    threat_level: fields.ForeignKeyNullableRelation[ThreatLevel] = fields.ForeignKeyField(
        "acs.ThreatLevel", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    threat_level_id: str | None
    action = fields.CharEnumField(LocalAction, max_length=8)
    output: fields.ForeignKeyRelation[AuxOutput] = fields.ForeignKeyField(
        "acs.AuxOutput", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    output_id: str
    pulse_ms = fields.IntField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "local_rule"
