from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0013_osdp")]

    initial = False

    operations = [
        ops.CreateModel(
            name="SignalSet",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("signals", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "signal_set",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Signals with a name, for the readers that show these instead of the site's.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Device",
            name="next_address",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Device",
            name="next_baud",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Reader",
            name="signal_set",
            field=fields.ForeignKeyField(
                "acs.SignalSet",
                source_field="signal_set_id",
                null=True,
                db_index=False,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
    ]
