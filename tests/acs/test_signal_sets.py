"""Signals with a name: who shows them, and what becomes of readers when they change."""

import msgspec
import pytest

from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.devices import OsdpDevice
from doorward.acs.doors.policy import controller_wiring
from doorward.acs.doors.signal_sets import (
    choose_signals,
    create_signal_set,
    delete_signal_set,
    page_signal_sets,
    update_signal_set,
)
from doorward.acs.doors.signals import set_reader_signals
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from doorward.acs.signals import DEFAULT_SIGNALS, Signal, SignalColour
from tests.world import Site, World, make_site, only, open_world

pytestmark = pytest.mark.anyio

QUIET = msgspec.structs.replace(DEFAULT_SIGNALS, granted=Signal(SignalColour.BLUE), denied=Signal(SignalColour.WHITE))


async def shown(world: World) -> dict[str, SignalColour]:
    """What each device shows for a grant, by its port."""
    wiring = await controller_wiring(world.domain.sealer, world.controller.id)
    return {one.port: one.signals.granted.colour for one in wiring.devices if isinstance(one, OsdpDevice)}


async def choose(world: World, site: Site, set_id: str | None) -> None:
    await choose_signals(world.domain, COMMAND_LINE, site.reader_a.id, set_id)


async def test_a_reader_shows_its_set_and_all_others_the_site_s(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        made = await create_signal_set(world.domain, COMMAND_LINE, " Quiet ", QUIET)
        assert made.name == "Quiet"
        await choose(world, site, made.id)
        assert await shown(world) == {"/dev/reader": SignalColour.BLUE, "/dev/io": SignalColour.GREEN}
        event = (await Event.filter(type=EventType.READER_UPDATED))[0]
        assert (event.reader_id, event.data["after"]) == (site.reader_a.id, {"signal_set": "Quiet"})
        own = msgspec.structs.replace(QUIET, granted=Signal(SignalColour.CYAN))
        await update_signal_set(world.domain, COMMAND_LINE, made.id, {"signals": own}, made.version)
        await set_reader_signals(world.domain, COMMAND_LINE, QUIET)
        assert await shown(world) == {"/dev/reader": SignalColour.CYAN, "/dev/io": SignalColour.BLUE}
        (listed,) = (await page_signal_sets(COMMAND_LINE, PageRequest(100))).rows
        assert [reader.id for reader in listed.readers] == [site.reader_a.id]
        await choose(world, site, None)
        assert set((await shown(world)).values()) == {SignalColour.BLUE}


async def test_a_set_that_is_shown_is_not_deleted(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        made = await create_signal_set(world.domain, COMMAND_LINE, "Quiet", QUIET)
        await choose(world, site, made.id)
        with pytest.raises(Conflict, match="Entry"):
            await delete_signal_set(world.domain, COMMAND_LINE, made.id)
        await choose(world, site, None)
        await delete_signal_set(world.domain, COMMAND_LINE, made.id)
        assert (await page_signal_sets(COMMAND_LINE, PageRequest(100))).rows == []
        with pytest.raises(NotFound):
            await choose(world, site, made.id)


async def test_what_no_set_can_be_is_refused(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await create_signal_set(world.domain, COMMAND_LINE, "Quiet", QUIET)
        with pytest.raises(Conflict):
            await create_signal_set(world.domain, COMMAND_LINE, "Quiet", QUIET)
        with pytest.raises(ValidationFailed):
            await create_signal_set(world.domain, COMMAND_LINE, "", QUIET)
        loud = msgspec.structs.replace(QUIET, denied=Signal(tones=11))
        with pytest.raises(ValidationFailed) as caught:
            await update_signal_set(world.domain, COMMAND_LINE, made.id, {"signals": loud})
        assert caught.value.path == ("denied", "tones")
        await update_signal_set(world.domain, COMMAND_LINE, made.id, {"name": "Calm"}, 1)
        with pytest.raises(Conflict):
            await update_signal_set(world.domain, COMMAND_LINE, made.id, {"name": "Silent"}, 1)
        with pytest.raises(NotPermitted):
            await page_signal_sets(only(Permission.DOOR_VIEW), PageRequest(100))
