from tortoise import migrations
from tortoise.migrations import operations as ops
from doorward.acs.decision.local_rules import DoorFact, LocalAction
from doorward.acs.doors.wiring import Circuit, Supervision
from doorward.acs.events.catalogue import EventType
from doorward.acs.local_io.models import TriggerKind
from tortoise.fields.base import OnDelete
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0011_controllers")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AuxInput",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                (
                    "device",
                    fields.ForeignKeyField(
                        "acs.Device",
                        source_field="device_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("number", fields.IntField()),
                (
                    "active_when",
                    fields.CharEnumField(description="OPEN: open\nCLOSED: closed", enum_type=Circuit, max_length=8),
                ),
                ("debounce_ms", fields.IntField()),
                (
                    "supervision",
                    fields.CharEnumField(
                        description="NONE: none\nPARALLEL: parallel\nSERIAL: serial",
                        enum_type=Supervision,
                        max_length=8,
                    ),
                ),
                ("resistor_ohm", fields.IntField(null=True)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "aux_input",
                "app": "acs",
                "unique_together": (("device_id", "number"),),
                "pk_attr": "id",
                "table_description": "An input of a device that belongs to no door: a fire panel, a tamper contact, a push button.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuxOutput",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                (
                    "device",
                    fields.ForeignKeyField(
                        "acs.Device",
                        source_field="device_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("number", fields.IntField()),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "aux_output",
                "app": "acs",
                "unique_together": (("device_id", "number"),),
                "pk_attr": "id",
                "table_description": "An output of a device that is no door's lock: a siren, a lamp, a signal to a fire panel.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LocalRuleRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("enabled", fields.BooleanField(default=True)),
                (
                    "trigger",
                    fields.CharEnumField(
                        description="INPUT: input\nDOOR: door\nEVENT: event\nSCHEDULE: schedule\nTHREAT_LEVEL: threat_level",
                        enum_type=TriggerKind,
                        max_length=16,
                    ),
                ),
                (
                    "input",
                    fields.ForeignKeyField(
                        "acs.AuxInput",
                        source_field="input_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("input_active", fields.BooleanField(null=True)),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "door_fact",
                    fields.CharEnumField(
                        null=True,
                        description="OPEN: open\nRELEASED: released\nUNLOCKED: unlocked\nLOCKDOWN: lockdown\nFORCED: forced\nHELD: held\nEMERGENCY: emergency\nTAMPERED: tampered\nOFFLINE: offline",
                        enum_type=DoorFact,
                        max_length=16,
                    ),
                ),
                (
                    "event",
                    fields.CharEnumField(
                        null=True, description="A declared event type", enum_type=EventType, max_length=64
                    ),
                ),
                (
                    "schedule",
                    fields.ForeignKeyField(
                        "acs.ScheduleRow",
                        source_field="schedule_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "threat_level",
                    fields.ForeignKeyField(
                        "acs.ThreatLevel",
                        source_field="threat_level_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "action",
                    fields.CharEnumField(
                        description="ON: on\nOFF: off\nPULSE: pulse\nFOLLOW: follow",
                        enum_type=LocalAction,
                        max_length=8,
                    ),
                ),
                (
                    "output",
                    fields.ForeignKeyField(
                        "acs.AuxOutput",
                        source_field="output_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("pulse_ms", fields.IntField(null=True)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "local_rule",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A local rule. Of its trigger only the columns of its kind are set. `pulse_ms` belongs to a pulse.",
            },
            bases=["Model"],
        ),
    ]
