from tortoise import migrations
from tortoise.migrations import operations as ops
from doorward.acs.users.models import SecondFactor, UserKind
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0015_audit_chain")]

    initial = False

    operations = [
        ops.CreateModel(
            name="FailureRun",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("name", fields.CharField(max_length=100)),
                ("failures", fields.IntField()),
                ("told", fields.IntField(default=0)),
                ("address", fields.CharField(null=True, max_length=64)),
                ("last_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ("waits_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "user_failure_run",
                "app": "acs",
                "pk_attr": "key",
                "table_description": "Failed sign-ins under one name, whether anybody has it or not, since the last that succeeded.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RecoveryCode",
            fields=[
                ("digest", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "acs.User",
                        source_field="user_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "user_recovery_code",
                "app": "acs",
                "pk_attr": "digest",
                "table_description": "Lets its user in once without the second factor. Only a keyed digest is kept, and the row ends with its use.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SignInRules",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=8)),
                ("min_password_length", fields.IntField(default=10)),
                (
                    "second_factor",
                    fields.CharEnumField(
                        default=SecondFactor.OPTIONAL,
                        description="OPTIONAL: optional\nADMINISTRATORS: administrators\nEVERYBODY: everybody",
                        enum_type=SecondFactor,
                        max_length=16,
                    ),
                ),
                ("idle_timeout_s", fields.IntField(null=True)),
                ("longest_token_days", fields.IntField(default=365)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "user_sign_in_rules",
                "app": "acs",
                "pk_attr": "id",
                "table_description": 'One row, `id` "site", made by the first change: what holds for every password, second factor and session.',
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Token",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "acs.User",
                        source_field="user_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("permissions", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("networks", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("last_used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_address", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "user_token",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Lets a program in for a user. Only its SHA-256 is kept. It may what is in `permissions`, as far as its user may.",
            },
            bases=["Model"],
        ),
        ops.AlterModelOptions(
            name="Session",
            options={
                "table": "user_session",
                "app": "acs",
                "pk_attr": "token_hash",
                "table_description": "A signed-in browser. Only the SHA-256 of its token is kept, which also names the session.",
            },
        ),
        ops.AddField(
            model_name="Session",
            name="address",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="Session",
            name="client",
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddField(
            model_name="Session",
            name="last_used_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AlterModelOptions(
            name="User",
            options={
                "table": "user_account",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Somebody who can sign in, or a program that comes with tokens.",
            },
        ),
        ops.AddField(
            model_name="User",
            name="kind",
            field=fields.CharEnumField(
                default=UserKind.PERSON,
                description="PERSON: person\nSERVICE: service",
                db_default="person",
                enum_type=UserKind,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="User",
            name="last_sign_in_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="User",
            name="must_change_password",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="User",
            name="sealed_next_totp",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="User",
            name="sealed_totp",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="User",
            name="totp_step",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="User",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
    ]
