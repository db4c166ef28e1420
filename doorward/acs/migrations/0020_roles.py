from tortoise import migrations
from tortoise.migrations import operations as ops
from doorward.acs.actor import Role
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

_ALSO = {
    "door.view": ["io.read"],
    "door.command": ["io.write"],
    "camera.view": ["video.live"],
    "configuration.write": ["access.assign"],
    "cardholder.view": ["personal.view"],
    "cardholder.write": ["pin.manage"],
}
"""What a token may do keeps its name or gets another one of its own: tokens that there are may what they could."""


async def _keep_what_tokens_may(_: StateApps, editor: BaseSchemaEditor) -> None:
    rows = await editor.client.execute_query_dict("SELECT id, permissions FROM user_token")
    for row in rows:
        held = row["permissions"] if isinstance(row["permissions"], list) else loads(row["permissions"])
        more = sorted({*held, *(extra for each in held for extra in _ALSO.get(each, ()))})
        kept = JSON_DUMPS([each for each in more if each.replace(".", "").replace("_", "").isalpha()])
        await editor.client.execute_query(
            f"UPDATE user_token SET permissions = '{kept}' WHERE id = '{row['id']}'"  # noqa: S608 - ids of our own
        )


class Migration(migrations.Migration):
    dependencies = [("acs", "0019_requests")]

    initial = False

    operations = [
        ops.CreateModel(
            name="RoleRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("description", fields.CharField(default="", max_length=500)),
                ("grants", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("clearance", fields.IntField(default=0)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "user_role",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A role that the site has made. `grants` are as `grants.py` writes them.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UserGroup",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("description", fields.CharField(default="", max_length=500)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "user_group",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Users who have roles in common.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RoleAssignment",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("role_id", fields.CharField(db_index=True, max_length=36)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "acs.User",
                        source_field="user_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "group",
                    fields.ForeignKeyField(
                        "acs.UserGroup",
                        source_field="group_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("places", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "user_role_assignment",
                "app": "acs",
                "pk_attr": "id",
                "table_description": 'A role that a user or a group of users has, at the `places` (NULL: everywhere), each as "kind:id".',
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UserGroupMember",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "acs.UserGroup",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "acs.User",
                        source_field="user_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "user_group_member",
                "app": "acs",
                "unique_together": (("group_id", "user_id"),),
                "pk_attr": "id",
                "table_description": "A user's membership of a group of users.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="CustomField",
            name="personal",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Token",
            name="places",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AlterField(
            model_name="User",
            name="role",
            field=fields.CharEnumField(
                description="ADMINISTRATOR: administrator\nOPERATOR: operator\nVIEWER: viewer\nNONE: none",
                enum_type=Role,
                max_length=16,
            ),
        ),
        ops.RunPython(_keep_what_tokens_may),
    ]
