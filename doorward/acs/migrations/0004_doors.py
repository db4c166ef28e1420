from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from doorward.acs.decision.policy import DoorKind, EmergencyAction, Side
from doorward.acs.doors.settings import DoorGroupUse, DoorScheduleUse
from doorward.acs.doors.wiring import Circuit, InputPurpose, LedControl, LockRank, ReaderType, RexAction, Supervision
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields

_TYPES = {
    "card": ("Card", (["card"],)),
    "card-and-pin": ("Card and PIN", (["card", "pin"],)),
    "pin": ("PIN", (["pin"],)),
    "card-or-pin": ("Card or PIN", (["card"], ["pin"])),
    "qr": ("QR", (["qr"], ["pin", "dynamic_qr"])),
    "plate": ("Licence plate", (["plate"],)),
    "tap-in-app": ("Tap in app", (["mobile_tap"],)),
    "touch-reader": ("Touch reader", (["mobile_touch"],)),
}
"""The profiles that every site begins with, the same on both sides; a request to exit is accepted by each."""


def _default_profiles() -> list[str]:
    statements = []
    for profile_id, (name, methods) in _TYPES.items():
        statements.append(
            f"INSERT INTO profile (id, name, facility, version) VALUES ('{profile_id}', '{name}', TRUE, 1)"  # noqa: S608
        )
        for side in "AB":
            for position, types in enumerate((*methods, ["rex"])):
                values = f"'{profile_id}-{side}-{position}', '{profile_id}', '{side}', {position}, '{dumps(types)}'"
                statements.append(
                    f"INSERT INTO profile_method (id, profile_id, side, position, types) VALUES ({values})"  # noqa: S608
                )
    return statements


# Of several input/output devices of one door, the last was the one in use. A UUIDv7 of our days begins with 0, so that
# one beginning with f is free: it becomes the id of the device's second input.
_IN_USE = (
    "FROM device JOIN door ON door.id = device.door_id WHERE device.role = 'door_io' AND device.id = "
    "(SELECT MAX(later.id) FROM device AS later WHERE later.door_id = device.door_id AND later.role = 'door_io')"
)
_LOCK = "INSERT INTO door_lock (id, door_id, rank, device_id, output) "
_INPUT = (
    "INSERT INTO door_input (id, door_id, purpose, side, device_id, port, active_when, debounce_ms, supervision, rex) "
)

WIRES = [
    _LOCK + f"SELECT device.id, door.id, 'primary', device.id, device.strike_output {_IN_USE}",
    _INPUT + "SELECT device.id, door.id, 'position', NULL, device.id, device.position_input, 'closed', 0, 'none', NULL "
    f"{_IN_USE}",
    _INPUT + "SELECT 'f' || substr(device.id, 2), door.id, 'rex', 'B', device.id, device.rex_input, 'closed', 0, "
    f"'none', CASE WHEN door.rex_unlocks THEN 'unlock' ELSE 'none' END {_IN_USE}",
]
LONG_TIMES = [
    "UPDATE door SET long_access_time_ms = access_time_ms WHERE access_time_ms > long_access_time_ms",
    "UPDATE door SET long_held_after_ms = held_after_ms WHERE held_after_ms > long_held_after_ms",
]


class Migration(migrations.Migration):
    dependencies = [("acs", "0003_people")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DoorGroup",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "group",
                    fields.ForeignKeyField(
                        "acs.Group",
                        source_field="group_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "purpose",
                    fields.CharEnumField(
                        description="TWO_PERSON: two_person\nFIRST_PERSON: first_person",
                        enum_type=DoorGroupUse,
                        max_length=16,
                    ),
                ),
            ],
            options={
                "table": "door_group",
                "app": "acs",
                "unique_together": (("door_id", "purpose", "group_id"),),
                "pk_attr": "id",
                "table_description": "A group that a door's two-person rule or first-person-in asks for.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DoorInput",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "purpose",
                    fields.CharEnumField(
                        description="POSITION: position\nREX: rex\nEMERGENCY: emergency\nTAMPER: tamper",
                        enum_type=InputPurpose,
                        max_length=16,
                    ),
                ),
                ("side", fields.CharEnumField(null=True, description="A: A\nB: B", enum_type=Side, max_length=1)),
                (
                    "device",
                    fields.ForeignKeyField(
                        "acs.Device",
                        source_field="device_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("port", fields.IntField()),
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
                (
                    "rex",
                    fields.CharEnumField(
                        null=True, description="UNLOCK: unlock\nNONE: none", enum_type=RexAction, max_length=8
                    ),
                ),
                (
                    "emergency",
                    fields.CharEnumField(
                        null=True, description="UNLOCK: unlock\nLOCK: lock", enum_type=EmergencyAction, max_length=8
                    ),
                ),
            ],
            options={
                "table": "door_input",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A contact of a door, on an input of a device or (no device) of the controller.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DoorLock",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "rank",
                    fields.CharEnumField(
                        description="PRIMARY: primary\nSECONDARY: secondary", enum_type=LockRank, max_length=16
                    ),
                ),
                (
                    "device",
                    fields.ForeignKeyField(
                        "acs.Device",
                        source_field="device_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("output", fields.IntField()),
            ],
            options={
                "table": "door_lock",
                "app": "acs",
                "unique_together": (("door_id", "rank"), ("device_id", "output")),
                "pk_attr": "id",
                "table_description": "A lock of a door, on an output of a device or (no device) of the controller.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DoorSchedule",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "schedule",
                    fields.ForeignKeyField(
                        "acs.ScheduleRow",
                        source_field="schedule_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "purpose",
                    fields.CharEnumField(
                        description="UNLOCK: unlock\nTWO_PERSON: two_person", enum_type=DoorScheduleUse, max_length=16
                    ),
                ),
            ],
            options={
                "table": "door_schedule",
                "app": "acs",
                "unique_together": (("door_id", "purpose", "schedule_id"),),
                "pk_attr": "id",
                "table_description": "A schedule that a door unlocks by, or during which its two-person rule applies.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Elevator",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                (
                    "controller",
                    fields.ForeignKeyField(
                        "acs.Controller",
                        source_field="controller_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "elevator",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "An elevator. Its floors are doors, and the readers in its cab serve them all.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Profile",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("facility", fields.BooleanField(default=True)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "profile",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "An identification profile. `facility`: the facility code of a card must match too.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProfileMethod",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "profile",
                    fields.ForeignKeyField(
                        "acs.Profile",
                        source_field="profile_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("side", fields.CharEnumField(description="A: A\nB: B", enum_type=Side, max_length=1)),
                ("position", fields.IntField()),
                ("types", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
            ],
            options={
                "table": "profile_method",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A combination of identification types (their words, sorted) that a profile accepts at a side.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProfileMethodSchedule",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "method",
                    fields.ForeignKeyField(
                        "acs.ProfileMethod",
                        source_field="method_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "schedule",
                    fields.ForeignKeyField(
                        "acs.ScheduleRow",
                        source_field="schedule_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "profile_method_schedule",
                "app": "acs",
                "unique_together": (("method_id", "schedule_id"),),
                "pk_attr": "id",
                "table_description": "A schedule during which a method is accepted. A method without any is always accepted.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(_default_profiles()),
        ops.RunSQL(WIRES),
        ops.RemoveField(model_name="Device", name="position_input"),
        ops.RemoveField(model_name="Device", name="rex_input"),
        ops.RemoveField(model_name="Device", name="strike_output"),
        ops.AlterModelOptions(
            name="Door",
            options={
                "table": "door",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A door and its settings, times in milliseconds. Only a provisioned door may lack a controller.",
            },
        ),
        ops.AlterField(
            model_name="Door",
            name="controller",
            field=fields.ForeignKeyField(
                "acs.Controller",
                source_field="controller_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Door",
            name="double_swipe_timeout_ms",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Door",
            name="elevator",
            field=fields.ForeignKeyField(
                "acs.Elevator",
                source_field="elevator_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Door",
            name="escort_required",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Door",
            name="first_person",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Door",
            name="floor_name",
            field=fields.CharField(default="", db_default="", max_length=100),
        ),
        ops.AddField(
            model_name="Door",
            name="has_position",
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.AddField(
            model_name="Door",
            name="hub_address",
            field=fields.CharField(default="", db_default="", max_length=255),
        ),
        ops.AddField(
            model_name="Door",
            name="kind",
            field=fields.CharEnumField(
                default=DoorKind.DOOR,
                description="DOOR: door\nWIRELESS: wireless\nMONITORING: monitoring\nPROVISIONED: provisioned\nFLOOR: floor",
                db_default="door",
                enum_type=DoorKind,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="Door",
            name="lock_address",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
        ops.AddField(
            model_name="Door",
            name="long_access_time_ms",
            field=fields.IntField(default=30000, db_default=30000),
        ),
        ops.AddField(
            model_name="Door",
            name="long_held_after_ms",
            field=fields.IntField(default=60000, db_default=60000),
        ),
        ops.AddField(
            model_name="Door",
            name="maintenance",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Door",
            name="pre_alarm_ms",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Door",
            name="profile",
            field=fields.ForeignKeyField(
                "acs.Profile",
                source_field="profile_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Door",
            name="two_person_sides",
            field=fields.CharField(default="", db_default="", max_length=2),
        ),
        ops.AddField(
            model_name="Door",
            name="two_person_timeout_ms",
            field=fields.IntField(default=30000, db_default=30000),
        ),
        ops.AddField(
            model_name="Door",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.RemoveConstraint(
            model_name="Reader",
            name=None,
            fields=["door_id", "side"],
        ),
        ops.AddField(
            model_name="Reader",
            name="address",
            field=fields.CharField(default="", db_default="", max_length=255),
        ),
        ops.AddField(
            model_name="Reader",
            name="elevator",
            field=fields.ForeignKeyField(
                "acs.Elevator",
                source_field="elevator_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Reader",
            name="has_keypad",
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name="Reader",
            name="led_control",
            field=fields.CharEnumField(
                default=LedControl.SINGLE,
                description="SINGLE: single\nDUAL: dual",
                db_default="single",
                enum_type=LedControl,
                max_length=8,
            ),
        ),
        ops.AddField(
            model_name="Reader",
            name="muster",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Reader",
            name="pairs_mobile",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Reader",
            name="port",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Reader",
            name="resistor_ohm",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Reader",
            name="supervision",
            field=fields.CharEnumField(
                default=Supervision.NONE,
                description="NONE: none\nPARALLEL: parallel\nSERIAL: serial",
                db_default="none",
                enum_type=Supervision,
                max_length=8,
            ),
        ),
        ops.AddField(
            model_name="Reader",
            name="tamper_debounce_ms",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Reader",
            name="tamper_when",
            field=fields.CharEnumField(
                default=Circuit.OPEN,
                description="OPEN: open\nCLOSED: closed",
                db_default="open",
                enum_type=Circuit,
                max_length=8,
            ),
        ),
        ops.AddField(
            model_name="Reader",
            name="type",
            field=fields.CharEnumField(
                default=ReaderType.OSDP,
                description="OSDP: osdp\nWIEGAND: wiegand\nIP: ip\nBLUETOOTH: bluetooth\nBARCODE_CAMERA: barcode_camera\nPLATE_CAMERA: plate_camera",
                db_default="osdp",
                enum_type=ReaderType,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="Reader",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.RunSQL(LONG_TIMES),
    ]
