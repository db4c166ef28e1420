"""How motion is detected in cameras' pictures."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0021_versions")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CameraMotion",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "camera",
                    fields.OneToOneField(
                        "acs.Camera",
                        source_field="camera_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("settings", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("version", fields.IntField(default=1, db_default=1)),
            ],
            options={
                "table": "camera_motion",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "How motion is detected in a camera's pictures. A camera without a row is not looked at.",
            },
            bases=["Model"],
        ),
    ]
