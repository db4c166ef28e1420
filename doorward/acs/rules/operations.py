"""What may be done to access rules."""

from collections.abc import Sequence

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.decision.policy import DoorSide
from doorward.acs.doors.models import Door
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.people.models import Group
from doorward.acs.rules.models import AccessRule, AccessRuleGroup, AccessRuleSchedule, AccessRuleSide
from doorward.acs.schedules.models import ScheduleRow


@operation(Permission.CONFIGURATION_WRITE)
async def create_access_rule(
    work: Work,
    name: str,
    group_ids: Sequence[str],
    schedule_ids: Sequence[str],
    door_sides: Sequence[DoorSide],
) -> AccessRule:
    """Members of any of the groups may pass the door sides while any of the schedules applies."""
    name = check.text(name, "name", longest=100)
    await check.unique(AccessRule, work.connection, f"There is a rule called {name} already.", "name", name=name)
    for field, values in (("groupIds", group_ids), ("scheduleIds", schedule_ids), ("doorSides", door_sides)):
        if not values:
            raise ValidationFailed("Name at least one.", field)
    await check.exist(Group, group_ids, "groupIds", work.connection)
    await check.exist(ScheduleRow, schedule_ids, "scheduleIds", work.connection)
    await check.exist(Door, [place.door_id for place in door_sides], "doorSides", work.connection)
    rule = await AccessRule.create(using_db=work.connection, id=new_id(), name=name)
    for group_id in dict.fromkeys(group_ids):
        await AccessRuleGroup.create(using_db=work.connection, rule_id=rule.id, group_id=group_id)
    for schedule_id in dict.fromkeys(schedule_ids):
        await AccessRuleSchedule.create(using_db=work.connection, rule_id=rule.id, schedule_id=schedule_id)
    for place in dict.fromkeys(door_sides):
        await AccessRuleSide.create(using_db=work.connection, rule_id=rule.id, door_id=place.door_id, side=place.side)
    work.policy_changed = True
    work.audit(
        EventType.ACCESS_RULE_CREATED,
        after={
            "id": rule.id,
            "name": name,
            "group_ids": list(group_ids),
            "schedule_ids": list(schedule_ids),
            "door_sides": [[place.door_id, place.side.value] for place in door_sides],
        },
    )
    return rule
