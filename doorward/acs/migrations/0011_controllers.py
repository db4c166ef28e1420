from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0010_devices")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ControllerAuthority",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=16)),
                ("certificate", fields.TextField(unique=False)),
                ("sealed_key", fields.BinaryField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "controller_authority",
                "app": "acs",
                "pk_attr": "id",
                "table_description": 'One row, `id` "authority": the certificate (PEM) of Doorward\'s own authority, and its sealed private key.',
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ControllerCertificate",
            fields=[
                ("serial", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                (
                    "controller",
                    fields.ForeignKeyField(
                        "acs.Controller",
                        source_field="controller_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("first_used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "controller_certificate",
                "app": "acs",
                "pk_attr": "serial",
                "table_description": "A certificate of a controller, by its serial number (hexadecimal). It counts until it expires or is ended.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ControllerCode",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "controller",
                    fields.ForeignKeyField(
                        "acs.Controller",
                        source_field="controller_id",
                        unique=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "controller_code",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "The enrolment code of a controller that waits to be used: a keyed hash of its secret half.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Controller",
            name="absent_since",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Controller",
            name="last_contact_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Controller",
            name="stored_ahead",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="Site",
            name="alone_alarm_s",
            field=fields.IntField(null=True, db_default=259200),
        ),
        ops.AddField(
            model_name="Site",
            name="journal_days",
            field=fields.IntField(db_default=120),
        ),
        ops.AddField(
            model_name="Site",
            name="journal_events",
            field=fields.IntField(db_default=1000000),
        ),
        ops.AddField(
            model_name="Site",
            name="trusts_clock",
            field=fields.BooleanField(db_default=False),
        ),
    ]
