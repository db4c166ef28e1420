"""How a camera's pictures travel, and whether its certificate is verified: not that of a camera there was before."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from doorward.acs.cameras.transport import Transport


class Migration(migrations.Migration):
    dependencies = [("acs", "0021_versions")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Camera",
            name="transport",
            field=fields.CharEnumField(
                default=Transport.TCP, db_default=Transport.TCP.value, enum_type=Transport, max_length=8
            ),
        ),
        ops.AddField(
            model_name="Camera",
            name="verify_certificate",
            field=fields.BooleanField(default=True, db_default=False),
        ),
    ]
