"""Credentials of every kind, and the phones of the mobile ones."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.policy import CredentialKind, CredentialStatus, ValidityStart, ValidityUnit
from doorward.acs.people.models import Cardholder

LONGEST_NUMBER = 80


class Credential(Model):
    """What a cardholder shows to be let in. No two have one `unique_key`, and PINs have none.

    `number` is a card's number (or raw bits) in decimal, or the normalised plate. `token` is what a controller
    compares, in hexadecimal: the keyed hash of a PIN, of a static QR code or of what a phone presents. `sealed` is
    the text of a static QR code or the secret of a dynamic one, sealed for `credential:<id>`. At most one of
    `valid_to` and the three `relative_` columns is set. `first_used_at`, `last_used_at` and `uses` are those of
    stored grants.
    """

    id = fields.CharField(36, primary_key=True)
    cardholder: fields.ForeignKeyRelation[Cardholder] = fields.ForeignKeyField(
        "acs.Cardholder", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    cardholder_id: str
    kind = fields.CharEnumField(CredentialKind, max_length=16)
    name = fields.CharField(100)
    status = fields.CharEnumField(CredentialStatus, max_length=16, default=CredentialStatus.ACTIVE)
    traced = fields.BooleanField(default=False)
    starts_lockdown = fields.BooleanField(default=False)
    valid_from = fields.DatetimeField(null=True)
    valid_to = fields.DatetimeField(null=True)
    relative_start: Any = fields.CharEnumField(ValidityStart, max_length=16, null=True)
    relative_amount = fields.IntField(null=True)
    relative_unit: Any = fields.CharEnumField(ValidityUnit, max_length=16, null=True)
    first_used_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    uses = fields.IntField(default=0)
    format = fields.CharField(36, default="")
    facility = fields.BigIntField(null=True)
    number = fields.CharField(LONGEST_NUMBER, default="")
    unique_key = fields.CharField(200, null=True, unique=True)
    token = fields.CharField(64, null=True, db_index=True)
    duress = fields.CharField(64, null=True, db_index=True)
    sealed = fields.BinaryField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "credential"


class Mobile(Model):
    """The phone of a mobile credential, or the invitation that waits for one."""

    id = fields.CharField(36, primary_key=True)
    credential: fields.OneToOneRelation[Credential] = fields.OneToOneField(
        "acs.Credential", related_name=False, on_delete=fields.CASCADE
    )
    credential_id: str
    code_hash = fields.CharField(64, null=True, unique=True)
    code_expires_at = fields.DatetimeField(null=True)
    device_name = fields.CharField(100, default="")
    paired_at = fields.DatetimeField(null=True)

    class Meta:
        table = "credential_mobile"
