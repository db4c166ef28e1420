"""The site: its name, its time zone, and what controllers must know of it."""

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.policy.snapshot import compile_policy
from doorward.acs.site.operations import SiteChanges, update_site
from doorward.acs.site.queries import the_site
from tests.world import open_world, user

pytestmark = pytest.mark.anyio


async def test_a_new_time_zone_reaches_the_controllers_and_the_audit(database_url: str) -> None:
    async with open_world(database_url) as world:
        before = (await compile_policy(world.domain, world.controller.id)).policy
        await update_site(world.domain, user(Role.ADMINISTRATOR), {"name": "Head office", "time_zone": "Europe/Berlin"})
        after = (await compile_policy(world.domain, world.controller.id)).policy
        assert (after.time_zone, after.version) == ("Europe/Berlin", before.version + 1)
        event = await Event.filter(type=EventType.SITE_UPDATED).get()
        assert event.data["before"] == {"name": "Doorward", "time_zone": "UTC"}
        assert (await the_site(COMMAND_LINE)).name == "Head office"


async def test_a_new_name_alone_changes_no_policy(database_url: str) -> None:
    async with open_world(database_url) as world:
        version = (await the_site(COMMAND_LINE)).policy_version
        await update_site(world.domain, COMMAND_LINE, {"name": "Head office"})
        assert (await the_site(COMMAND_LINE)).policy_version == version


@pytest.mark.parametrize("zone", ["Europe", "Europe/Nowhere", "../etc/passwd", "", "/etc/localtime"])
async def test_what_is_no_time_zone_is_refused(database_url: str, zone: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match="IANA") as caught:
            await update_site(world.domain, COMMAND_LINE, {"time_zone": zone})
        assert caught.value.path == ("timeZone",)


async def test_settings_for_controllers_reach_them_and_the_audit(database_url: str) -> None:
    async with open_world(database_url) as world:
        policy = (await compile_policy(world.domain, world.controller.id)).policy
        assert (policy.stale_after_s, policy.qr_skew_steps, policy.escort_timeout_ms) == (None, 1, 15_000)
        changes: SiteChanges = {"stale_after_s": 3_600, "qr_skew_steps": 0, "escort_timeout_ms": 30_000}
        await update_site(world.domain, user(Role.ADMINISTRATOR), changes)
        version = policy.version
        policy = (await compile_policy(world.domain, world.controller.id)).policy
        assert (policy.stale_after_s, policy.qr_skew_steps, policy.escort_timeout_ms) == (3_600, 0, 30_000)
        assert policy.version == version + 1
        event = await Event.filter(type=EventType.SITE_UPDATED).get()
        assert event.data["before"] == {"stale_after_s": None, "qr_skew_steps": 1, "escort_timeout_ms": 15_000}
        assert event.data["after"] == changes
        await update_site(world.domain, COMMAND_LINE, {"stale_after_s": None})
        assert (await compile_policy(world.domain, world.controller.id)).policy.stale_after_s is None


@pytest.mark.parametrize(
    "changes, path",
    [
        ({"stale_after_s": 59}, "staleAfter"),
        ({"stale_after_s": 30 * 86_400 + 1}, "staleAfter"),
        ({"qr_skew_steps": -1}, "qrSkewSteps"),
        ({"qr_skew_steps": 5}, "qrSkewSteps"),
        ({"escort_timeout_ms": 999}, "escortTimeoutMs"),
        ({"escort_timeout_ms": 300_001}, "escortTimeoutMs"),
    ],
)
async def test_settings_out_of_bounds_are_refused(database_url: str, changes: SiteChanges, path: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed) as caught:
            await update_site(world.domain, COMMAND_LINE, changes)
        assert caught.value.path == (path,)
