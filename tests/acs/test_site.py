"""The site: its name and its time zone."""

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.policy.snapshot import compile_policy
from doorward.acs.site.operations import update_site
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
