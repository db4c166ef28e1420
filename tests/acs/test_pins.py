"""PINs: their digits, one active one a person, and no two alike where a PIN alone opens a door."""

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.credentials import site_rules
from doorward.acs.credentials.keys import token_key
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.operations import (
    NewPin,
    change_pin,
    create_pin,
    delete_credential,
    update_credential,
)
from doorward.acs.credentials.pins import check_pin, is_trivial, owners_of_shared_pins
from doorward.acs.credentials.policy import credential_policies
from doorward.acs.decision.policy import CredentialStatus, PinRules
from doorward.acs.decision.tokens import pin_token
from doorward.acs.errors import Conflict, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.people.operations import NewCardholder, create_cardholder
from tests.world import Site, World, make_site, open_world, user

pytestmark = pytest.mark.anyio

ONE, TWO, THREE = "4711", "8036", "5920"


@pytest.fixture
def pin_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some identification profile lets a PIN alone open a door."""

    async def yes(_: object) -> bool:
        return True

    monkeypatch.setattr(site_rules, "pin_alone_in_use", yes)


async def grace(world: World) -> str:
    return (await create_cardholder(world.domain, COMMAND_LINE, NewCardholder("E-2", "Grace", "Hopper"))).id


async def pin(world: World, owner: str, digits: str = ONE, duress: str = "") -> Credential:
    return await create_pin(world.domain, COMMAND_LINE, NewPin(owner, digits, duress))


async def test_controllers_get_the_keyed_hashes_of_pin_and_duress_pin(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        row = await pin(world, site.ada.id, ONE, TWO)
        (found,) = await credential_policies(world.domain, [row.id])
        key = token_key(world.domain)
        assert (found.token, found.duress) == (pin_token(key, ONE), pin_token(key, TWO))
        without = await change_pin(world.domain, COMMAND_LINE, row.id, duress_pin="")
        (found,) = await credential_policies(world.domain, [without.id])
        assert (found.token, found.duress) == (pin_token(key, ONE), b"")


async def test_no_digit_of_a_pin_is_kept_told_or_logged(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_world(database_url) as world:
        site = await make_site(world)
        row = await pin(world, site.ada.id, "47114711", "80368036")
        await change_pin(world.domain, COMMAND_LINE, row.id, "59205920", "13791379")
        with pytest.raises(ValidationFailed) as caught:
            await change_pin(world.domain, COMMAND_LINE, row.id, "59205920591")
        kept = await Credential.filter(id=row.id).values()
        told = str([event.data for event in await Event.all()]) + str(kept) + caught.value.message
        # The statements that a debug log of the database shows are hashes too.
        told += caplog.text
        for digits in ("47114711", "80368036", "59205920", "13791379"):
            assert digits not in told
        for hashed in (kept[0]["token"], kept[0]["duress"]):
            assert hashed not in str([event.data for event in await Event.all()])


@pytest.mark.parametrize(
    "digits",
    [
        "",
        "471",
        "471147119",
        "47 11",
        "47a1",
        "\u0664\u0667\u0661\u0661",
        "1111",
        "1234",
        "4321",
        "7890",
        "0987",
        "1212",
    ],
)
async def test_a_pin_that_will_not_do_is_refused_by_field(database_url: str, digits: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(ValidationFailed) as caught:
            await pin(world, site.ada.id, digits)
        assert caught.value.path == ("pin",)
        if digits:
            with pytest.raises(ValidationFailed) as caught:
                await pin(world, site.ada.id, ONE, digits)
            assert caught.value.path == ("duressPin",)
        assert not await Credential.filter(kind="pin").exists()


@given(st.text(alphabet="0123456789", min_size=3, max_size=12))
def test_what_is_trivial_stays_so_backwards_and_with_every_digit_one_higher(digits: str) -> None:
    assert is_trivial(digits) == is_trivial(digits[::-1])
    assert is_trivial(digits) == is_trivial("".join([str((int(digit) + 1) % 10) for digit in digits]))


@given(st.integers(3, 12))
def test_few_pins_of_any_length_are_trivial(length: int) -> None:
    """Ten of one digit, ten up, ten down, ninety of two in turn; 1212 is counted once."""
    if length == 4:
        trivial = [f"{number:04}" for number in range(10_000) if is_trivial(f"{number:04}")]
        assert len(trivial) == 10 + 10 + 10 + 90
    check_pin("50283746192"[:length] if length < 12 else "502837461925", PinRules(3, 12), "pin")


async def test_pin_and_duress_pin_differ(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(ValidationFailed, match="must differ"):
            await pin(world, site.ada.id, ONE, ONE)
        row = await pin(world, site.ada.id, ONE, TWO)
        for change in ((TWO, None), (None, ONE), (THREE, THREE)):
            with pytest.raises(ValidationFailed, match="must differ"):
                await change_pin(world.domain, COMMAND_LINE, row.id, *change)
        swapped = await change_pin(world.domain, COMMAND_LINE, row.id, TWO, ONE)
        assert swapped.version == 2


async def test_people_may_share_a_pin_where_it_needs_a_card_as_well(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await pin(world, site.ada.id, ONE, TWO)
        assert await owners_of_shared_pins() == set()
        other = await grace(world)
        row = await pin(world, other, THREE, ONE)
        assert await owners_of_shared_pins() == {site.ada.id, other}
        await change_pin(world.domain, COMMAND_LINE, row.id, duress_pin="")
        assert await owners_of_shared_pins() == set()


@pytest.mark.usefixtures("pin_alone")
@pytest.mark.parametrize(
    "digits, duress, field",
    [(ONE, "", "pin"), (TWO, "", "pin"), (THREE, ONE, "duressPin"), (THREE, TWO, "duressPin")],
)
async def test_where_a_pin_alone_opens_a_door_no_two_people_share_one(
    database_url: str, digits: str, duress: str, field: str
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        first = await pin(world, site.ada.id, ONE, TWO)
        other = await grace(world)
        with pytest.raises(Conflict, match="in use") as caught:
            await pin(world, other, digits, duress)
        assert caught.value.path == (field,)
        assert "Ada" not in caught.value.message
        row = await pin(world, other, "6042", "9175")
        with pytest.raises(Conflict, match="in use"):
            await change_pin(world.domain, COMMAND_LINE, row.id, digits, duress or None)
        await delete_credential(world.domain, COMMAND_LINE, first.id)
        await change_pin(world.domain, COMMAND_LINE, row.id, digits, duress)


@pytest.mark.usefixtures("pin_alone")
async def test_two_people_given_one_pin_at_one_moment_do_not_both_get_it(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        outcomes = await asyncio.gather(pin(world, site.ada.id), pin(world, await grace(world)), return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {Credential, Conflict}


async def test_a_person_has_one_active_pin(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        first = await pin(world, site.ada.id)
        with pytest.raises(Conflict, match="Ada Lovelace has an active PIN"):
            await pin(world, site.ada.id, TWO)
        await update_credential(world.domain, COMMAND_LINE, first.id, {"status": CredentialStatus.SUSPENDED})
        await pin(world, site.ada.id, TWO)
        with pytest.raises(Conflict, match="has an active PIN"):
            await update_credential(world.domain, COMMAND_LINE, first.id, {"status": CredentialStatus.ACTIVE})


async def test_that_a_pin_changed_is_audited_and_that_it_did_not_is_not(database_url: str) -> None:
    async with open_world(database_url) as world:
        site: Site = await make_site(world)
        row = await pin(world, site.ada.id)
        same = await change_pin(world.domain, COMMAND_LINE, row.id, ONE)
        assert same.version == 1
        assert not await Event.filter(type=EventType.CREDENTIAL_PIN_CHANGED).exists()
        await change_pin(world.domain, user(Role.OPERATOR), row.id, TWO, THREE, expected_version=1)
        event = await Event.get(type=EventType.CREDENTIAL_PIN_CHANGED)
        assert (event.data["before"], event.data["after"]) == (
            {"pin": "old", "duress_pin": "none"},
            {"pin": "new", "duress_pin": "set"},
        )
        with pytest.raises(Conflict, match="Somebody else"):
            await change_pin(world.domain, COMMAND_LINE, row.id, ONE, expected_version=1)
