"""What may be asked about access rules."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.people.models import Group
from doorward.acs.rules.models import AccessRule, AccessRuleGroup, AccessRuleSchedule, AccessRuleSide
from doorward.acs.schedules.models import ScheduleRow


@dataclass(frozen=True, slots=True)
class RuleParts:
    """A rule with what it ties together."""

    rule: AccessRule
    groups: list[Group] = field(default_factory=list)
    schedules: list[ScheduleRow] = field(default_factory=list)
    door_sides: list[DoorSide] = field(default_factory=list)


async def list_access_rules(actor: Actor) -> list[RuleParts]:
    """Every access rule by name, with its groups, schedules and door sides."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rules = {rule.id: RuleParts(rule) for rule in await AccessRule.all().order_by("name")}
    for group in await AccessRuleGroup.all().prefetch_related("group").order_by("id"):
        rules[group.rule_id].groups.append(group.group)
    for schedule in await AccessRuleSchedule.all().prefetch_related("schedule").order_by("id"):
        rules[schedule.rule_id].schedules.append(schedule.schedule)
    sides: dict[str, list[DoorSide]] = defaultdict(list)
    for side in await AccessRuleSide.all().order_by("id"):
        sides[side.rule_id].append(DoorSide(side.door_id, Side(side.side)))
    for rule_id, places in sides.items():
        rules[rule_id].door_sides.extend(places)
    return list(rules.values())


async def schedule_uses(schedule_ids: Collection[str]) -> list[tuple[str, str, str]]:
    """The rules that apply during any of the schedules: kind, id and name, for callers who were allowed to ask."""
    links = AccessRuleSchedule.filter(schedule_id__in=list(schedule_ids))
    rules = AccessRule.filter(id__in=await links.values_list("rule_id", flat=True)).order_by("name")
    return [("access rule", rule.id, rule.name) for rule in await rules]
