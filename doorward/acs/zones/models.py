"""Zones."""

from tortoise import fields
from tortoise.models import Model


class Zone(Model):
    """An area that doors lead into and out of."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)

    class Meta:
        table = "zone"
