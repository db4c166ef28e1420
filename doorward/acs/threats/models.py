"""Threat levels and what they switch."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from doorward.acs.doors.models import Door
from doorward.acs.profiles.models import Profile
from doorward.acs.rules.models import AccessRule
from doorward.acs.zones.models import Zone


class ThreatColour(StrEnum):
    """Colours that stay apart for people who see colours differently (Okabe and Ito's palette)."""

    BLUE = "blue"
    """Deep blue."""
    SKY = "sky"
    """Sky blue."""
    GREEN = "green"
    """Bluish green."""
    YELLOW = "yellow"
    """Bright yellow."""
    ORANGE = "orange"
    """Light orange."""
    VERMILION = "vermilion"
    """Vermilion, a red."""
    PURPLE = "purple"
    """Reddish purple."""
    BLACK = "black"
    """Plain black."""


class RuleSwitch(StrEnum):
    """What a threat level does to access rules: nothing, it disables those it names, or it leaves only those."""

    ALL = "all"
    """Nothing: all rules count as they stand."""
    DISABLE = "disable"
    """It disables the rules that it names."""
    ONLY = "only"
    """It disables all rules but those that it names."""


class ThreatLevel(Model):
    """A posture of the site. `rank` 1 is the lowest. Whoever lowers it needs a clearance of `release_rank`."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    rank = fields.IntField(unique=True)
    colour = fields.CharEnumField(ThreatColour, max_length=16)
    release_rank = fields.IntField()
    rule_switch = fields.CharEnumField(RuleSwitch, max_length=8)
    version = fields.IntField(default=1)

    class Meta:
        table = "threat_level"


class ThreatLevelRule(Model):
    """An access rule that a threat level disables, or leaves."""

    id = fields.BigIntField(primary_key=True)
    level: fields.ForeignKeyRelation[ThreatLevel] = fields.ForeignKeyField(
        "acs.ThreatLevel", related_name=False, on_delete=fields.CASCADE
    )
    level_id: str
    rule: fields.ForeignKeyRelation[AccessRule] = fields.ForeignKeyField(
        "acs.AccessRule", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    rule_id: str

    class Meta:
        table = "threat_level_rule"
        unique_together = (("level_id", "rule_id"),)


class ThreatLevelPlace(Model):
    """A door or a zone of a threat level. With a profile it gets that one. Without one it is put in lockdown."""

    id = fields.BigIntField(primary_key=True)
    level: fields.ForeignKeyRelation[ThreatLevel] = fields.ForeignKeyField(
        "acs.ThreatLevel", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    level_id: str
    position = fields.IntField()
    door: fields.ForeignKeyNullableRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    door_id: str | None
    zone: fields.ForeignKeyNullableRelation[Zone] = fields.ForeignKeyField(
        "acs.Zone", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    zone_id: str | None
    profile: fields.ForeignKeyNullableRelation[Profile] = fields.ForeignKeyField(
        "acs.Profile", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    profile_id: str | None

    class Meta:
        table = "threat_level_place"
