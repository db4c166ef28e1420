from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0016_users")]

    initial = False

    operations = [
        ops.CreateModel(
            name="KeyedRequest",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("mutation", fields.CharField(max_length=100)),
                ("digest", fields.CharField(max_length=64)),
                ("attempt", fields.CharField(max_length=36)),
                ("answer", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "keyed_request",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A request that was carried out under an idempotency key, written in the transaction of its effect.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Controller",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddField(
            model_name="Device",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddField(
            model_name="Site",
            name="reasons_for",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="Site",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
    ]
