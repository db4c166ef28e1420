"""Versions of the system's PIN rules and of what the site's readers show."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0020_roles")]

    initial = False

    operations = [
        ops.AddField(
            model_name="PinRulesRow",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddField(
            model_name="Site",
            name="signals_version",
            field=fields.IntField(default=1, db_default=1),
        ),
    ]
