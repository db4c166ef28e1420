from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0017_webhooks")]

    initial = False

    operations = [
        ops.CreateModel(
            name="OidcProvider",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("issuer", fields.CharField(max_length=500)),
                ("client_id", fields.CharField(max_length=200)),
                ("sealed_secret", fields.BinaryField(null=True)),
                ("scopes", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("hosts", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("name_claim", fields.CharField(max_length=100)),
                ("group_claim", fields.CharField(null=True, max_length=100)),
                ("groups", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("creates_users", fields.BooleanField()),
                ("exclusive", fields.BooleanField()),
                ("enabled", fields.BooleanField()),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "user_oidc_provider",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Somewhere else where people of this site sign in: an OpenID Connect provider.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OidcLink",
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
                (
                    "provider",
                    fields.ForeignKeyField(
                        "acs.OidcProvider",
                        source_field="provider_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("issuer", fields.CharField(max_length=500)),
                ("subject", fields.CharField(max_length=255)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("last_used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "user_oidc_link",
                "app": "acs",
                "unique_together": (("provider", "issuer", "subject"),),
                "pk_attr": "id",
                "table_description": "Who a subject of an issuer is here. Nobody is ever found by a name or an e-mail address.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OidcSession",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "acs.Session",
                        source_field="session_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="token_hash",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "provider",
                    fields.ForeignKeyField(
                        "acs.OidcProvider",
                        source_field="provider_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("sealed_id_token", fields.BinaryField()),
            ],
            options={
                "table": "user_oidc_session",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A session that began at a provider, with the sealed ID token that its end is told there with.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Passkey",
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
                ("credential_id", fields.CharField(unique=True, max_length=1400)),
                ("handle", fields.BinaryField()),
                ("public_key", fields.BinaryField()),
                ("sign_count", fields.BigIntField()),
                ("transports", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("backed_up", fields.BooleanField()),
                ("rp_id", fields.CharField(max_length=255)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("last_used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "user_passkey",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A WebAuthn credential of a user: the public key that their device signs with, for the host `rp_id`.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="User",
            name="passkeys",
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
