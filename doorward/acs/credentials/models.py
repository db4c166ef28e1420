"""Cards."""

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.policy import CredentialStatus
from doorward.acs.people.models import Cardholder


class Card(Model):
    """A card of one cardholder. Format, facility and number together are its token, unique."""

    id = fields.CharField(36, primary_key=True)
    cardholder: fields.ForeignKeyRelation[Cardholder] = fields.ForeignKeyField(
        "acs.Cardholder", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    cardholder_id: str
    name = fields.CharField(100)
    format = fields.CharField(36)
    facility = fields.IntField()
    number = fields.BigIntField()
    status = fields.CharEnumField(CredentialStatus, max_length=16, default=CredentialStatus.ACTIVE)
    valid_from = fields.DatetimeField(null=True)
    valid_to = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "card"
        unique_together = (("number", "facility", "format"),)
