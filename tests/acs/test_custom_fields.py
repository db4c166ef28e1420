"""Custom fields: what they accept, how they change, and that nothing is lost by accident."""

from datetime import date
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from doorward.acs.people import custom_field_operations
from doorward.acs.people.custom_value import canonical
from doorward.acs.people.models import Cardholder, CustomField, CustomFieldKind, CustomFieldValue
from doorward.acs.people.operations import (
    CustomFieldChanges,
    NewCardholder,
    NewCustomField,
    create_cardholder,
    create_custom_field,
    delete_cardholder,
    delete_custom_field,
    update_cardholder,
    update_custom_field,
)
from doorward.acs.people.queries import page_custom_fields, value_counts
from tests.world import World, open_world

KIND = CustomFieldKind


async def add(world: World, name: str, kind: KIND = KIND.TEXT, *choices: str, required: bool = False) -> CustomField:
    return await create_custom_field(world.domain, COMMAND_LINE, NewCustomField(name, kind, choices, required))


async def change(world: World, field: CustomField, **changes: object) -> CustomField:
    return await update_custom_field(world.domain, COMMAND_LINE, field.id, cast(CustomFieldChanges, changes))


async def person(world: World, **values: str | None) -> Cardholder:
    number = str(await Cardholder.all().count())
    return await create_cardholder(world.domain, COMMAND_LINE, NewCardholder(number, "A", "B", custom_fields=values))


async def value_of(field: CustomField) -> str | None:
    row = await CustomFieldValue.get_or_none(field_id=field.id)
    return row.value if row else None


@pytest.mark.anyio
@pytest.mark.parametrize(
    "kind, entered, stored",
    [
        (KIND.TEXT, "  Bay 7 ", "Bay 7"),
        (KIND.NUMBER, "+0012.500", "12.5"),
        (KIND.NUMBER, "-0.0", "0"),
        (KIND.NUMBER, "100", "100"),
        (KIND.DATE, "2028-02-29", "2028-02-29"),
        (KIND.CHOICE, "red", "red"),
    ],
)
async def test_values_are_stored_in_one_form_and_audited(
    database_url: str, kind: KIND, entered: str, stored: str
) -> None:
    async with open_world(database_url) as world:
        field = await add(world, "Extra", kind, *(["red", "blue"] if kind is KIND.CHOICE else []))
        ada = await person(world)
        await update_cardholder(world.domain, COMMAND_LINE, ada.id, {"custom_fields": {field.id: entered}})
        assert await value_of(field) == stored
        event = await Event.get(type=EventType.CARDHOLDER_UPDATED)
        assert event.data["after"] == {"custom_fields.Extra": stored}
        changed = await update_cardholder(world.domain, COMMAND_LINE, ada.id, {"custom_fields": {field.id: None}})
        assert changed.version == 3
        assert await value_of(field) is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    "kind, entered, words",
    [
        (KIND.TEXT, "x" * 501, "500"),
        (KIND.TEXT, "a\nb", "Line breaks"),
        (KIND.NUMBER, "1,5", "not a number"),
        (KIND.NUMBER, "1e5", "not a number"),
        (KIND.NUMBER, "NaN", "not a number"),
        (KIND.NUMBER, "٣", "not a number"),
        (KIND.DATE, "31.1.2026", "not a date"),
        (KIND.DATE, "2027-02-29", "not a date"),
        (KIND.DATE, "2026-W01-1", "not a date"),
        (KIND.CHOICE, "green", "red, blue"),
    ],
)
async def test_values_of_another_kind_are_refused_by_field(
    database_url: str, kind: KIND, entered: str, words: str
) -> None:
    async with open_world(database_url) as world:
        field = await add(world, "Extra", kind, *(["red", "blue"] if kind is KIND.CHOICE else []))
        with pytest.raises(ValidationFailed, match=words) as caught:
            await person(world, **{field.id: entered})
        assert caught.value.path == ("customFields", field.id)
        assert not await Cardholder.exists()
        with pytest.raises(NotFound):
            await person(world, gone="1")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
@settings(max_examples=300, deadline=None)
def test_a_number_keeps_its_value_and_has_one_form(number: Decimal) -> None:
    stored = canonical(KIND.NUMBER, (), f"{number:f}", "value")
    assert Decimal(stored) == number
    assert canonical(KIND.NUMBER, (), stored, "value") == stored
    assert canonical(KIND.NUMBER, (), f"{number:f}000", "value") == stored


@given(st.dates())
@settings(max_examples=100, deadline=None)
def test_every_date_is_one(day: date) -> None:
    assert canonical(KIND.DATE, (), day.isoformat(), "value") == day.isoformat()


@given(st.sampled_from(sorted(KIND)), st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_whatever_is_entered_is_stored_stably_or_refused(kind: KIND, entered: str) -> None:
    try:
        stored = canonical(kind, ("a", "b"), entered, "value")
    except ValidationFailed:
        return
    assert canonical(kind, ("a", "b"), stored, "value") == stored


@pytest.mark.anyio
async def test_a_required_field_is_filled_for_new_people_and_stays_so(database_url: str) -> None:
    async with open_world(database_url) as world:
        before = await person(world)
        field = await add(world, "Cost centre", required=True)
        with pytest.raises(ValidationFailed, match="Cost centre must not be empty"):
            await person(world)
        ada = await person(world, **{field.id: "4711"})
        with pytest.raises(ValidationFailed, match="Cost centre must not be empty"):
            await update_cardholder(world.domain, COMMAND_LINE, ada.id, {"custom_fields": {field.id: " "}})
        changed = await update_cardholder(world.domain, COMMAND_LINE, before.id, {"notes": "older than the field"})
        assert changed.version == 2


@pytest.mark.anyio
async def test_names_are_unique_and_choices_belong_to_choices(database_url: str) -> None:
    async with open_world(database_url) as world:
        await add(world, "Colour", KIND.CHOICE, "red")
        with pytest.raises(Conflict, match="called Colour already"):
            await add(world, "Colour")
        for kind, choices, words in (
            (KIND.CHOICE, (), "at least one"),
            (KIND.TEXT, ("red",), "Only a field of the kind choice"),
            (KIND.CHOICE, ("red", " red"), "only once"),
            (KIND.CHOICE, tuple(map(str, range(101))), "at most 100"),
        ):
            with pytest.raises(ValidationFailed, match=words) as caught:
                await add(world, "Other", kind, *choices)
            assert caught.value.path == ("choices",)


@pytest.mark.anyio
async def test_there_is_an_end_to_custom_fields(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_field_operations, "MAX_FIELDS", 2)
    async with open_world(database_url) as world:
        await add(world, "1")
        await add(world, "2")
        with pytest.raises(ValidationFailed, match="2 custom fields already"):
            await add(world, "3")


@pytest.mark.anyio
async def test_the_kind_changes_only_while_nobody_has_a_value(database_url: str) -> None:
    async with open_world(database_url) as world:
        field = await add(world, "Size", KIND.CHOICE, "S", "M")
        ada = await person(world, **{field.id: "S"})
        with pytest.raises(Conflict, match="1 cardholder has a value in Size"):
            await change(world, field, kind=KIND.NUMBER)
        with pytest.raises(Conflict, match="choices that would go: S"):
            await change(world, field, choices=["M"])
        await change(world, field, choices=["S", "L"])
        await update_cardholder(world.domain, COMMAND_LINE, ada.id, {"custom_fields": {field.id: ""}})
        changed = await change(world, field, kind=KIND.NUMBER)
        assert (changed.kind, changed.choices, changed.version) == (KIND.NUMBER, [], 3)
        event = await Event.filter(type=EventType.CUSTOM_FIELD_UPDATED).order_by("-position").first()
        assert event is not None
        assert event.data["after"]["kind"] == "number"


@pytest.mark.anyio
async def test_fields_are_put_in_order(database_url: str) -> None:
    async with open_world(database_url) as world:
        fields = {name: await add(world, name) for name in "abcd"}

        async def order() -> str:
            found = (await page_custom_fields(COMMAND_LINE, PageRequest(100))).rows
            assert [field.position for field in found] == list(range(len(found)))
            return "".join(field.name for field in found)

        for name, position, expected in (("d", 0, "dabc"), ("a", 3, "dbca"), ("b", 1, "dbca"), ("c", 1, "dcba")):
            await change(world, fields[name], position=position)
            assert await order() == expected
        with pytest.raises(ValidationFailed, match="0 to 3"):
            await change(world, fields["a"], position=4)
        await delete_custom_field(world.domain, COMMAND_LINE, fields["c"].id)
        assert await order() == "dba"


@pytest.mark.anyio
async def test_deleting_a_field_takes_its_values_only_when_their_number_is_confirmed(database_url: str) -> None:
    async with open_world(database_url) as world:
        field = await add(world, "Locker")
        ada, bob = await person(world, **{field.id: "1"}), await person(world, **{field.id: "2"})
        untouched = await person(world)
        for confirm in (None, 1, 3):
            with pytest.raises(Conflict, match="2 cardholders have a value in Locker") as caught:
                await delete_custom_field(world.domain, COMMAND_LINE, field.id, confirm)
            assert caught.value.path == ("confirm",)
        assert await value_counts([field.id]) == {field.id: 2}
        await delete_custom_field(world.domain, COMMAND_LINE, field.id, 2)
        assert not await CustomFieldValue.exists()
        event = await Event.get(type=EventType.CUSTOM_FIELD_DELETED)
        assert (event.data["before"]["name"], event.data["before"]["values"]) == ("Locker", 2)
        versions = {row.id: row.version for row in await Cardholder.all()}
        assert versions == {ada.id: 2, bob.id: 2, untouched.id: 1}


@pytest.mark.anyio
async def test_an_unused_field_goes_without_asking_and_an_outdated_version_stays(database_url: str) -> None:
    async with open_world(database_url) as world:
        field = await add(world, "Locker")
        await change(world, field, name="Box")
        with pytest.raises(Conflict, match="Somebody else"):
            await delete_custom_field(world.domain, COMMAND_LINE, field.id, expected_version=1)
        await delete_custom_field(world.domain, COMMAND_LINE, field.id, expected_version=2)
        assert not await CustomField.exists()


@pytest.mark.anyio
async def test_a_deleted_cardholder_s_values_go_too(database_url: str) -> None:
    async with open_world(database_url) as world:
        field = await add(world, "Locker")
        ada = await person(world, **{field.id: "1"})
        await delete_cardholder(world.domain, COMMAND_LINE, ada.id)
        assert not await CustomFieldValue.exists()
        event = await Event.get(type=EventType.CARDHOLDER_DELETED)
        assert event.data["before"]["custom_fields.Locker"] == "1"
