from tortoise import migrations
from tortoise.migrations import operations as ops
from doorward.acs.decision.policy import Side, WhenIsolated
from doorward.acs.zones.models import AntiPassbackMode
from tortoise.fields.base import OnDelete
from tortoise import fields

# A zone that readers on one side of a door led into is entered from that side; one that both sides led into had the
# door inside it.
BORDERS_OF_READERS = """
    INSERT INTO zone_door (zone_id, door_id, enter_side)
    SELECT enters_zone_id, door_id, CASE WHEN MIN(side) = MAX(side) THEN MIN(side) ELSE NULL END
    FROM reader WHERE enters_zone_id IS NOT NULL GROUP BY enters_zone_id, door_id
"""


class Migration(migrations.Migration):
    dependencies = [("acs", "0004_doors")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AccessRuleCardholder",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "acs.AccessRule",
                        source_field="rule_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "cardholder",
                    fields.ForeignKeyField(
                        "acs.Cardholder",
                        source_field="cardholder_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "access_rule_cardholder",
                "app": "acs",
                "unique_together": (("rule_id", "cardholder_id"),),
                "pk_attr": "id",
                "table_description": "A cardholder that a rule is for. A cardholder who is deleted leaves it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AccessRuleZone",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "acs.AccessRule",
                        source_field="rule_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "zone",
                    fields.ForeignKeyField(
                        "acs.Zone",
                        source_field="zone_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "access_rule_zone",
                "app": "acs",
                "unique_together": (("rule_id", "zone_id"),),
                "pk_attr": "id",
                "table_description": "A zone that a rule lets people into, about and out of (`places.py` says through which door sides).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Interlock",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("version", fields.IntField(db_default=1)),
            ],
            options={
                "table": "interlock",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A set of doors of which one is released only while all the others are closed and locked.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InterlockDoor",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "interlock",
                    fields.ForeignKeyField(
                        "acs.Interlock",
                        source_field="interlock_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "interlock_door",
                "app": "acs",
                "unique_together": (("interlock_id", "door_id"),),
                "pk_attr": "id",
                "table_description": "A door of an interlock.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Presence",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "cardholder",
                    fields.OneToOneField(
                        "acs.Cardholder",
                        source_field="cardholder_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "zone",
                    fields.ForeignKeyField(
                        "acs.Zone",
                        source_field="zone_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("door_id", fields.CharField(null=True, max_length=36)),
                ("event_id", fields.CharField(null=True, max_length=36)),
            ],
            options={
                "table": "presence",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "The zone that a cardholder entered last (None: outside), when, through which door, and the event that says so.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ZoneDoor",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "zone",
                    fields.ForeignKeyField(
                        "acs.Zone",
                        source_field="zone_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("enter_side", fields.CharEnumField(null=True, description="A: A\nB: B", enum_type=Side, max_length=1)),
            ],
            options={
                "table": "zone_door",
                "app": "acs",
                "unique_together": (("zone_id", "door_id"),),
                "pk_attr": "id",
                "table_description": "A door of a zone. Passing a perimeter door from `enter_side` enters the zone (None: an internal door).",
            },
            bases=["Model"],
        ),
        ops.AlterModelOptions(
            name="AccessRule",
            options={
                "table": "access_rule",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Its cardholders and members of its groups may pass its door sides and zones while any of its schedules applies.",
            },
        ),
        ops.AddField(
            model_name="AccessRule",
            name="enabled",
            field=fields.BooleanField(db_default=True),
        ),
        ops.AddField(
            model_name="AccessRule",
            name="valid_from",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="AccessRule",
            name="valid_to",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="AccessRule",
            name="version",
            field=fields.IntField(db_default=1),
        ),
        ops.AlterModelOptions(
            name="Reader",
            options={
                "table": "reader",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A reader at one side of a door.",
            },
        ),
        ops.RunSQL(BORDERS_OF_READERS),
        ops.RemoveField(model_name="Reader", name="enters_zone"),
        ops.AlterModelOptions(
            name="Zone",
            options={
                "table": "zone",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "An area that doors lead into and out of. `forgive_at`: a minute of the local day.",
            },
        ),
        ops.AddField(
            model_name="Zone",
            name="anti_passback",
            field=fields.CharEnumField(
                description="OFF: off\nSOFT: soft\nHARD: hard",
                db_default="off",
                enum_type=AntiPassbackMode,
                max_length=8,
            ),
        ),
        ops.AddField(
            model_name="Zone",
            name="check_exit",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Zone",
            name="forgive_at",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Zone",
            name="forgiven_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Zone",
            name="max_occupancy",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Zone",
            name="min_occupancy",
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name="Zone",
            name="muster",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Zone",
            name="parent",
            field=fields.ForeignKeyField(
                "acs.Zone",
                source_field="parent_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Zone",
            name="timeout_s",
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name="Zone",
            name="version",
            field=fields.IntField(db_default=1),
        ),
        ops.AddField(
            model_name="Zone",
            name="when_isolated",
            field=fields.CharEnumField(
                description="LOCAL: local\nIGNORE: ignore\nDENY: deny",
                db_default="local",
                enum_type=WhenIsolated,
                max_length=8,
            ),
        ),
        # The comment used to list every event type, so that each new one changed the table.
    ]
