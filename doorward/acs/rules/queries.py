"""What may be asked about schedules and access rules."""

from collections import defaultdict
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.decision.schedule import is_active
from doorward.acs.domain import Domain
from doorward.acs.operation import SITE_ID
from doorward.acs.people.models import Group
from doorward.acs.rules.models import AccessRule, AccessRuleGroup, AccessRuleSchedule, AccessRuleSide
from doorward.acs.rules.policy import schedule_of
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.site.models import Site


@dataclass(frozen=True, slots=True)
class RuleParts:
    """A rule with what it ties together."""

    rule: AccessRule
    groups: list[Group] = field(default_factory=list)
    schedules: list[ScheduleRow] = field(default_factory=list)
    door_sides: list[DoorSide] = field(default_factory=list)


async def list_schedules(actor: Actor) -> list[ScheduleRow]:
    """Every schedule by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await ScheduleRow.all().order_by("name")


async def active_schedules(domain: Domain, rows: list[ScheduleRow]) -> set[str]:
    """The ids of those schedules that apply now, in the site's time zone."""
    site = await Site.get(id=SITE_ID)
    now, zone = domain.clock(), ZoneInfo(site.time_zone)
    return {row.id for row in rows if is_active(schedule_of(row), now, zone)}


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
