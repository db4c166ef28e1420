"""The site's own row."""

from tortoise import fields
from tortoise.models import Model


class Site(Model):
    """One row, `id` "site": the site's name, its IANA time zone, and the policy version (grows with every change)."""

    id = fields.CharField(8, primary_key=True)
    name = fields.CharField(100)
    time_zone = fields.CharField(64)
    policy_version = fields.BigIntField()

    class Meta:
        table = "site"
