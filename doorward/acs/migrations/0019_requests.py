from tortoise import migrations
from tortoise.migrations import operations as ops
from doorward.acs.jobs.models import JobKind, JobState
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0018_signin")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Job",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="CARDHOLDERS: cardholders\nGROUPS: groups\nACCESS_RULES: access_rules",
                        enum_type=JobKind,
                        max_length=30,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        db_index=True,
                        description="QUEUED: queued\nRUNNING: running\nDONE: done\nFAILED: failed\nCANCELLED: cancelled",
                        enum_type=JobState,
                        max_length=20,
                    ),
                ),
                ("dry_run", fields.BooleanField()),
                ("user_id", fields.CharField(db_index=True, max_length=36)),
                ("user_name", fields.CharField(max_length=100)),
                ("permissions", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("token_id", fields.CharField(null=True, max_length=36)),
                ("token_name", fields.CharField(null=True, max_length=100)),
                ("total", fields.IntField()),
                ("done", fields.IntField(default=0)),
                ("failed", fields.IntField(default=0)),
                ("read_bytes", fields.BigIntField(default=0)),
                ("result_bytes", fields.BigIntField(default=0)),
                ("message", fields.CharField(default="", max_length=500)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("started_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "job",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "An import: whose it is, what they were permitted, and how far it came.",
            },
            bases=["Model"],
        ),
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
