"""Uses of credentials are counted once for each stored grant, in any order; the last card at a reader can be given."""

from datetime import timedelta

import msgspec
import pytest

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.operations import NewPin, create_pin, delete_credential
from doorward.acs.credentials.queries import last_read
from doorward.acs.decision.card_format import CardToken, encode_h10301
from doorward.acs.errors import NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.operations import JournalGap, store_records
from doorward.acs.messages import JournalRecord
from tests.acs.test_event_log import granted
from tests.world import START, Site, World, make_site, only, open_world, user

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


async def store(world: World, *records: JournalRecord) -> None:
    await store_records(world.domain, world.controller.id, records)


def unknown(site: Site, sequence: int, bits: str) -> JournalRecord:
    return msgspec.structs.replace(
        granted(site, sequence, EventType.ACCESS_DENIED),
        reason="card_unknown",
        cardholder_id=None,
        credential_id=None,
        data={"bits": bits},
    )


async def test_grants_are_counted_once_with_the_first_and_the_last_moment(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        late = msgspec.structs.replace(granted(site, 3), at=START - timedelta(hours=1))
        batch = [granted(site, 1), granted(site, 2), late]
        await store(world, *batch)
        await store(world, *batch)
        await store(world, *batch, granted(site, 4))
        row = await Credential.get(id=site.card.id)
        assert (row.uses, row.version) == (4, 1)
        assert (row.first_used_at, row.last_used_at) == (START - timedelta(hours=1), START + timedelta(seconds=4))


async def test_what_opened_no_door_is_no_use(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await store(world, granted(site, 1, EventType.ACCESS_DENIED), granted(site, 2, EventType.ACCESS_NO_ENTRY))
        with pytest.raises(JournalGap):
            await store(world, granted(site, 9))
        row = await Credential.get(id=site.card.id)
        assert (row.uses, row.first_used_at) == (0, None)


async def test_a_grant_is_a_use_of_everything_that_was_shown(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        pin = await create_pin(world.domain, COMMAND_LINE, NewPin(site.ada.id, "4711"))
        both = msgspec.structs.replace(granted(site, 1), data={"credential_ids": [site.card.id, pin.id, "gone"]})
        await store(world, both)
        assert [row.uses for row in await Credential.all()] == [1, 1]


async def test_an_unknown_card_is_shown_with_its_bits_and_what_the_formats_read(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        bits = encode_h10301(17, 2000).as_text()
        await store(world, unknown(site, 1, "10110"), unknown(site, 2, bits))
        found = await last_read(world.domain, user(Role.OPERATOR), site.reader_a.id, MINUTE)
        assert found is not None
        assert found.bits is not None
        assert (found.bits.as_text(), found.readings) == (bits, (CardToken("H10301", 17, 2000),))
        assert (found.at, found.credential, found.owner) == (START + timedelta(seconds=2), None, None)
        assert await last_read(world.domain, user(Role.OPERATOR), site.reader_b.id, MINUTE) is None


async def test_bits_that_no_format_reads_can_still_be_given(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await store(world, unknown(site, 1, "10110"))
        found = await last_read(world.domain, COMMAND_LINE, site.reader_a.id, MINUTE)
        assert found is not None
        assert found.bits is not None
        assert (found.bits.as_text(), found.readings) == ("10110", ())


async def test_a_known_card_is_shown_with_its_owner_to_those_who_may_see_people(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await store(world, unknown(site, 1, "10110"), granted(site, 2))
        found = await last_read(world.domain, user(Role.OPERATOR), site.reader_a.id, MINUTE)
        assert found is not None
        assert found.credential is not None
        assert found.owner is not None
        assert (found.bits, found.credential.id, found.owner.id) == (None, site.card.id, site.ada.id)
        hidden = await last_read(world.domain, only(Permission.CREDENTIAL_WRITE), site.reader_a.id, MINUTE)
        assert hidden is not None
        assert hidden.owner is None
        with pytest.raises(NotPermitted):
            await last_read(world.domain, user(Role.VIEWER), site.reader_a.id, MINUTE)


async def test_other_events_and_old_reads_are_passed_over(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        pin = await create_pin(world.domain, COMMAND_LINE, NewPin(site.ada.id, "4711"))
        of_pin = msgspec.structs.replace(granted(site, 2), credential_id=pin.id)
        await store(world, unknown(site, 1, "10110"), of_pin, granted(site, 3, EventType.DOOR_OPENED))
        found = await last_read(world.domain, COMMAND_LINE, site.reader_a.id, MINUTE)
        assert found is not None
        assert found.bits is not None
        await delete_credential(world.domain, COMMAND_LINE, pin.id)
        world.clock.advance(timedelta(minutes=2))
        assert await last_read(world.domain, COMMAND_LINE, site.reader_a.id, MINUTE) is None
        for within in (timedelta(), timedelta(minutes=11)):
            with pytest.raises(ValidationFailed):
                await last_read(world.domain, COMMAND_LINE, site.reader_a.id, within)
