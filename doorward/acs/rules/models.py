"""Access rules: groups x schedules x door sides."""

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.policy import Side
from doorward.acs.doors.models import Door
from doorward.acs.people.models import Group
from doorward.acs.schedules.models import ScheduleRow


class AccessRule(Model):
    """Members of its groups may pass its door sides while any of its schedules applies."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)

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
