from tortoise import migrations
from tortoise.migrations import operations as ops
from doorward.acs.webhooks.models import DeliveryStatus, StopReason
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("acs", "0016_users")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Webhook",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("url", fields.CharField(max_length=2000)),
                ("enabled", fields.BooleanField(default=False)),
                (
                    "stop_reason",
                    fields.CharEnumField(
                        null=True,
                        description="NEW: new\nURL_CHANGED: url_changed\nBY_HAND: by_hand\nUNVERIFIED: unverified\nGONE: gone\nFAILING: failing",
                        enum_type=StopReason,
                        max_length=16,
                    ),
                ),
                ("stop_words", fields.CharField(null=True, max_length=1000)),
                ("wanted", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("sealed_secret", fields.BinaryField()),
                ("sealed_previous_secret", fields.BinaryField(null=True)),
                ("previous_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "acs.User",
                        source_field="owner_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("permissions", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("position", fields.BigIntField(default=0)),
                ("numbered", fields.BigIntField(default=0)),
                ("failing_since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "webhook",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Where events are sent, and which. It sees what its owner may see, and with `permissions` no more than these.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "webhook",
                    fields.ForeignKeyField(
                        "acs.Webhook",
                        source_field="webhook_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.BigIntField()),
                ("message_id", fields.CharField(unique=True, max_length=40)),
                ("event_id", fields.CharField(null=True, max_length=36)),
                ("position", fields.BigIntField(null=True)),
                ("type", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                (
                    "status",
                    fields.CharEnumField(
                        default=DeliveryStatus.PENDING,
                        description="PENDING: pending\nDELIVERED: delivered\nFAILED: failed\nSKIPPED: skipped",
                        enum_type=DeliveryStatus,
                        max_length=16,
                    ),
                ),
                ("attempts", fields.IntField(default=0)),
                ("next_attempt_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_attempt_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_status", fields.IntField(null=True)),
                ("last_ms", fields.IntField(null=True)),
                ("response", fields.TextField(null=True, unique=False)),
                ("error", fields.CharField(null=True, max_length=1000)),
            ],
            options={
                "table": "webhook_delivery",
                "app": "acs",
                "unique_together": (("webhook", "number"),),
                "indexes": [Index(fields=["webhook_id", "status", "next_attempt_at"])],
                "pk_attr": "id",
                "table_description": "One message to one webhook. Its `message_id` is the same however often it is sent.",
            },
            bases=["Model"],
        ),
    ]
