import functools
from json import dumps, loads

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0012_io")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Device",
            name="key_number",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Device",
            name="next_key_number",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Device",
            name="sealed_next_key",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="Site",
            name="sealed_osdp_key",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="Site",
            name="reader_signals",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
    ]
