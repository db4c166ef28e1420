"""Finding cardholders: search words, filters, and both together over pages."""

from datetime import timedelta

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.paging import PageRequest
from doorward.acs.people.models import CustomFieldKind
from doorward.acs.people.operations import (
    NewCardholder,
    NewCustomField,
    create_cardholder,
    create_custom_field,
    delete_custom_field,
    update_cardholder,
)
from doorward.acs.people.queries import EVERYBODY, CardholderFilter, page_cardholders
from tests.world import START, make_site, open_world

pytestmark = pytest.mark.anyio


async def numbers(search: str | None = None, wanted: CardholderFilter = EVERYBODY) -> list[str]:
    page = await page_cardholders(COMMAND_LINE, PageRequest(first=50, search=search), wanted)
    return [row.number for row in page.rows]


async def test_search_finds_names_number_mail_phone_and_custom_text_in_any_case(database_url: str) -> None:
    async with open_world(database_url) as world:
        desk = await create_custom_field(world.domain, COMMAND_LINE, NewCustomField("Desk", CustomFieldKind.TEXT))
        ozge = NewCardholder(
            "K-17",
            "Özge",
            "Straße",
            "oezge@example.org",
            phone="+49 (30) 123-456",
            notes="hidden",
            custom_fields={desk.id: "Bay 7/Äpfel"},
        )
        made = await create_cardholder(world.domain, COMMAND_LINE, ozge)
        await create_cardholder(world.domain, COMMAND_LINE, NewCardholder("K-18", "Bob", "B"))
        for words in ("ÖZGE", "strasse", "özg straß", "k-17", "OEZGE@", "30123456", "(30)", "bay 7/ä", "ÄPFEL özge"):
            assert await numbers(words) == ["K-17"], words
        for words in ("hidden", "özge bob", "%", "_", "\\"):
            assert await numbers(words) == [], words
        await update_cardholder(world.domain, COMMAND_LINE, made.id, {"first_name": "Ada", "phone": ""})
        assert await numbers("özge") == []
        assert await numbers("ada") == ["K-17"]
        await delete_custom_field(world.domain, COMMAND_LINE, desk.id, 1)
        assert await numbers("äpfel") == []


async def test_filters_hold_together(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        day = timedelta(days=1)
        for given in (
            NewCardholder("past", "A", "A", valid_to=START),
            NewCardholder("now", "A", "B", valid_from=START, valid_to=START + day),
            NewCardholder("future", "A", "C", valid_from=START + day, suspended=True),
            NewCardholder("visitor", "A", "D", visitor=True, host_id=site.ada.id, group_ids=(site.group.id,)),
        ):
            await create_cardholder(world.domain, COMMAND_LINE, given)
        for wanted, expected in (
            (CardholderFilter(valid_at=START), ["now", "visitor", "E-1"]),
            (CardholderFilter(invalid_at=START), ["past", "future"]),
            (CardholderFilter(suspended=True), ["future"]),
            (CardholderFilter(suspended=False, valid_at=START + day), ["visitor", "E-1"]),
            (CardholderFilter(visitor=True), ["visitor"]),
            (CardholderFilter(host_id=site.ada.id), ["visitor"]),
            (CardholderFilter(group_id=site.group.id), ["visitor", "E-1"]),
            (CardholderFilter(group_id=site.group.id, visitor=False), ["E-1"]),
            (CardholderFilter(group_id="gone"), []),
        ):
            assert await numbers(None, wanted) == expected, wanted
        assert await numbers("love", CardholderFilter(visitor=True)) == []


async def test_pages_of_a_filtered_search_meet_without_gap_or_repeat(database_url: str) -> None:
    async with open_world(database_url) as world:
        for number in range(9):
            given = NewCardholder(str(number), "Same", "Name", suspended=number % 3 == 0)
            await create_cardholder(world.domain, COMMAND_LINE, given)
        seen: list[str] = []
        after = None
        while True:
            request = PageRequest(first=2, after=after, search="same")
            page = await page_cardholders(COMMAND_LINE, request, CardholderFilter(suspended=False))
            seen += [row.number for row in page.rows]
            if not page.has_next:
                break
            after = page.cursors[-1]
        assert sorted(seen) == ["1", "2", "4", "5", "7", "8"]
