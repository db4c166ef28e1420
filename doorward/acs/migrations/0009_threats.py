from tortoise import migrations
from tortoise.migrations import operations as ops
from doorward.acs.threats.models import RuleSwitch, ThreatColour
from tortoise.fields.base import OnDelete
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0008_policy_changes")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ThreatLevel",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("rank", fields.IntField(unique=True)),
                (
                    "colour",
                    fields.CharEnumField(
                        description="BLUE: blue\nSKY: sky\nGREEN: green\nYELLOW: yellow\nORANGE: orange\nVERMILION: vermilion\nPURPLE: purple\nBLACK: black",
                        enum_type=ThreatColour,
                        max_length=16,
                    ),
                ),
                ("release_rank", fields.IntField()),
                (
                    "rule_switch",
                    fields.CharEnumField(
                        description="ALL: all\nDISABLE: disable\nONLY: only", enum_type=RuleSwitch, max_length=8
                    ),
                ),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "threat_level",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A posture of the site. `rank` 1 is the lowest. Whoever lowers it needs a clearance of `release_rank`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ThreatLevelPlace",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "level",
                    fields.ForeignKeyField(
                        "acs.ThreatLevel",
                        source_field="level_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        null=True,
                        db_index=True,
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
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "profile",
                    fields.ForeignKeyField(
                        "acs.Profile",
                        source_field="profile_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "threat_level_place",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A door or a zone of a threat level. With a profile it gets that one. Without one it is put in lockdown.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ThreatLevelRule",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "level",
                    fields.ForeignKeyField(
                        "acs.ThreatLevel",
                        source_field="level_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "acs.AccessRule",
                        source_field="rule_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "threat_level_rule",
                "app": "acs",
                "unique_together": (("level_id", "rule_id"),),
                "pk_attr": "id",
                "table_description": "An access rule that a threat level disables, or leaves.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Site",
            name="escort_timeout_ms",
            field=fields.IntField(db_default=15000),
        ),
        ops.AddField(
            model_name="Site",
            name="qr_skew_steps",
            field=fields.IntField(db_default=1),
        ),
        ops.AddField(
            model_name="Site",
            name="stale_after_s",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Site",
            name="threat_level_id",
            field=fields.CharField(null=True, max_length=36),
        ),
        ops.AddField(
            model_name="Site",
            name="threat_reason",
            field=fields.CharField(null=True, max_length=500),
        ),
        ops.AddField(
            model_name="Site",
            name="threat_since",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Site",
            name="threat_user_id",
            field=fields.CharField(null=True, max_length=36),
        ),
        ops.AddField(
            model_name="Site",
            name="threat_user_name",
            field=fields.CharField(null=True, max_length=100),
        ),
    ]
