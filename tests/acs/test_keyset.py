"""Pages of a table: whatever their size and direction, they are the list, also while others write."""

from collections.abc import Callable, Coroutine, Sequence
from enum import StrEnum
from typing import Any

import pytest
from anyio import from_thread, to_thread
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.acs.devices import DeviceKind, DeviceRole
from doorward.acs.doors.models import Device
from doorward.acs.errors import ValidationFailed
from doorward.acs.identity import new_id
from doorward.acs.keyset import ID, NAMES, Column, NameOrder, Order, Orders, count, named, page_rows, where
from doorward.acs.paging import MOST_COUNTED, Page, PageRequest, cursor_of
from doorward.acs.zones.models import Zone
from tests.graphql.test_statements import statements
from tests.world import open_world

pytestmark = pytest.mark.anyio


class _By(StrEnum):
    PLACE = "place"
    BACK = "back"
    NAME = "name"


ORDERS: Orders = {
    _By.PLACE: Order("place", (Column("port", nullable=True), Column("address", int, nullable=True), ID)),
    _By.BACK: Order(
        "back",
        (
            Column("port", descending=True, nullable=True),
            Column("name"),
            Column("address", int, descending=True, nullable=True),
            ID,
        ),
    ),
    _By.NAME: NAMES[NameOrder.NAME],
}
ROW = st.tuples(
    st.sampled_from(["", "a", "B", "ä", "Zoë", "a b"]),
    st.none() | st.sampled_from(["x", "y"]),
    st.none() | st.integers(0, 2),
)
SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=4)


def _key(row: Device, order: _By) -> tuple[Any, ...]:
    """Where a row belongs, said in another way than the mechanism does: empty comes last, descending turns round."""

    def up(value: Any) -> tuple[bool, Any]:
        return (value is None, value if value is not None else 0)

    def down(value: Any, rank: Sequence[Any]) -> int:
        return -[*rank, None].index(value)

    if order is _By.PLACE:
        return (up(row.port), up(row.address), row.id)
    if order is _By.NAME:
        return (row.name, row.id)
    return (down(row.port, ["x", "y"]), row.name, down(row.address, [0, 1, 2]), row.id)


async def _made(rows: Sequence[tuple[str, str | None, int | None]]) -> list[Device]:
    made = [
        Device(id=new_id(), name=name, port=port, address=address, kind=DeviceKind.OSDP, role=DeviceRole.READER)
        for name, port, address in rows
    ]
    await Device.bulk_create(made)
    return made


async def _for_all(check: Callable[..., Coroutine[Any, Any, None]], *strategies: Any) -> None:
    """Hypothesis calls plain functions: it runs in a thread, and what it calls in this loop."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.tuples(*strategies))
    def examples(values: tuple[Any, ...]) -> None:
        from_thread.run(check, *values)

    await to_thread.run_sync(examples)


async def _walk(order: _By, sizes: Sequence[int], *, backward: bool, between: Any = None) -> list[str]:
    """All pages, one after the other, in the order of the list."""
    found: list[list[str]] = []
    cursor: str | None = None
    for step in range(1_000):
        size = sizes[step % len(sizes)]
        request = (
            PageRequest(last=size, before=cursor, order=order) if backward else PageRequest(size, cursor, order=order)
        )
        page: Page[Device] = await page_rows(Device.all(), ORDERS, request)
        assert len(page.rows) <= size
        found.append([row.id for row in page.rows])
        if between is not None:
            await between(step)
        if not (page.has_previous if backward else page.has_next):
            break
        cursor = page.cursors[0 if backward else -1]
    return [row_id for page_ids in (found[::-1] if backward else found) for row_id in page_ids]


async def test_pages_of_any_size_and_direction_are_the_list(database_url: str) -> None:
    async with open_world(database_url):

        async def pages(
            rows: list[tuple[str, str | None, int | None]], sizes: list[int], order: _By, backward: bool
        ) -> None:
            await Device.all().delete()
            made = await _made(rows)
            expected = [row.id for row in sorted(made, key=lambda row: _key(row, order))]
            assert await _walk(order, sizes, backward=backward) == expected
            total = await count(Device.all())
            assert (total.count, total.exact) == (len(rows), True)

        await _for_all(pages, st.lists(ROW, max_size=12), SIZES, st.sampled_from(_By), st.booleans())


async def test_what_is_there_all_the_time_is_seen_once_however_others_write(database_url: str) -> None:
    async with open_world(database_url):

        async def pages(
            rows: list[tuple[str, str | None, int | None]],
            writes: list[tuple[tuple[str, str | None, int | None], int]],
            sizes: list[int],
            order: _By,
            backward: bool,
        ) -> None:
            await Device.all().delete()
            made = await _made(rows)
            gone: set[str] = set()

            async def between(step: int) -> None:
                for row, victim in writes[step : step + 1]:
                    await _made([row])
                    if victim < len(made):
                        gone.add(made[victim].id)
                        await Device.filter(id=made[victim].id).delete()

            seen = await _walk(order, sizes, backward=backward, between=between)
            stayed = [row.id for row in sorted(made, key=lambda row: _key(row, order)) if row.id not in gone]
            assert len(seen) == len(set(seen))
            assert [row_id for row_id in seen if row_id in set(stayed)] == stayed

        row = st.tuples(ROW, st.integers(0, 15))
        await _for_all(
            pages, st.lists(ROW, max_size=12), st.lists(row, max_size=4), SIZES, st.sampled_from(_By), st.booleans()
        )


async def test_a_cursor_of_another_order_or_list_is_refused_in_words(database_url: str) -> None:
    async with open_world(database_url):
        await _made([("a", "x", 1), ("b", "x", 2)])
        page = await page_rows(Device.all(), ORDERS, PageRequest(1, order=_By.NAME))
        for again in (PageRequest(1, page.cursors[0], order=_By.PLACE), PageRequest(last=1, before=page.cursors[0])):
            with pytest.raises(ValidationFailed, match="Begin again without it"):
                await page_rows(Device.all(), ORDERS, again)
        with pytest.raises(ValidationFailed, match="Begin again without it"):
            await page_rows(Zone.all(), NAMES, PageRequest(1, page.cursors[0]))


BAD = [
    "", "x", "null", "{}", "[]", '["device.name"]', '["device.name", 1, "a"]', '["device.name", null, "a"]',
    '["device.name", "a\\u0000", "b"]', '["device.name", "\\ud800", "b"]', '["device.name", "a", "b", "c"]', "\ud800",
    '["device.name", ["a"], "b"]',
]  # fmt: skip


@pytest.mark.parametrize("cursor", BAD)
async def test_what_is_no_cursor_is_refused_before_anything_is_asked(cursor: str, database_url: str) -> None:
    async with open_world(database_url):
        with pytest.raises(ValidationFailed, match="cursor"):
            await page_rows(Device.all(), NAMES, PageRequest(1, cursor))
        with pytest.raises(ValidationFailed, match="cursor"):
            await page_rows(Device.all(), ORDERS, PageRequest(1, f'["device.place", "x", {2**31}, "a"]'))


async def test_a_page_is_one_statement_and_a_count_one_more(database_url: str) -> None:
    async with open_world(database_url):
        await _made([("a", None, None)] * 3)
        with statements() as sent:
            page = await page_rows(Device.all(), ORDERS, PageRequest(2, cursor_of("device.place", (None, None, "0"))))
        assert len(sent) == 1
        with statements() as sent:
            total = await page.total()
        assert (len(sent), total.count, total.exact) == (1, 3, True)


async def test_counting_stops_at_ten_thousand(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_world(database_url):
        await _made([("a", None, None)] * 5)
        monkeypatch.setattr("doorward.acs.keyset.MOST_COUNTED", 4)
        total = await count(where(Device.all(), name="a"))
        assert (total.count, total.exact) == (4, False)
        assert MOST_COUNTED == 10_000


async def test_every_word_of_a_search_is_found_large_or_small(database_url: str) -> None:
    async with open_world(database_url):
        await _made([("Main Door", "x", 1), ("Side door", "y", 1), ("100%", None, None)])
        for search, expected in (("DOOR main", ["Main Door"]), ("door", ["Main Door", "Side door"]), ("%", ["100%"])):
            request = PageRequest(10, search=search)
            page = await page_rows(named(Device.all(), request), NAMES, request)
            assert [row.name for row in page.rows] == expected
