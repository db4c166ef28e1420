"""Whatever an operation changes, a delta brings a controller to what a whole policy would be."""

from collections.abc import Sequence

import pytest

from doorward.acs.decision.patch import FIELDS
from doorward.acs.doors.models import Controller
from doorward.acs.messages import PolicySnapshot
from doorward.acs.operation import OPERATIONS
from tests.acs import test_permissions  # noqa: F401 - imports every area, so that all operations are registered
from tests.acs.policy import walk as walks
from tests.acs.policy.walk import Walk
from tests.acs.test_policy_pipeline import Follower
from tests.world import World, make_site, open_world

pytestmark = pytest.mark.anyio

NO_POLICY = ("cameras", "users", "controllers", "webhooks", "jobs")
"""Areas that no policy has anything of."""
COMMANDS = {
    "doors.commands.request_command",
    "doors.commands.record_command_failure",
    "doors.maintenance.plan_capture",
    "doors.maintenance.plan_file",
    "doors.maintenance.download_capture",
    "doors.maintenance.note_order_ended",
    "local_io.commands.request_output_command",
    "local_io.commands.record_output_failure",
    "zones.commands.request_zone_command",
    "zones.commands.record_zone_failures",
}
NEUTRAL = {
    "doors.osdp_keys.set_main_key",
    "doors.signal_sets.create_signal_set",
    "doors.signal_sets.delete_signal_set",
    "credentials.codes.show_qr",
    "credentials.mobile.create_mobile",
    "credentials.mobile.invite_mobile",
    "credentials.mobile.withdraw_expired_invitations",
    "doors.ip_devices.show_ip_device_key",
    "people.custom_field_operations.create_custom_field",
    "people.custom_field_operations.delete_custom_field",
    "people.custom_field_operations.update_custom_field",
    "people.directory.release_from_directory",
    "people.group_operations.create_group",
    "people.group_operations.update_group",
    "people.operations.set_photo",
    "schedules.holiday_operations.create_holiday_calendar",
    "schedules.holiday_operations.delete_holiday_calendar",
    "schedules.holiday_operations.rename_holiday_calendar",
    "schedules.override_operations.create_override_schedule",
    "schedules.override_operations.delete_override_schedule",
    "threats.operations.create_threat_level",
    "threats.operations.delete_threat_level",
    "zones.presence_operations.set_presence",
}
"""Operations that leave every policy as it is."""


def short(name: str) -> str:
    return name.removeprefix("doorward.acs.")


async def begin(world: World) -> tuple[Walk, list[Follower]]:
    """A site, and its two controllers with their first policies."""
    site = await make_site(world)
    other = await Controller.create(id="other", name="Other")
    followers = [Follower(world), Follower(world, other.id)]
    for follower in followers:
        await follower.follow()

    async def nothing(_: str) -> None:
        pass

    return Walk(world, site, other, nothing), followers


async def follow(followers: Sequence[Follower], what: str) -> bool:
    """Bring the controllers up to date; whether any policy has another content now."""
    contents = [follower.policy.content for follower in followers]
    for follower in followers:
        try:
            message = await follower.follow()
        except AssertionError as error:
            raise AssertionError(f"{what} did not say what it changed") from error
        assert not isinstance(message, PolicySnapshot), f"{what} made a whole policy"
    return contents != [follower.policy.content for follower in followers]


async def test_each_operation_tells_exactly_what_it_changed(database_url: str) -> None:
    async with open_world(database_url) as world:
        walk, followers = await begin(world)
        changed: set[str] = set()

        async def after(name: str) -> None:
            if await follow(followers, name):
                changed.add(short(name))

        walk.after = after
        for area in walks.AREAS:
            await area(walk)
        every = {short(name) for name in OPERATIONS} - COMMANDS
        every = {name for name in every if not name.startswith(NO_POLICY)}
        assert {short(name) for name in walk.done} == every
        assert changed == every - NEUTRAL


@pytest.mark.parametrize("start", range(0, len(walks.AREAS), 5))
async def test_many_changes_at_once_come_to_the_same(database_url: str, start: int) -> None:
    """The areas in another order, last first, and one delta for all that was done in two of them."""
    async with open_world(database_url) as world:
        walk, followers = await begin(world)
        areas = list(reversed(walks.AREAS[start:] + walks.AREAS[:start]))
        for first, second in zip(areas[::2], areas[1::2], strict=True):
            await first(walk)
            await second(walk)
            assert await follow(followers, f"{first.__name__} and {second.__name__}")


async def test_the_walk_fills_every_part_of_a_policy(database_url: str) -> None:
    async with open_world(database_url) as world:
        walk, followers = await begin(world)
        filled: set[str] = set()

        async def look(name: str) -> None:
            await follow(followers, name)
            filled.update(field for field in FIELDS.values() if getattr(followers[0].policy, field))

        walk.after = look
        for area in (walks.formats, walks.zones, walks.doors):
            await area(walk)
        assert filled == set(FIELDS.values())


async def test_many_changes_are_read_aside_and_come_to_the_same(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.policy.pipeline.MOST_IN_LOOP", 1)
    async with open_world(database_url) as world:
        walk, followers = await begin(world)
        for area in (walks.zones, walks.doors, walks.people):
            await area(walk)
            assert await follow(followers, area.__name__)
