"""Access rules: who (cardholders, groups) x where (door sides, zones) x when (schedules)."""

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.policy import Side
from doorward.acs.doors.models import Door
from doorward.acs.people.models import Cardholder, Group
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.zones.models import Zone


class AccessRule(Model):
    """Its cardholders and members of its groups may pass its door sides and zones while any of its schedules applies.

    `valid_to` is the first moment at which it no longer applies.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    enabled = fields.BooleanField(db_default=True)
    valid_from = fields.DatetimeField(null=True)
    valid_to = fields.DatetimeField(null=True)
    version = fields.IntField(db_default=1)

    class Meta:
        table = "access_rule"


class AccessRuleGroup(Model):
    """A group that a rule is for."""

    id = fields.BigIntField(primary_key=True)
    rule: fields.ForeignKeyRelation[AccessRule] = fields.ForeignKeyField(
        "acs.AccessRule", related_name=False, on_delete=fields.RESTRICT
    )
    rule_id: str
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "acs.Group", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    group_id: str

    class Meta:
        table = "access_rule_group"
        unique_together = (("rule_id", "group_id"),)


class AccessRuleCardholder(Model):
    """A cardholder that a rule is for. A cardholder who is deleted leaves it."""

    id = fields.BigIntField(primary_key=True)
    rule: fields.ForeignKeyRelation[AccessRule] = fields.ForeignKeyField(
        "acs.AccessRule", related_name=False, on_delete=fields.RESTRICT
    )
    rule_id: str
    cardholder: fields.ForeignKeyRelation[Cardholder] = fields.ForeignKeyField(
        "acs.Cardholder", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    cardholder_id: str

    class Meta:
        table = "access_rule_cardholder"
        unique_together = (("rule_id", "cardholder_id"),)


class AccessRuleSchedule(Model):
    """A schedule during which a rule applies."""

    id = fields.BigIntField(primary_key=True)
    rule: fields.ForeignKeyRelation[AccessRule] = fields.ForeignKeyField(
        "acs.AccessRule", related_name=False, on_delete=fields.RESTRICT
    )
    rule_id: str
    schedule: fields.ForeignKeyRelation[ScheduleRow] = fields.ForeignKeyField(
        "acs.ScheduleRow", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    schedule_id: str

    class Meta:
        table = "access_rule_schedule"
        unique_together = (("rule_id", "schedule_id"),)


class AccessRuleSide(Model):
    """A door side that a rule lets people through."""

    id = fields.BigIntField(primary_key=True)
    rule: fields.ForeignKeyRelation[AccessRule] = fields.ForeignKeyField(
        "acs.AccessRule", related_name=False, on_delete=fields.RESTRICT
    )
    rule_id: str
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    door_id: str
    side = fields.CharEnumField(Side, max_length=1)

    class Meta:
        table = "access_rule_side"
        unique_together = (("rule_id", "door_id", "side"),)


class AccessRuleZone(Model):
    """A zone that a rule lets people into, about and out of (`places.py` says through which door sides)."""

    id = fields.BigIntField(primary_key=True)
    rule: fields.ForeignKeyRelation[AccessRule] = fields.ForeignKeyField(
        "acs.AccessRule", related_name=False, on_delete=fields.RESTRICT
    )
    rule_id: str
    zone: fields.ForeignKeyRelation[Zone] = fields.ForeignKeyField(
        "acs.Zone", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    zone_id: str

    class Meta:
        table = "access_rule_zone"
        unique_together = (("rule_id", "zone_id"),)
