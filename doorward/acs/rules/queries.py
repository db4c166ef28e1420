"""What may be asked about access rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.domain import Domain
from doorward.acs.keyset import NAMES, among, named, page_rows, where
from doorward.acs.paging import Page, PageRequest
from doorward.acs.people.models import Cardholder, Group
from doorward.acs.reach import PlaceKind, Reach
from doorward.acs.rules.members import Missing, missing_parts
from doorward.acs.rules.models import (
    AccessRule,
    AccessRuleCardholder,
    AccessRuleGroup,
    AccessRuleSchedule,
    AccessRuleSide,
    AccessRuleZone,
)
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.zones.models import Zone


@dataclass(frozen=True, slots=True)
class RuleParts:
    """A rule with what it ties together."""

    rule: AccessRule
    cardholders: list[Cardholder] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    schedules: list[ScheduleRow] = field(default_factory=list)
    door_sides: list[DoorSide] = field(default_factory=list)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the rule lacks; an incomplete rule lets nobody in."""
        return missing_parts(
            who=bool(self.cardholders or self.groups),
            where=bool(self.zones or self.door_sides),
            when=bool(self.schedules),
        )


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """Which rules; what is None does not restrict. `door_id`: they name it itself, not a zone of it."""

    incomplete: bool | None = None
    enabled: bool | None = None
    expired: bool | None = None
    cardholder_id: str | None = None
    group_id: str | None = None
    zone_id: str | None = None
    schedule_id: str | None = None
    door_id: str | None = None
    ids: Collection[str] | None = None


EVERY_RULE = RuleFilter()


async def page_access_rules(
    domain: Domain, actor: Actor, request: PageRequest, wanted: RuleFilter = EVERY_RULE
) -> Page[RuleParts]:
    """Access rules within reach, by name."""
    rows = within_reach(_reach(actor), await _matching(domain, wanted))
    page = await page_rows(named(rows, request), NAMES, request)
    return page.of(await _parts(page.rows))


async def access_rules_by_id(actor: Actor, ids: Collection[str]) -> list[RuleParts]:
    """Those of the rules that exist within reach, by name."""
    rows = within_reach(_reach(actor), AccessRule.filter(id__in=list(ids)))
    return await _parts(await rows.order_by("name"))


def _reach(actor: Actor) -> Reach:
    return actor.reach(Permission.CONFIGURATION_VIEW, Permission.ACCESS_ASSIGN)


def within_reach(reach: Reach, rows: QuerySet[AccessRule]) -> QuerySet[AccessRule]:
    """Those of the rules that lead somewhere, and nowhere but to doors and zones within reach."""
    if reach.everything:
        return rows
    sides, zones = AccessRuleSide.all(), AccessRuleZone.all()
    leads = Q(id__in=Subquery(reach.within(PlaceKind.DOOR, sides, "door_id").values("rule_id")))
    leads = leads | Q(id__in=Subquery(reach.within(PlaceKind.ZONE, zones, "zone_id").values("rule_id")))
    beyond = AccessRuleSide.exclude(door_id__in=sorted(reach.doors)).values("rule_id")
    further = AccessRuleZone.exclude(zone_id__in=sorted(reach.zones)).values("rule_id")
    return rows.filter(leads).exclude(id__in=Subquery(beyond)).exclude(id__in=Subquery(further))


async def _matching(domain: Domain, wanted: RuleFilter) -> QuerySet[AccessRule]:
    rows = where(among(AccessRule.all(), wanted.ids), enabled=wanted.enabled)
    for column, model in _MEMBERS.items():
        member = getattr(wanted, column)
        if member is not None:
            rows = rows.filter(id__in=Subquery(model.filter(**{column: member}).values("rule_id")))
    if wanted.expired is not None:
        over = Q(valid_to__lte=domain.clock())
        rows = rows.filter(over if wanted.expired else Q(valid_to__isnull=True) | ~over)
    if wanted.incomplete is not None:
        complete = await _complete_rules()
        rows = rows.exclude(id__in=complete) if wanted.incomplete else rows.filter(id__in=complete)
    return rows


_MEMBERS: dict[str, type[Model]] = {
    "cardholder_id": AccessRuleCardholder,
    "group_id": AccessRuleGroup,
    "zone_id": AccessRuleZone,
    "schedule_id": AccessRuleSchedule,
    "door_id": AccessRuleSide,
}


async def _complete_rules() -> list[str]:
    """The ids of rules that lack nothing; rules are thousands at most."""
    who = await _naming(AccessRuleCardholder) | await _naming(AccessRuleGroup)
    where = await _naming(AccessRuleSide) | await _naming(AccessRuleZone)
    return sorted(who & where & await _naming(AccessRuleSchedule))


async def _naming(model: type[Model]) -> set[str]:
    return {str(rule_id) for rule_id in await model.all().distinct().values_list("rule_id", flat=True)}


async def _parts(rows: Sequence[AccessRule]) -> list[RuleParts]:
    rules = {rule.id: RuleParts(rule) for rule in rows}
    ids = list(rules)
    for person in await AccessRuleCardholder.filter(rule_id__in=ids).prefetch_related("cardholder").order_by("id"):
        rules[person.rule_id].cardholders.append(person.cardholder)
    for group in await AccessRuleGroup.filter(rule_id__in=ids).prefetch_related("group").order_by("id"):
        rules[group.rule_id].groups.append(group.group)
    for zone in await AccessRuleZone.filter(rule_id__in=ids).prefetch_related("zone").order_by("id"):
        rules[zone.rule_id].zones.append(zone.zone)
    for schedule in await AccessRuleSchedule.filter(rule_id__in=ids).prefetch_related("schedule").order_by("id"):
        rules[schedule.rule_id].schedules.append(schedule.schedule)
    for side in await AccessRuleSide.filter(rule_id__in=ids).order_by("id"):
        rules[side.rule_id].door_sides.append(DoorSide(side.door_id, Side(side.side)))
    return list(rules.values())
