"""Cardholders and cards: what the operations accept, refuse, write down, and hand to controllers."""

import io

import pytest
from PIL import Image

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.credentials.operations import NewCard, create_card, update_card
from doorward.acs.decision.policy import CredentialStatus
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from doorward.acs.people.models import Cardholder
from doorward.acs.people.operations import NewCardholder, create_cardholder, set_photo, update_cardholder
from doorward.acs.people.photo import encode_photo
from doorward.acs.people.queries import page_cardholders
from doorward.acs.policy.snapshot import compile_policy
from tests.world import make_site, only, open_world, user

pytestmark = pytest.mark.anyio


async def test_a_change_is_audited_with_what_differed_and_bumps_the_policy(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        before = (await compile_policy(world.domain, world.controller.id)).policy.version
        changed = await update_cardholder(
            world.domain, user(Role.OPERATOR), site.ada.id, {"suspended": True, "first_name": "Ada"}
        )
        event = await Event.filter(type=EventType.CARDHOLDER_UPDATED).get()
        assert event.data["before"] == {"suspended": False}
        assert event.data["after"] == {"suspended": True}
        assert (event.user_name, event.cardholder_id) == ("Operator", site.ada.id)
        assert changed.version == 2
        policy = (await compile_policy(world.domain, world.controller.id)).policy
        assert policy.version == before + 1
        assert policy.cardholders[0].suspended


async def test_a_change_that_changes_nothing_leaves_no_trace(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        same = await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"first_name": "Ada"})
        assert same.version == 1
        assert not await Event.filter(type=EventType.CARDHOLDER_UPDATED).exists()


async def test_an_outdated_version_is_a_conflict_and_changes_nothing(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"email": "new@example.org"}, 1)
        with pytest.raises(Conflict, match="Somebody else"):
            await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"email": "old@example.org"}, 1)
        assert (await Cardholder.get(id=site.ada.id)).email == "new@example.org"


@pytest.mark.parametrize(
    "given, field",
    [
        (NewCardholder("", "Ada", "L"), "number"),
        (NewCardholder("1", " ", "L"), "firstName"),
        (NewCardholder("1", "Ada", "L" * 101), "lastName"),
        (NewCardholder("1", "Ada\nB", "L"), "firstName"),
        (NewCardholder("1", "Ada", "L", "not an address"), "email"),
    ],
)
async def test_bad_fields_are_refused_by_name(database_url: str, given: NewCardholder, field: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed) as caught:
            await create_cardholder(world.domain, COMMAND_LINE, given)
        assert caught.value.path == (field,)
        assert not await Cardholder.exists()


async def test_a_refused_group_leaves_no_half_made_cardholder(database_url: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(NotFound):
            await create_cardholder(world.domain, COMMAND_LINE, NewCardholder("1", "A", "B", group_ids=("gone",)))
        assert not await Cardholder.exists()
        assert not await Event.exists()


async def test_a_duplicate_card_names_its_owner_only_to_those_who_see_people_and_numbers(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        again = NewCard(site.ada.id, 17, 1042)
        with pytest.raises(Conflict, match="Ada Lovelace"):
            await create_card(world.domain, user(Role.ADMINISTRATOR), again)
        for lacking in (user(Role.OPERATOR), only(Permission.CREDENTIAL_WRITE, Permission.CARD_NUMBER_VIEW)):
            with pytest.raises(Conflict, match="somebody else"):
                await create_card(world.domain, lacking, again)


async def test_a_card_outside_the_format_is_refused(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        for facility, number, field in ((256, 1, "facilityCode"), (-1, 1, "facilityCode"), (1, 65536, "number")):
            with pytest.raises(ValidationFailed, match="26-bit card") as caught:
                await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, facility, number))
            assert caught.value.path == (field,)


async def test_a_lost_card_reaches_the_policy_and_the_audit_shows_no_number(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await update_card(world.domain, COMMAND_LINE, site.card.id, {"status": CredentialStatus.LOST})
        policy = (await compile_policy(world.domain, world.controller.id)).policy
        assert policy.credentials[0].status is CredentialStatus.LOST
        for event in await Event.filter(credential_id=site.card.id):
            assert "1042" not in str(event.data)


async def test_photos_are_encoded_anew_and_shared_by_content(database_url: str) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (2000, 1000), "teal").save(picture, "PNG")
    async with open_world(database_url) as world:
        site = await make_site(world)
        encoded = encode_photo(picture.getvalue())
        assert Image.open(io.BytesIO(encoded.content)).size == (512, 256)
        cardholder = await set_photo(world.domain, COMMAND_LINE, site.ada.id, encoded)
        assert cardholder.photo_id == encoded.id
        await set_photo(world.domain, COMMAND_LINE, site.ada.id, encoded)


@pytest.mark.parametrize("upload", [b"", b"GIF89a", b"<svg/>", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_is_refused(upload: bytes) -> None:
    with pytest.raises(ValidationFailed, match="readable"):
        encode_photo(upload)


async def test_pages_of_cardholders_meet_without_gap_or_repeat(database_url: str) -> None:
    async with open_world(database_url) as world:
        for number in range(7):
            given = NewCardholder(str(number), "Same", f"Name{number % 3}")
            await create_cardholder(world.domain, COMMAND_LINE, given)
        seen: list[str] = []
        after = None
        while True:
            page = await page_cardholders(COMMAND_LINE, PageRequest(first=2, after=after))
            seen += [row.id for row in page.rows]
            if not page.has_next:
                break
            after = page.cursors[-1]
        backward: list[str] = []
        before = None
        while True:
            page = await page_cardholders(COMMAND_LINE, PageRequest(last=3, before=before))
            backward = [row.id for row in page.rows] + backward
            if not page.has_previous:
                break
            before = page.cursors[0]
        assert len(set(seen)) == 7
        assert seen == backward


async def test_search_finds_parts_of_names_and_numbers(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        for words, found in (("love", 1), ("ADA lov", 1), ("e-1", 1), ("%", 0), ("bob", 0)):
            page = await page_cardholders(COMMAND_LINE, PageRequest(first=10, search=words))
            assert len(page.rows) == found, words
