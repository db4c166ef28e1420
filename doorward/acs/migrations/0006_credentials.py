from tortoise import migrations
from tortoise.migrations import operations as ops
from doorward.acs.decision.policy import CredentialKind, CredentialStatus, ValidityStart, ValidityUnit
from tortoise.fields.base import OnDelete
from tortoise import fields

# A card keeps its id, so that events and the audit still point at it.
_MOVE_CARDS = """
INSERT INTO "credential" (
    "id", "cardholder_id", "kind", "name", "status", "traced", "starts_lockdown", "valid_from", "valid_to",
    "uses", "format", "facility", "number", "unique_key", "version"
)
SELECT
    "id", "cardholder_id", 'card', "name", "status", FALSE, FALSE, "valid_from", "valid_to",
    0, "format", "facility", CAST("number" AS VARCHAR(80)),
    'card:' || "format" || ':' || CAST("facility" AS VARCHAR(20)) || ':' || CAST("number" AS VARCHAR(20)), "version"
FROM "card"
"""


class Migration(migrations.Migration):
    dependencies = [("acs", "0005_zones")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Credential",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "cardholder",
                    fields.ForeignKeyField(
                        "acs.Cardholder",
                        source_field="cardholder_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="CARD: card\nPIN: pin\nQR: qr\nDYNAMIC_QR: dynamic_qr\nMOBILE: mobile\nPLATE: plate",
                        enum_type=CredentialKind,
                        max_length=16,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                (
                    "status",
                    fields.CharEnumField(
                        default=CredentialStatus.ACTIVE,
                        description="ACTIVE: active\nSUSPENDED: suspended\nLOST: lost\nSTOLEN: stolen",
                        enum_type=CredentialStatus,
                        max_length=16,
                    ),
                ),
                ("traced", fields.BooleanField(default=False)),
                ("starts_lockdown", fields.BooleanField(default=False)),
                ("valid_from", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("valid_to", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "relative_start",
                    fields.CharEnumField(
                        null=True,
                        description="FIRST_USE: first_use\nLAST_USE: last_use",
                        enum_type=ValidityStart,
                        max_length=16,
                    ),
                ),
                ("relative_amount", fields.IntField(null=True)),
                (
                    "relative_unit",
                    fields.CharEnumField(
                        null=True,
                        description="DAYS: days\nMONTHS: months\nYEARS: years\nUSES: uses",
                        enum_type=ValidityUnit,
                        max_length=16,
                    ),
                ),
                ("first_used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("uses", fields.IntField(default=0)),
                ("format", fields.CharField(default="", max_length=36)),
                ("facility", fields.BigIntField(null=True)),
                ("number", fields.CharField(default="", max_length=80)),
                ("unique_key", fields.CharField(null=True, unique=True, max_length=200)),
                ("token", fields.CharField(null=True, db_index=True, max_length=64)),
                ("duress", fields.CharField(null=True, db_index=True, max_length=64)),
                ("sealed", fields.BinaryField(null=True)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "credential",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "What a cardholder shows to be let in. No two have one `unique_key`, and PINs have none.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Mobile",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "credential",
                    fields.OneToOneField(
                        "acs.Credential",
                        source_field="credential_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code_hash", fields.CharField(null=True, unique=True, max_length=64)),
                ("code_expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("device_name", fields.CharField(default="", max_length=100)),
                ("paired_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "credential_mobile",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "The phone of a mobile credential, or the invitation that waits for one.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(_MOVE_CARDS),
        ops.DeleteModel(name="Card"),
    ]
