from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from doorward.acs.events.catalogue import EventType
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CardFormatRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(null=True, unique=True, max_length=100)),
                ("bits", fields.IntField(null=True)),
                (
                    "layout",
                    fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("invert_bits", fields.BooleanField()),
                ("invert_bytes", fields.BooleanField()),
                ("active", fields.BooleanField()),
                ("version", fields.IntField()),
            ],
            options={
                "table": "card_format",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A card format of the site, or what it changed of a predefined one.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PinRulesRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "reader",
                    fields.ForeignKeyField(
                        "acs.Reader",
                        source_field="reader_id",
                        null=True,
                        unique=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("min_length", fields.IntField()),
                ("max_length", fields.IntField()),
                ("end", fields.CharField(max_length=1)),
                ("digit_timeout_ms", fields.IntField()),
                ("lockout_after", fields.IntField()),
                ("lockout_ms", fields.IntField()),
            ],
            options={
                "table": "pin_rules",
                "app": "acs",
                "pk_attr": "id",
                "table_description": 'How keypads take PINs: of the system (id "system"), or of the reader whose id it has.',
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReaderCardFormat",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "reader",
                    fields.ForeignKeyField(
                        "acs.Reader",
                        source_field="reader_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("format_id", fields.CharField(db_index=True, max_length=36)),
            ],
            options={
                "table": "reader_card_format",
                "app": "acs",
                "unique_together": (("reader_id", "format_id"),),
                "pk_attr": "id",
                "table_description": "A card format in a reader's own set, which replaces the system's. `format_id` may be a predefined one.",
            },
            bases=["Model"],
        ),
        ops.AlterField(
            model_name="Card",
            name="format",
            field=fields.CharField(max_length=36),
        ),
        ops.AlterField(
            model_name="Event",
            name="type",
            field=fields.CharEnumField(
                description="as the catalogue of event types declares it", enum_type=EventType, max_length=64
            ),
        ),
    ]
