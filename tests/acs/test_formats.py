"""Card formats as a site keeps them: what operations accept, refuse, write down, and hand to controllers."""

import asyncio
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.credentials.models import Credential
from doorward.acs.decision.card_format import BitField, CardToken, Parity
from doorward.acs.decision.card_reader import CardReader, decode_as, encode
from doorward.acs.decision.predefined_formats import ACTIVE_BY_DEFAULT, PREDEFINED
from doorward.acs.decision.reason import Reason
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.formats.operations import (
    CardFormatDraft,
    create_card_format,
    delete_card_format,
    reset_card_format,
    set_card_format_active,
    set_reader_formats,
    update_card_format,
)
from doorward.acs.formats.policy import active_format_ids, card_formats, reader_formats
from doorward.acs.formats.queries import list_card_formats, page_reader_settings, try_card_format
from doorward.acs.operation import SITE_ID, Work
from doorward.acs.paging import PageRequest
from doorward.acs.policy_part import PolicyPart
from doorward.acs.site.models import Site as StoredSite
from tests.world import Site, World, make_site, only, open_world, user

pytestmark = pytest.mark.anyio

EMPLOYEE = CardFormatDraft(
    "Employee badge",
    32,
    number=BitField(9, 31, hexadecimal=True),
    facility=BitField(2, 8, little_endian=True),
    parities=(Parity(1, False, tuple(range(2, 17))), Parity(32, True, tuple(range(17, 32)))),
    invert_bytes=True,
)


async def made(world: World, draft: CardFormatDraft = EMPLOYEE) -> str:
    """The id of a new format."""
    return (await create_card_format(world.domain, COMMAND_LINE, draft)).format.id


async def last_event() -> Event:
    found: Event = (await Event.all().order_by("-position").limit(1))[0]
    return found


async def policy_version() -> int:
    site: StoredSite = await StoredSite.get(id=SITE_ID)
    return int(site.policy_version)


async def test_a_new_site_reads_the_usual_formats(database_url: str) -> None:
    async with open_world(database_url):
        assert {found.id for found in await card_formats()} == PREDEFINED.keys()
        assert set(await active_format_ids()) == ACTIVE_BY_DEFAULT
        assert await reader_formats() == {}


async def test_a_created_format_comes_back_whole_and_is_not_active(database_url: str) -> None:
    async with open_world(database_url) as world:
        before = await policy_version()
        format_id = await made(world)
        assert await policy_version() == before + 1
        (kept,) = await card_formats([format_id])
        assert kept == EMPLOYEE.as_format(format_id)
        assert decode_as(kept, encode(kept, 5, 0xABCDE)) == CardToken(format_id, 5, 0xABCDE)
        assert format_id not in await active_format_ids()
        event = await last_event()
        assert event.type is EventType.CARD_FORMAT_CREATED
        assert event.data["subject"]["id"] == format_id
        assert event.data["after"]["number"]["hexadecimal"]


@pytest.mark.parametrize(
    "draft, path, words",
    [
        (CardFormatDraft("X", 0, BitField(1, 1)), "bits", "1 to 256"),
        (CardFormatDraft("X", 26), "number", "Give the range"),
        (CardFormatDraft("X", 26, BitField(1, 27)), "number", "within 1 to 26"),
        (CardFormatDraft("X", 26, BitField(1, 26), invert_bytes=True), "invertByteOrder", "divisible by 8"),
        (CardFormatDraft("  ", 26, BitField(1, 26)), "name", "must not be empty"),
    ],
)
async def test_a_senseless_format_is_refused(database_url: str, draft: CardFormatDraft, path: str, words: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match=words) as caught:
            await made(world, draft)
        assert caught.value.path == (path,)


async def test_a_name_is_given_once_and_those_of_predefined_formats_are_taken(database_url: str) -> None:
    async with open_world(database_url) as world:
        await made(world)
        for name in ("employee BADGE", "H10301 26-bit"):
            with pytest.raises(Conflict, match="There is a card format called") as caught:
                await made(world, CardFormatDraft(name, 40, BitField(1, 40)))
            assert caught.value.path == ("name",)


async def test_two_formats_of_one_length_cannot_both_be_active(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain, actor = world.domain, COMMAND_LINE
        with pytest.raises(Conflict, match=r"H10304 37-bit is active and has 37 bits too\. Deactivate it first"):
            await set_card_format_active(domain, actor, "H10302", True)
        await set_card_format_active(domain, actor, "H10304", False)
        assert (await last_event()).type is EventType.CARD_FORMAT_DEACTIVATED
        await set_card_format_active(domain, actor, "H10302", True)
        active = await active_format_ids()
        assert "H10302" in active
        assert "H10304" not in active
        event = await last_event()
        assert event.type is EventType.CARD_FORMAT_ACTIVATED
        assert (event.data["before"]["active"], event.data["after"]["active"]) == (False, True)


async def test_of_two_who_activate_formats_of_one_length_at_once_one_is_refused(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain, actor = world.domain, COMMAND_LINE
        await set_card_format_active(domain, actor, "H10306", False)
        results = await asyncio.gather(
            *(set_card_format_active(domain, actor, format_id, True) for format_id in ("H10306", "W34")),
            return_exceptions=True,
        )
        assert sum(isinstance(result, Conflict) for result in results) == 1
        assert len({"H10306", "W34"} & set(await active_format_ids())) == 1


async def test_activating_what_is_active_changes_nothing(database_url: str) -> None:
    async with open_world(database_url) as world:
        before = await policy_version()
        await set_card_format_active(world.domain, COMMAND_LINE, "H10301", True)
        assert await policy_version() == before
        assert not await Event.exists()


async def test_an_active_format_cannot_take_another_s_length(database_url: str) -> None:
    async with open_world(database_url) as world:
        format_id = await made(world)
        await set_card_format_active(world.domain, COMMAND_LINE, format_id, True)
        changes: Any = {"bits": 34, "invert_bytes": False}
        with pytest.raises(Conflict, match="H10306 34-bit is active and has 34 bits too"):
            await update_card_format(world.domain, COMMAND_LINE, format_id, changes)


async def test_a_change_is_audited_with_what_differed(database_url: str) -> None:
    async with open_world(database_url) as world:
        format_id = await made(world)
        changed = await update_card_format(
            world.domain, COMMAND_LINE, format_id, {"name": "Badge", "invert_bits": True}, 1
        )
        assert (changed.format.name, changed.format.invert_bits, changed.version) == ("Badge", True, 2)
        event = await last_event()
        assert event.type is EventType.CARD_FORMAT_UPDATED
        assert event.data["before"]["name"] == "Employee badge"
        assert event.data["after"] == {"name": "Badge", "invert_bits": True}
        assert event.data["subject"] == {"id": format_id, "name": "Badge"}
        assert (await card_formats([format_id]))[0] == changed.format


async def test_a_change_that_others_made_meanwhile_is_not_overwritten(database_url: str) -> None:
    async with open_world(database_url) as world:
        format_id = await made(world)
        await update_card_format(world.domain, COMMAND_LINE, format_id, {"name": "Badge"}, 1)
        with pytest.raises(Conflict, match="Somebody else has changed this"):
            await update_card_format(world.domain, COMMAND_LINE, format_id, {"name": "Pass"}, 1)


async def test_a_change_is_checked_as_a_new_format_is(database_url: str) -> None:
    async with open_world(database_url) as world:
        format_id = await made(world)
        with pytest.raises(ValidationFailed, match="divisible by 8"):
            await update_card_format(world.domain, COMMAND_LINE, format_id, {"bits": 33})


async def test_of_a_predefined_format_only_the_inversions_change_and_they_can_be_reset(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain, actor = world.domain, COMMAND_LINE
        changes: list[Any] = [{"name": "Mine"}, {"bits": 27}, {"number": BitField(2, 25)}, {"parities": ()}]
        for change in changes:
            with pytest.raises(ValidationFailed, match="H10301 26-bit is predefined"):
                await update_card_format(domain, actor, "H10301", change)
        changed = await update_card_format(domain, actor, "H10301", {"invert_bits": True}, 0)
        assert changed.active
        assert (await card_formats(["H10301"]))[0].invert_bits
        assert "H10301" in await active_format_ids()
        reset = await reset_card_format(domain, actor, "H10301")
        assert reset.format == PREDEFINED["H10301"]
        assert (await last_event()).type is EventType.CARD_FORMAT_RESET
        assert await card_formats(["H10301"]) == (PREDEFINED["H10301"],)


async def test_the_bytes_of_26_bits_cannot_be_inverted(database_url: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match="26 is not divisible by 8"):
            await update_card_format(world.domain, COMMAND_LINE, "H10301", {"invert_bytes": True})


async def test_only_the_site_s_own_formats_are_deleted(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain, actor = world.domain, COMMAND_LINE
        with pytest.raises(ValidationFailed, match="predefined and cannot be deleted"):
            await delete_card_format(domain, actor, "H10301")
        format_id = await made(world)
        with pytest.raises(ValidationFailed, match="nothing to reset it to"):
            await reset_card_format(domain, actor, format_id)
        await set_card_format_active(domain, actor, format_id, True)
        await delete_card_format(domain, actor, format_id)
        assert await card_formats([format_id]) == ()
        assert format_id not in await active_format_ids()
        assert (await last_event()).type is EventType.CARD_FORMAT_DELETED
        with pytest.raises(NotFound, match="no such card format"):
            await delete_card_format(domain, actor, format_id)


async def use(site: Site, format_id: str) -> None:
    """Make Ada's card one of this format."""
    await Credential.filter(id=site.card.id).update(format=format_id)


async def test_a_format_that_cards_use_is_kept_and_its_users_are_named_to_those_who_may_know(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        format_id = await made(world)
        await use(site, format_id)
        with pytest.raises(Conflict, match=r"the format of 1 card \(of Ada Lovelace\)"):
            await delete_card_format(world.domain, COMMAND_LINE, format_id)
        with pytest.raises(Conflict, match=r"the format of 1 card\. Delete"):
            await delete_card_format(world.domain, only(Permission.CONFIGURATION_WRITE), format_id)


async def test_a_format_that_a_reader_uses_is_kept(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        format_id = await made(world)
        await set_reader_formats(world.domain, COMMAND_LINE, site.reader_a.id, [format_id])
        with pytest.raises(Conflict, match="among the card formats of Entry"):
            await delete_card_format(world.domain, COMMAND_LINE, format_id)


async def test_a_reader_has_formats_of_its_own_beside_the_system_s(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        domain, actor = world.domain, COMMAND_LINE
        before = await policy_version()
        await set_reader_formats(domain, actor, site.reader_a.id, ["H10302", "CSN32"])
        assert await policy_version() == before + 1
        assert await reader_formats() == {site.reader_a.id: ("H10302", "CSN32")}
        assert await reader_formats([site.reader_b.id]) == {}
        assert "H10304" in await active_format_ids()
        event = await last_event()
        assert (event.type, event.reader_id) == (EventType.READER_CARD_FORMATS_CHANGED, site.reader_a.id)
        assert event.data["after"]["format_ids"] == ["H10302", "CSN32"]
        by_id = {found.id: found for found in await card_formats()}
        card = encode(by_id["H10302"], None, 2**34)
        mine = CardReader(by_id[format_id] for format_id in (await reader_formats())[site.reader_a.id])
        assert mine.read(card) == CardToken("H10302", None, 2**34)
        assert mine.read(encode(by_id["H10301"], 1, 1)) is Reason.CARD_LENGTH_UNKNOWN
        await set_reader_formats(domain, actor, site.reader_a.id, None)
        assert await reader_formats() == {}


@pytest.mark.parametrize(
    "format_ids, error, words",
    [
        (["H10302", "H10304"], Conflict, "H10302 37-bit, no facility code and H10304 37-bit both have 37 bits"),
        (["H10301", "nothing"], NotFound, "no such card format: nothing"),
        ([], ValidationFailed, "Name at least one"),
    ],
)
async def test_a_reader_s_own_set_has_one_format_per_length(
    database_url: str, format_ids: list[str], error: type[Exception], words: str
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(error, match=words):
            await set_reader_formats(world.domain, COMMAND_LINE, site.reader_a.id, format_ids)
        with pytest.raises(NotFound, match="no such reader"):
            await set_reader_formats(world.domain, COMMAND_LINE, "nobody", ["H10301"])


async def test_a_format_in_a_reader_s_set_cannot_take_the_length_of_another_there(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        format_id = await made(world, CardFormatDraft("Mine", 33, BitField(1, 33)))
        await set_reader_formats(world.domain, COMMAND_LINE, site.reader_a.id, [format_id, "CSN32"])
        with pytest.raises(Conflict, match="The reader Entry uses 32-bit serial number"):
            await update_card_format(world.domain, COMMAND_LINE, format_id, {"bits": 32, "number": BitField(1, 32)})


async def test_a_reader_that_differs_from_the_system_says_where(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await set_reader_formats(world.domain, COMMAND_LINE, site.reader_a.id, ["H10301", "H10302", "CSN32"])
        entry, leave = (await page_reader_settings(COMMAND_LINE, PageRequest(100))).rows
        assert (entry.reader.name, leave.reader.name) == ("Entry", "Exit")
        assert leave.formats is None
        assert leave.warnings == ()
        assert [stored.format.id for stored in entry.formats or ()] == ["H10301", "H10302", "CSN32"]
        assert [warning.split(" bits")[0] for warning in entry.warnings] == [
            f"Cards of {bits}" for bits in (32, 34, 35, 37, 48)
        ]
        assert "read as H10302 37-bit, no facility code here and as H10304 37-bit elsewhere" in entry.warnings[3]


async def test_controllers_learn_of_exactly_what_changed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[PolicyPart, str]] = []
    original = Work.changed

    def watch(self: Work, part: PolicyPart, *ids: str) -> None:
        told.extend((part, entity_id) for entity_id in ids)
        original(self, part, *ids)

    async with open_world(database_url) as world:
        site = await make_site(world)
        monkeypatch.setattr(Work, "changed", watch)
        domain, actor = world.domain, COMMAND_LINE
        format_id = await made(world)
        await update_card_format(domain, actor, format_id, {"name": "Badge"})
        await set_card_format_active(domain, actor, format_id, True)
        await set_reader_formats(domain, actor, site.reader_a.id, ["H10301"])
        await delete_card_format(domain, actor, format_id)
        assert told == [
            (PolicyPart.FORMAT, format_id),
            (PolicyPart.FORMAT, format_id),
            (PolicyPart.SITE, "site"),
            (PolicyPart.READER, site.reader_a.id),
            (PolicyPart.FORMAT, format_id),
            (PolicyPart.SITE, "site"),
        ]


async def test_a_format_is_tried_before_it_is_stored(database_url: str) -> None:
    async with open_world(database_url) as world:
        draft = CardFormatDraft("New", 16, BitField(1, 16), invert_bytes=True)
        _, shown = await try_card_format(COMMAND_LINE, draft, "4CFB", 16)
        assert shown.number is not None
        assert (shown.number.text, shown.verdict) == ("64332", CardToken("draft", None, 64332))
        format_id = await made(world)
        found, shown = await try_card_format(COMMAND_LINE, format_id, "0" * 32)
        assert found.id == format_id
        assert shown.verdict is Reason.CARD_PARITY_ERROR
        with pytest.raises(NotFound, match="no such card format"):
            await try_card_format(COMMAND_LINE, "nothing", "01")
        with pytest.raises(ValidationFailed, match="bits are written as 0 and 1"):
            await try_card_format(COMMAND_LINE, "H10301", "FB4C")
        with pytest.raises(ValidationFailed, match="divisible by 8"):
            await try_card_format(COMMAND_LINE, CardFormatDraft("X", 9, BitField(1, 9), invert_bytes=True), "01")


async def test_formats_are_shown_to_those_who_may_see_the_configuration(database_url: str) -> None:
    async with open_world(database_url):
        assert [stored.format.bits for stored in await list_card_formats(user(Role.OPERATOR))] == sorted(
            card_format.bits for card_format in PREDEFINED.values()
        )
        viewer = user(Role.VIEWER)
        for question in (
            list_card_formats(viewer),
            page_reader_settings(viewer, PageRequest(100)),
            try_card_format(viewer, "H10301", "0"),
        ):
            with pytest.raises(NotPermitted):
                await question
