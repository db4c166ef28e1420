"""What may be asked about identification profiles."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.policy import Method
from doorward.acs.doors.models import Door
from doorward.acs.keyset import NAMES, named, page_rows
from doorward.acs.paging import Page, PageRequest
from doorward.acs.profiles.models import Profile, ProfileMethodSchedule
from doorward.acs.profiles.policy import profile_policies
from doorward.acs.used_by import Use, by_name


@dataclass(frozen=True, slots=True)
class ProfileParts:
    """A profile with what it accepts at each side, and the doors that use it."""

    profile: Profile
    side_a: tuple[Method, ...]
    side_b: tuple[Method, ...]
    doors: tuple[Door, ...]


async def list_profiles(actor: Actor, ids: Sequence[str] | None = None) -> list[ProfileParts]:
    """Every profile, or those named, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await _parts(await (Profile.all() if ids is None else Profile.filter(id__in=list(ids))).order_by("name"))


async def page_profiles(actor: Actor, request: PageRequest) -> Page[ProfileParts]:
    """Profiles by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    page = await page_rows(named(Profile.all(), request), NAMES, request)
    return page.of(await _parts(page.rows))


async def _parts(rows: Sequence[Profile]) -> list[ProfileParts]:
    found = [row.id for row in rows]
    policies = {policy.id: policy for policy in await profile_policies(found)}
    doors: dict[str, list[Door]] = defaultdict(list)
    for door in await Door.filter(profile_id__in=found).order_by("name"):
        doors[door.profile_id or ""].append(door)
    return [ProfileParts(row, policies[row.id].side_a, policies[row.id].side_b, tuple(doors[row.id])) for row in rows]


async def schedule_uses(schedule_ids: Collection[str]) -> list[Use]:
    """The profiles with methods that these schedules bind, by name."""
    bound = ProfileMethodSchedule.filter(schedule_id__in=list(schedule_ids)).prefetch_related("method__profile")
    return by_name("profile", {row.method.profile.id: row.method.profile.name for row in await bound})
