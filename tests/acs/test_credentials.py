"""Cards, plates and QR codes: what is accepted, what is refused as somebody's already, and what reaches controllers."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.credentials import site_rules
from doorward.acs.credentials.condition import CredentialCondition, condition_of
from doorward.acs.credentials.keys import token_key
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.operations import (
    CredentialChanges,
    NewCard,
    NewPlate,
    NewQr,
    Terms,
    create_card,
    create_dynamic_qr,
    create_plate,
    create_qr,
    delete_credential,
    show_qr,
    update_card,
    update_credential,
)
from doorward.acs.credentials.policy import credential_policies
from doorward.acs.decision.card_format import BitField, CardFormat, encode_h10301
from doorward.acs.decision.policy import (
    CredentialKind,
    CredentialPolicy,
    CredentialStatus,
    RelativeValidity,
    ValidityStart,
    ValidityUnit,
)
from doorward.acs.decision.tokens import qr_token, read_dynamic_qr, step_of, verify
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.operation import Work
from doorward.acs.people.operations import NewCardholder, create_cardholder
from doorward.acs.policy.snapshot import compile_policy
from doorward.acs.policy_part import PolicyPart
from tests.world import START, World, make_site, only, open_world, user

pytestmark = pytest.mark.anyio

WIDE = CardFormat("wide", "Wide", 200, number=BitField(1, 200))
TWO_USES = RelativeValidity(ValidityStart.FIRST_USE, 2, ValidityUnit.USES)
H10301_BITS = encode_h10301(17, 1042).as_text()


async def policy_of(world: World, credential_id: str) -> CredentialPolicy:
    (found,) = await credential_policies(world.domain, [credential_id])
    return found


async def another(world: World) -> str:
    return (await create_cardholder(world.domain, COMMAND_LINE, NewCardholder("E-2", "Grace", "Hopper"))).id


async def test_a_card_of_raw_bits_reaches_controllers_as_its_bits(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        given = NewCard(site.ada.id, bits="0" * 247 + "100000001", name="Transit card")
        card = await create_card(world.domain, COMMAND_LINE, given)
        found = await policy_of(world, card.id)
        assert (found.format, found.facility, found.number) == ("raw256", None, 0)
        assert found.token == (257).to_bytes(32, "big")


async def test_a_number_of_more_than_64_bits_reaches_controllers_whole(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wide(*_: object) -> CardFormat:
        return WIDE

    async with open_world(database_url) as world:
        site = await make_site(world)
        monkeypatch.setattr(site_rules, "card_format", wide)
        for number in (2**64 - 1, 2**64, 2**200 - 1):
            card = await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, None, number, format="wide"))
            found = await policy_of(world, card.id)
            assert (found.number or int.from_bytes(found.token, "big")) == number
            assert bool(found.token) == (number >= 2**64)
        with pytest.raises(ValidationFailed, match="200-bit card"):
            await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, None, 2**200, format="wide"))
        with pytest.raises(ValidationFailed, match="no facility code"):
            await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, 1, 5, format="wide"))
        with pytest.raises(Conflict, match="Ada Lovelace"):
            await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, None, 2**64, format="wide"))


@pytest.mark.parametrize(
    "given, field",
    [
        ({"bits": ""}, "bits"),
        ({"bits": "0" * 257}, "bits"),
        ({"bits": "0120"}, "bits"),
        ({"facility": 17, "number": 1, "format": "nonsense"}, "format"),
        ({"number": 1}, "facilityCode"),
        ({"facility": 17}, "number"),
        ({"facility": 17, "number": 1, "name": " "}, "name"),
    ],
)
async def test_a_card_that_cannot_be_is_refused_by_field(database_url: str, given: dict[str, str], field: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(ValidationFailed) as caught:
            await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, **given))  # type: ignore[arg-type]
        assert caught.value.path == (field,)


async def test_one_card_is_not_given_twice_in_numbers_and_in_bits(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(Conflict, match="Ada Lovelace") as caught:
            await create_card(world.domain, COMMAND_LINE, NewCard(await another(world), bits=H10301_BITS))
        assert caught.value.path == ("bits",)
        await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, bits=encode_h10301(17, 2000).as_text()))
        with pytest.raises(Conflict, match="Ada Lovelace"):
            await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, 17, 2000))
        with pytest.raises(Conflict, match="somebody else"):
            await create_card(world.domain, only(Permission.CREDENTIAL_WRITE), NewCard(site.ada.id, 17, 2000))


async def test_the_table_itself_takes_no_card_twice(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two operators at one moment: neither sees the other's card before it is written."""

    async def sees_nothing(*_: object) -> None:
        return

    monkeypatch.setattr("doorward.acs.credentials.cards.refuse_duplicate", sees_nothing)
    async with open_world(database_url) as world:
        site = await make_site(world)
        given = [NewCard(await another(world), 17, 77), NewCard(site.ada.id, 17, 77)]
        outcomes = await asyncio.gather(
            *(create_card(world.domain, COMMAND_LINE, card) for card in given), return_exceptions=True
        )
        assert {type(outcome) for outcome in outcomes} == {Conflict, Credential}
        assert await Credential.filter(number="77").count() == 1
        assert await Event.filter(type=EventType.CREDENTIAL_CREATED).count() == 2


async def test_a_plate_is_compared_in_one_spelling(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        plate = await create_plate(world.domain, COMMAND_LINE, NewPlate(site.ada.id, "m-ab 123", Terms("Blue van")))
        assert (await policy_of(world, plate.id)).token == b"MAB123"
        with pytest.raises(Conflict, match="licence plate belongs to Ada"):
            await create_plate(world.domain, COMMAND_LINE, NewPlate(await another(world), "M AB·123"))
        for text in ("--", "A" * 17):
            with pytest.raises(ValidationFailed, match="letters and digits"):
                await create_plate(world.domain, COMMAND_LINE, NewPlate(site.ada.id, text))


async def test_a_static_qr_code_is_found_by_its_hash_and_shown_again(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        made = await create_qr(world.domain, user(Role.OPERATOR), NewQr(site.ada.id))
        found = await policy_of(world, made.credential.id)
        assert (found.kind, found.token) == (CredentialKind.QR, qr_token(token_key(world.domain), made.text))
        again = await show_qr(world.domain, user(Role.OPERATOR), made.credential.id)
        assert (again.text, again.valid_until, again.secret) == (made.text, None, None)
        shown = await Event.get(type=EventType.CREDENTIAL_QR_SHOWN)
        assert (shown.user_name, shown.credential_id) == ("Operator", made.credential.id)
        with pytest.raises(NotFound):
            await show_qr(world.domain, COMMAND_LINE, site.card.id)


async def test_a_dynamic_qr_code_changes_with_the_step_and_verifies_under_the_policy_s_secret(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        made = await create_dynamic_qr(world.domain, COMMAND_LINE, NewQr(site.ada.id))
        assert made.valid_until == START + timedelta(seconds=30)
        world.clock.advance(timedelta(seconds=30))
        later = await show_qr(world.domain, COMMAND_LINE, made.credential.id)
        assert later.text != made.text
        secret = (await policy_of(world, made.credential.id)).token
        assert secret == made.secret == later.secret
        shown = read_dynamic_qr(later.text)
        assert shown is not None
        assert (shown.credential_id, shown.step) == (made.credential.id, step_of(world.clock()))
        assert verify(secret, shown)


async def test_no_number_code_or_plate_stands_in_the_audit(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        plate = await create_plate(world.domain, COMMAND_LINE, NewPlate(site.ada.id, "SECRET1"))
        code = await create_qr(world.domain, COMMAND_LINE, NewQr(site.ada.id))
        raw = await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, bits="1011011101111"))
        await show_qr(world.domain, COMMAND_LINE, code.credential.id)
        for row in (plate, code.credential, raw):
            await update_credential(world.domain, COMMAND_LINE, row.id, {"status": CredentialStatus.LOST})
            await delete_credential(world.domain, COMMAND_LINE, row.id)
        told = " ".join([str(event.data) for event in await Event.all()])
        for secret in ("SECRET1", code.text, "1011011101111", str(0b1011011101111), "1042", "unique_key", "token"):
            assert secret not in told
        row = await Credential.get(id=site.card.id)
        assert code.text.encode() not in bytes(row.sealed or b"")


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"relative": TWO_USES, "valid_to": START}, "relative"),
        ({"relative": RelativeValidity(ValidityStart.LAST_USE, 2, ValidityUnit.USES)}, "relative"),
        ({"relative": RelativeValidity(ValidityStart.LAST_USE, 0, ValidityUnit.DAYS)}, "relative"),
        ({"relative": RelativeValidity(ValidityStart.LAST_USE, 101, ValidityUnit.YEARS)}, "relative"),
        ({"valid_from": START, "valid_to": START}, "validTo"),
        ({"valid_to": datetime(2026, 1, 1)}, "validTo"),
        ({"name": ""}, "name"),
    ],
)
async def test_terms_that_make_no_sense_are_refused_by_field(
    database_url: str, changes: CredentialChanges, field: str
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(ValidationFailed) as caught:
            await update_credential(world.domain, COMMAND_LINE, site.card.id, changes)
        assert caught.value.path[0] == field
        assert (await Credential.get(id=site.card.id)).version == 1


async def test_a_change_of_terms_is_audited_and_reaches_the_policy(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        changed = await update_credential(
            world.domain,
            COMMAND_LINE,
            site.card.id,
            {"relative": TWO_USES, "traced": True, "starts_lockdown": True, "name": "Blue card"},
            expected_version=1,
        )
        assert changed.version == 2
        event = await Event.get(type=EventType.CREDENTIAL_UPDATED)
        assert event.data["after"] == {
            "relative": "2 uses from first_use", "traced": True, "starts_lockdown": True, "name": "Blue card",
        }  # fmt: skip
        found = await policy_of(world, site.card.id)
        assert (found.relative, found.traced, found.starts_lockdown) == (TWO_USES, True, True)
        with pytest.raises(Conflict, match="Somebody else"):
            await update_credential(world.domain, COMMAND_LINE, site.card.id, {"name": "x"}, expected_version=1)
        same = await update_credential(world.domain, COMMAND_LINE, site.card.id, {"name": "Blue card"})
        assert same.version == 2


async def test_a_lost_card_can_come_back(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        for status in (CredentialStatus.STOLEN, CredentialStatus.ACTIVE):
            await update_credential(world.domain, COMMAND_LINE, site.card.id, {"status": status})
            assert (await policy_of(world, site.card.id)).status is status
        assert await Event.filter(type=EventType.CREDENTIAL_UPDATED).count() == 2


async def test_update_card_changes_cards_only(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        plate = await create_plate(world.domain, COMMAND_LINE, NewPlate(site.ada.id, "A1"))
        with pytest.raises(NotFound):
            await update_card(world.domain, COMMAND_LINE, plate.id, {"name": "x"})


async def test_a_deleted_credential_is_gone_from_the_policy_and_free_for_others(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await delete_credential(world.domain, COMMAND_LINE, site.card.id, expected_version=1)
        assert await credential_policies(world.domain, [site.card.id]) == ()
        await create_card(world.domain, COMMAND_LINE, NewCard(await another(world), 17, 1042))
        with pytest.raises(NotFound):
            await delete_credential(world.domain, COMMAND_LINE, site.card.id)
        event = await Event.get(type=EventType.CREDENTIAL_DELETED)
        assert event.data["before"]["name"] == "Card"


async def test_every_change_names_the_credential_to_the_controllers(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []
    changed = Work.changed

    def tell(work: Work, part: PolicyPart, *ids: str) -> None:
        told.append((part.value, *ids))
        changed(work, part, *ids)

    monkeypatch.setattr(Work, "changed", tell)
    async with open_world(database_url) as world:
        site = await make_site(world)
        told.clear()
        await update_credential(world.domain, COMMAND_LINE, site.card.id, {"traced": True})
        await delete_credential(world.domain, COMMAND_LINE, site.card.id)
        plate = await create_plate(world.domain, COMMAND_LINE, NewPlate(site.ada.id, "A1"))
        assert told == [("credential", site.card.id)] * 2 + [("credential", plate.id)]


async def test_a_whole_policy_has_every_credential_and_the_key_of_their_tokens(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.credentials.policy._CHUNK", 2)
    async with open_world(database_url) as world:
        site = await make_site(world)
        made = {site.card.id}
        for number in range(5):
            made.add((await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, 1, number))).id)
        policy = (await compile_policy(world.domain, world.controller.id)).policy
        assert {credential.id for credential in policy.credentials} == made
        assert len(policy.credentials) == 6
        assert policy.token_key == token_key(world.domain)
        some = sorted(made)[:3]
        assert [found.id for found in await credential_policies(world.domain, [*some, "gone"])] == some


def test_what_is_true_of_a_credential_now_is_one_word() -> None:
    def condition(**columns: object) -> CredentialCondition:
        row = Credential(id="c", cardholder_id="ada", name="c", **{"kind": CredentialKind.CARD, **columns})
        return condition_of(row, START, UTC)

    uses = {
        "relative_start": ValidityStart.FIRST_USE,
        "relative_amount": 1,
        "relative_unit": ValidityUnit.USES,
    }
    assert condition() is CredentialCondition.ACTIVE
    assert condition(valid_to=START) is CredentialCondition.EXPIRED
    assert condition(uses=1, **uses) is CredentialCondition.EXPIRED
    assert condition(**uses) is CredentialCondition.ACTIVE
    assert condition(valid_from=START + timedelta(seconds=1)) is CredentialCondition.NOT_YET_VALID
    assert condition(status=CredentialStatus.LOST, valid_to=START) is CredentialCondition.LOST
    assert condition(kind=CredentialKind.MOBILE) is CredentialCondition.NOT_PAIRED
