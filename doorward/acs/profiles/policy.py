"""Identification profiles as a policy has them."""

from collections import defaultdict
from collections.abc import Collection

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.decision.policy import IdentificationType, Method, ProfilePolicy, Side
from doorward.acs.profiles.models import Profile, ProfileMethod, ProfileMethodSchedule


async def profile_policies(
    ids: Collection[str] | None = None, connection: BaseDBAsyncClient | None = None
) -> tuple[ProfilePolicy, ...]:
    """Every profile, or those of `ids` that exist, by id."""
    profiles = Profile.all() if ids is None else Profile.filter(id__in=list(ids))
    methods = ProfileMethod.all() if ids is None else ProfileMethod.filter(profile_id__in=list(ids))
    rows = await methods.using_db(connection).order_by("position")
    schedules: dict[str, list[str]] = defaultdict(list)
    bound = ProfileMethodSchedule.filter(method_id__in=[row.id for row in rows]).using_db(connection)
    for method_id, schedule_id in await bound.order_by("id").values_list("method_id", "schedule_id"):
        schedules[method_id].append(schedule_id)
    sides: dict[tuple[str, Side], list[Method]] = defaultdict(list)
    for row in rows:
        types = tuple(IdentificationType(word) for word in row.types)
        sides[row.profile_id, row.side].append(Method(types, tuple(schedules[row.id])))
    return tuple(
        ProfilePolicy(row.id, row.name, tuple(sides[row.id, Side.A]), tuple(sides[row.id, Side.B]), row.facility)
        for row in await profiles.using_db(connection).order_by("id")
    )
