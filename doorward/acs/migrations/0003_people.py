from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from doorward.acs.people.models import CustomFieldKind
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("acs", "0002_formats")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CustomField",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="TEXT: text\nNUMBER: number\nDATE: date\nCHOICE: choice",
                        enum_type=CustomFieldKind,
                        max_length=16,
                    ),
                ),
                ("choices", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("required", fields.BooleanField(default=False)),
                ("position", fields.IntField()),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "custom_field",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A field of cardholders that the site has added. Fields are shown in the order of `position`, from 0.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CustomFieldValue",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "cardholder",
                    fields.ForeignKeyField(
                        "acs.Cardholder",
                        source_field="cardholder_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "field",
                    fields.ForeignKeyField(
                        "acs.CustomField",
                        source_field="field_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("value", fields.CharField(max_length=500)),
                ("search_text", fields.CharField(max_length=1500)),
            ],
            options={
                "table": "custom_field_value",
                "app": "acs",
                "unique_together": (("cardholder_id", "field_id"),),
                "indexes": [Index(fields=["field_id", "value"])],
                "pk_attr": "id",
                "table_description": "What a cardholder has in a custom field, in canonical form (see `canonical`), and folded for searching.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Cardholder",
            name="directory",
            field=fields.CharField(default="", db_default="", max_length=100),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="directory_fields",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="directory_id",
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="double_swipe",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="escort_required",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="exempt_antipassback",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="exempt_lockdown",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="forgiven_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="host",
            field=fields.ForeignKeyField(
                "acs.Cardholder",
                source_field="host_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="is_global",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="long_access",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="notes",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="phone",
            field=fields.CharField(default="", db_default="", max_length=32),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="search_text",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Cardholder",
            name="visitor",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddConstraint(
            model_name="Cardholder",
            constraint=UniqueConstraint(fields=("directory", "directory_id"), name=None),
        ),
        ops.AddField(
            model_name="Group",
            name="initials",
            field=fields.CharField(default="", db_default="", max_length=3),
        ),
        ops.AddField(
            model_name="Group",
            name="is_global",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Group",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
        # Tortoise adds the column without the index that it declares.
        ops.RunSQL("CREATE INDEX idx_cardholder_host_id ON cardholder (host_id)"),
        # `sort_name` is folded already; SQLite's lower() folds ASCII only, which is what numbers and addresses are.
        ops.RunSQL("UPDATE cardholder SET search_text = sort_name || ' ' || lower(number) || ' ' || lower(email)"),
    ]
