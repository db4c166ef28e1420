"""What may be done to identification profiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.decision.policy import Method, ProfilePolicy, Side
from doorward.acs.doors.models import Door
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.profiles.methods import check_methods, in_order, is_pin_alone
from doorward.acs.profiles.models import Profile, ProfileMethod, ProfileMethodSchedule
from doorward.acs.profiles.pin_alone import pin_alone_profiles, require_unique_pins
from doorward.acs.profiles.policy import profile_policies
from doorward.acs.profiles.uses import PROFILE_USES, in_use
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.used_by import named, uses_of

_NAMED_DOORS = 5


@dataclass(frozen=True, slots=True)
class NewProfile:
    """A profile to create: what is accepted at each side. A method without schedules is always accepted."""

    name: str
    side_a: tuple[Method, ...]
    side_b: tuple[Method, ...]
    facility: bool = True


class ProfileChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. A side is replaced as a whole."""

    name: str
    side_a: Sequence[Method]
    side_b: Sequence[Method]
    facility: bool


@operation(Permission.CONFIGURATION_WRITE)
async def create_profile(work: Work, given: NewProfile) -> Profile:
    """A new profile, used by no door yet."""
    profile = Profile(id=new_id(), facility=given.facility)
    profile.name = await _free_name(work, given.name)
    await _check(work, given.side_a, given.side_b)
    await profile.save(using_db=work.connection, force_create=True)
    await _write_methods(work, profile.id, given.side_a, given.side_b)
    work.changed(PolicyPart.PROFILE, profile.id)
    _audit(work, EventType.PROFILE_CREATED, profile, after=_snapshot(await _stored(work, profile.id)))
    return profile


@operation(Permission.CONFIGURATION_WRITE)
async def update_profile(
    work: Work, profile_id: str, changes: ProfileChanges, expected_version: int | None = None
) -> Profile:
    """Change a profile, and with it every door that uses it. Raises Conflict if not at `expected_version`."""
    profile = await _locked(work, profile_id)
    check.version(profile.version, expected_version)
    before = await _stored(work, profile_id)
    if "name" in changes:
        profile.name = await _free_name(work, changes["name"], profile_id)
    if "facility" in changes:
        profile.facility = changes["facility"]
    side_a = tuple(changes.get("side_a", before.side_a))
    side_b = tuple(changes.get("side_b", before.side_b))
    await _check(work, side_a, side_b)
    begins = any(map(is_pin_alone, side_a + side_b)) and not any(map(is_pin_alone, before.side_a + before.side_b))
    if begins and await in_use([profile_id], work.connection):
        await require_unique_pins(work)
    if (side_a, side_b) != (before.side_a, before.side_b):
        await ProfileMethod.filter(profile_id=profile_id).using_db(work.connection).delete()
        await _write_methods(work, profile_id, side_a, side_b)
    await profile.save(using_db=work.connection)
    after = await _stored(work, profile_id)
    if after == before:
        return profile
    profile.version += 1
    await profile.save(using_db=work.connection)
    work.changed(PolicyPart.PROFILE, profile_id)
    _audit(work, EventType.PROFILE_UPDATED, profile, before=_snapshot(before), after=_snapshot(after))
    return profile


@operation(Permission.CONFIGURATION_WRITE)
async def delete_profile(
    work: Work, profile_id: str, successor_id: str | None = None, expected_version: int | None = None
) -> None:
    """Delete a profile. Doors that use it get its successor; without one they are named and nothing is done."""
    profile = await _locked(work, profile_id)
    check.version(profile.version, expected_version)
    if uses := await uses_of(PROFILE_USES, profile_id):
        raise Conflict(f"{profile.name} is in use by {named(uses)}. Give them another profile first.", "id")
    doors = await Door.filter(profile_id=profile_id).using_db(work.connection).order_by("name")
    if doors:
        await _hand_over(work, profile, doors, successor_id)
    before = _snapshot(await _stored(work, profile_id))
    await profile.delete(using_db=work.connection)
    work.changed(PolicyPart.PROFILE, profile_id)
    _audit(work, EventType.PROFILE_DELETED, profile, before=before)


async def _hand_over(work: Work, profile: Profile, doors: Sequence[Door], successor_id: str | None) -> None:
    if successor_id is None:
        names = ", ".join(door.name for door in doors[:_NAMED_DOORS])
        more = f" and {len(doors) - _NAMED_DOORS} more" if len(doors) > _NAMED_DOORS else ""
        raise Conflict(f"Used by {names}{more}. Name the profile that these doors get instead.", "successorId")
    if successor_id == profile.id:
        raise ValidationFailed("The successor is another profile.", "successorId")
    await check.exist(Profile, [successor_id], "successorId", work.connection)
    alone = await pin_alone_profiles([profile.id, successor_id], work.connection)
    if successor_id in alone and profile.id not in alone:
        await require_unique_pins(work)
    for door in doors:
        door.profile_id = successor_id
        door.version += 1
        await door.save(using_db=work.connection, update_fields=["profile_id", "version"])
        work.changed(PolicyPart.DOOR, door.id)
        work.audit(
            EventType.DOOR_UPDATED,
            before={"profile_id": profile.id},
            after={"profile_id": successor_id},
            door_id=door.id,
            door_name=door.name,
        )


async def _locked(work: Work, profile_id: str) -> Profile:
    found = await Profile.select_for_update().using_db(work.connection).get_or_none(id=profile_id)
    if found is None:
        raise NotFound("There is no such identification profile.", "id")
    return found


async def _free_name(work: Work, name: str, profile_id: str = "") -> str:
    name = check.text(name, "name", longest=100)
    taken = f"There is an identification profile called {name} already."
    await check.unique(Profile, work.connection, taken, "name", but=profile_id, name=name)
    return name


async def _check(work: Work, side_a: Sequence[Method], side_b: Sequence[Method]) -> None:
    check_methods(side_a, side_b)
    for name, methods in (("sideA", side_a), ("sideB", side_b)):
        await check.exist(ScheduleRow, {one for method in methods for one in method.schedules}, name, work.connection)


async def _write_methods(work: Work, profile_id: str, side_a: Sequence[Method], side_b: Sequence[Method]) -> None:
    for side, methods in ((Side.A, side_a), (Side.B, side_b)):
        for position, method in enumerate(methods):
            row = await ProfileMethod.create(
                using_db=work.connection,
                id=new_id(),
                profile_id=profile_id,
                side=side,
                position=position,
                types=[one.value for one in in_order(method.types)],
            )
            for schedule_id in method.schedules:
                await ProfileMethodSchedule.create(using_db=work.connection, method_id=row.id, schedule_id=schedule_id)


async def _stored(work: Work, profile_id: str) -> ProfilePolicy:
    return (await profile_policies([profile_id], work.connection))[0]


def _audit(
    work: Work,
    event_type: EventType,
    profile: Profile,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    work.audit(event_type, of=profile, before=before, after=after)


def _snapshot(profile: ProfilePolicy) -> dict[str, Any]:
    def methods(side: Sequence[Method]) -> list[dict[str, Any]]:
        return [
            {"types": [one.value for one in method.types], "schedule_ids": list(method.schedules)} for method in side
        ]

    return {
        "name": profile.name,
        "facility": profile.facility,
        "side_a": methods(profile.side_a),
        "side_b": methods(profile.side_b),
    }
