"""The authority, the certificates that it gave to controllers, and the codes by which they ask for the first."""

from tortoise import fields
from tortoise.models import Model

from doorward.acs.doors.models import Controller


class ControllerAuthority(Model):
    """One row, `id` "authority": the certificate (PEM) of Doorward's own authority, and its sealed private key."""

    id = fields.CharField(16, primary_key=True)
    certificate = fields.TextField()
    sealed_key = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "controller_authority"


class ControllerCertificate(Model):
    """A certificate of a controller, by its serial number (hexadecimal). It counts until it expires or is ended."""

    serial = fields.CharField(40, primary_key=True)
    controller: fields.ForeignKeyRelation[Controller] = fields.ForeignKeyField(
        "acs.Controller", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    controller_id: str
    issued_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    first_used_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "controller_certificate"


class ControllerCode(Model):
    """The enrolment code of a controller that waits to be used: a keyed hash of its secret half."""

    id = fields.BigIntField(primary_key=True)
    controller: fields.ForeignKeyRelation[Controller] = fields.ForeignKeyField(
        "acs.Controller", related_name=False, on_delete=fields.CASCADE, unique=True
    )
    controller_id: str
    digest = fields.CharField(64, unique=True)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "controller_code"
