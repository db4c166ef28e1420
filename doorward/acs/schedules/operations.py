"""What may be done to schedules."""

from collections.abc import Mapping, Sequence

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.schedules.models import ScheduleRow

Minutes = tuple[int, int]


@operation(Permission.CONFIGURATION_WRITE)
async def create_schedule(
    work: Work,
    name: str,
    weekly: Sequence[Sequence[Minutes]],
    overrides: Mapping[str, Sequence[Minutes]] | None = None,
) -> ScheduleRow:
    """A new schedule. `weekly`: seven days from Monday, each a list of (start, end) minutes; overrides by ISO date."""
    name = check.text(name, "name", longest=100)
    await check.unique(ScheduleRow, work.connection, f"There is a schedule called {name} already.", "name", name=name)
    schedule_id = new_id()
    try:
        rule = Schedule(
            id=schedule_id,
            name=name,
            weekly=tuple(tuple(Interval(*minutes) for minutes in day) for day in weekly),
            overrides={
                day: tuple(Interval(*minutes) for minutes in intervals) for day, intervals in (overrides or {}).items()
            },
        )
    except ValueError as error:
        raise ValidationFailed(f"{error}.", "weekly") from error
    row = await ScheduleRow.create(
        using_db=work.connection,
        id=schedule_id,
        name=name,
        weekly=[[[part.start, part.end] for part in day] for day in rule.weekly],
        overrides={day: [[part.start, part.end] for part in parts] for day, parts in rule.overrides.items()},
    )
    work.policy_changed = True
    work.audit(
        EventType.SCHEDULE_CREATED,
        after={"id": row.id, "name": name, "weekly": row.weekly, "overrides": row.overrides},
    )
    return row
