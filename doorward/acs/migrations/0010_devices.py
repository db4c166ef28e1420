from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from doorward.acs.devices import DeviceKind
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint

# A device belonged to the controller of its door, and was known by where it is found.
_MOVE_TO_CONTROLLERS = """
UPDATE device SET controller_id = (SELECT door.controller_id FROM door WHERE door.id = device.door_id),
    name = substr(port, 1, 80) || ' address ' || address
"""


class Migration(migrations.Migration):
    dependencies = [("acs", "0009_threats")]

    initial = False

    operations = [
        ops.RemoveConstraint(
            model_name="Device",
            name=None,
            fields=["port", "address"],
        ),
        ops.AlterModelOptions(
            name="Device",
            options={
                "table": "device",
                "app": "acs",
                "unique_together": (("controller_id", "port", "address"),),
                "pk_attr": "id",
                "table_description": "A device on a controller: where it is reached, and the sealed key of its channel.",
            },
        ),
        ops.AlterField(
            model_name="Device",
            name="address",
            field=fields.IntField(null=True),
        ),
        ops.AlterField(
            model_name="Device",
            name="baud",
            field=fields.IntField(null=True),
        ),
        ops.AlterField(
            model_name="Device",
            name="door",
            field=fields.ForeignKeyField(
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
        ops.AlterField(
            model_name="Device",
            name="port",
            field=fields.CharField(null=True, max_length=255),
        ),
        ops.AlterField(
            model_name="Device",
            name="sealed_key",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="Device",
            name="controller",
            field=fields.ForeignKeyField(
                "acs.Controller",
                source_field="controller_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Device",
            name="kind",
            field=fields.CharEnumField(
                default=DeviceKind.OSDP,
                description="How it is reached",
                db_default="osdp",
                enum_type=DeviceKind,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="Device",
            name="name",
            field=fields.CharField(default="", db_default="", max_length=100),
        ),
        ops.AddField(
            model_name="Device",
            name="settings",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.RunSQL(_MOVE_TO_CONTROLLERS),
        ops.AddConstraint(
            model_name="Device",
            constraint=UniqueConstraint(fields=("controller_id", "port", "address"), name=None),
        ),
    ]
