"""Credentials through the API: enrolment from first to last, and what is hidden from whom."""

import base64
from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import Role
from doorward.acs.events.operations import store_records
from tests.acs.test_credential_uses import unknown
from tests.api import Api, serve_api
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

SHOWN = """
  id kind name status condition validFrom validTo relativeValidity { start amount unit } uses traced startsLockdown
  format facilityCode number rawBits plate hasDuressPin device { name pairedAt invitationExpiresAt } version
"""
ERRORS = "errors { code message path }"
OF_EVERYBODY = f"{{ cardholders(first: 9) {{ nodes {{ cards {{ number }} credentials {{ {SHOWN} }} }} }} }}"
LAST_READ = (
    "query($reader: ID!) { lastRead(readerId: $reader) { bitCount bits"
    " readings { format facilityCode number } credential { id } cardholderName } }"
)


async def mutate(api: Api, field: str, result: str, **input: Any) -> Any:
    """The payload of a mutation that takes one input object."""
    kind = field[0].upper() + field[1:]
    document = f"mutation($input: {kind}Input!) {{ {field}(input: $input) {{ {result} {ERRORS} }} }}"
    return (await api.data(document, input=input))[field]


async def mutate_one(api: Api, field: str, result: str, id: str) -> Any:
    """The payload of a mutation that takes an id."""
    return (await api.data(f"mutation($id: ID!) {{ {field}(input: {{id: $id}}) {{ {result} {ERRORS} }} }}", id=id))[
        field
    ]


async def test_every_kind_is_given_and_shown_with_its_cardholder(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        owner = {"cardholderId": site.ada.id}
        relative = {"start": "FIRST_USE", "amount": 2, "unit": "USES"}
        for field, result, given in (
            ("createCardCredential", "credential { id }", {"rawBits": "1011", "terms": {"name": "Tag"}}),
            ("createCardCredential", "credential { id }", {"facilityCode": "17", "number": "7"}),
            ("createPin", "credential { id }", {"pin": "4711", "duressPin": "8036"}),
            ("createQr", "code { text svg }", {"dynamic": False, "terms": {"relativeValidity": relative}}),
            ("createQr", "code { text secret }", {"terms": {"traced": True}}),
            ("createMobile", "invitation { code }", {"terms": {"startsLockdown": True}}),
            ("createPlate", "credential { id }", {"plate": "ab 12"}),
        ):
            payload = await mutate(api, field, result, **owner, **given)
            assert payload["errors"] == [], field
        (ada,) = (await api.data(OF_EVERYBODY))["cardholders"]["nodes"]
        found = ada["credentials"]
        assert [each["kind"] for each in found] == [
            "CARD", "CARD", "CARD", "PIN", "QR", "DYNAMIC_QR", "MOBILE", "PLATE",
        ]  # fmt: skip
        first, raw, _, pin, static, dynamic, mobile, plate = found
        assert (first["format"], first["facilityCode"], first["number"]) == ("H10301", "17", "1042")
        assert (raw["name"], raw["format"], raw["rawBits"], raw["number"]) == ("Tag", "raw4", "1011", None)
        assert (pin["hasDuressPin"], first["hasDuressPin"]) == (True, None)
        assert static["relativeValidity"] == relative
        assert (dynamic["traced"], mobile["startsLockdown"]) == (True, True)
        assert (mobile["condition"], mobile["device"]["name"]) == ("NOT_PAIRED", None)
        assert plate["plate"] == "AB12"
        assert [card["number"] for card in ada["cards"]] == [1042, 11, 7]


async def test_numbers_bits_and_plates_are_for_those_who_may_see_them(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR, Role.VIEWER) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        await mutate(api, "createCardCredential", "credential { id }", cardholderId=site.ada.id, rawBits="1011")
        await mutate(api, "createPlate", "credential { id }", cardholderId=site.ada.id, plate="ab 12")
        for each in (await api.data(OF_EVERYBODY))["cardholders"]["nodes"][0]["credentials"]:
            assert {each[field] for field in ("facilityCode", "number", "rawBits", "plate")} == {None}
        await api.sign_in(Role.VIEWER)
        refused = await mutate(api, "createPin", "credential { id }", cardholderId=site.ada.id, pin="4711")
        assert refused["errors"][0]["code"] == "PERMISSION"
        refused = await api.ask(LAST_READ, reader=site.reader_a.id)
        assert refused["errors"][0]["extensions"]["code"] == "PERMISSION"


async def test_an_operator_gives_away_the_card_that_was_just_shown(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        assert (await api.data(LAST_READ, reader=site.reader_a.id))["lastRead"] is None
        await store_records(world.domain, world.controller.id, [unknown(site, 1, "1" * 40)])
        found = (await api.data(LAST_READ, reader=site.reader_a.id))["lastRead"]
        assert (found["bitCount"], found["bits"], found["credential"]) == (40, "1" * 40, None)
        made = await mutate(
            api, "createCardCredential", "credential { format }", cardholderId=site.ada.id, rawBits=found["bits"]
        )
        assert made["credential"]["format"] == "raw40"


async def test_a_phone_is_paired_without_a_session_and_revoked(database_url: str, tmp_path: Path) -> None:
    document = (
        'mutation($code: String!) { pairMobile(input: {code: $code, deviceName: "Ada\'s phone"})'
        f" {{ credentialId token {ERRORS} }} }}"
    )
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        made = await mutate(
            api, "createMobile", "credential { id } invitation { code svg expiresAt }", cardholderId=site.ada.id
        )
        assert made["invitation"]["svg"].startswith("<svg")
        await api.data("mutation { signOut(input: {}) { signedOut } }")
        paired = (await api.data(document, code=made["invitation"]["code"]))["pairMobile"]
        assert len(base64.b64decode(paired["token"])) == 32
        again = (await api.data(document, code=made["invitation"]["code"]))["pairMobile"]
        assert (again["token"], again["errors"][0]["code"]) == (None, "UNAUTHENTICATED")
        await api.sign_in(Role.OPERATOR)
        revoked = await mutate_one(api, "revokeMobile", "credential { condition }", paired["credentialId"])
        assert revoked["credential"]["condition"] == "NOT_PAIRED"
        invited = await mutate_one(api, "inviteMobile", "invitation { code }", paired["credentialId"])
        assert len(invited["invitation"]["code"]) == 26


async def test_a_qr_code_is_shown_again_as_a_picture(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        fields = "credential { id } code { text svg validUntil secret }"
        made = await mutate(api, "createQr", fields, cardholderId=site.ada.id, dynamic=False)
        shown = await mutate_one(api, "showQr", fields, made["credential"]["id"])
        assert shown["code"] == made["code"]
        assert shown["code"]["svg"].startswith("<svg")
        missing = await mutate_one(api, "showQr", fields, site.card.id)
        assert missing["errors"][0]["code"] == "NOT_FOUND"


async def test_a_credential_is_changed_and_deleted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        given = {"id": site.card.id, "validTo": "2026-01-01T00:00:00Z", "name": None}
        changed = await mutate(api, "updateCredential", f"credential {{ {SHOWN} }}", **given)
        assert (changed["credential"]["condition"], changed["credential"]["status"]) == ("EXPIRED", "ACTIVE")
        relative = {"start": "LAST_USE", "amount": 3, "unit": "MONTHS"}
        both = await mutate(api, "updateCredential", "credential { id }", id=site.card.id, relativeValidity=relative)
        assert both["errors"][0]["path"] == ["relative"]
        changed = await mutate(
            api, "updateCredential", f"credential {{ {SHOWN} }}",
            id=site.card.id, validTo=None, relativeValidity=relative, status="SUSPENDED",
        )  # fmt: skip
        assert (changed["credential"]["relativeValidity"], changed["credential"]["condition"]) == (
            relative,
            "SUSPENDED",
        )
        changed = await mutate(
            api, "updateCredential", "credential { relativeValidity { unit } }", id=site.card.id, relativeValidity=None
        )
        assert changed["credential"]["relativeValidity"] is None
        deleted = await mutate_one(api, "deleteCredential", "deletedId", site.card.id)
        assert deleted["deletedId"] == site.card.id
        assert (await api.data("query($id: ID!) { credential(id: $id) { id } }", id=site.card.id))["credential"] is None


async def test_a_number_that_is_none_is_refused_by_field(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        for field, given in (
            ("number", {"number": "1e3", "facilityCode": "1"}),
            ("facilityCode", {"facilityCode": "-1"}),
        ):
            payload = await mutate(api, "createCardCredential", "credential { id }", cardholderId=site.ada.id, **given)
            assert payload["errors"][0]["path"] == [field]


async def test_a_card_leads_to_its_owner_for_those_who_may_see_numbers(database_url: str, tmp_path: Path) -> None:
    query = """query($number: String!) { cardsNumbered(first: 100, number: $number) { nodes {
      credentialId facilityCode cardholder { id name } } } }"""
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.ADMINISTRATOR, Role.OPERATOR) as api,
    ):
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        number = site.card.number
        (found,) = (await api.data(query, number=f" {number} "))["cardsNumbered"]["nodes"]
        assert (found["credentialId"], found["facilityCode"]) == (site.card.id, str(site.card.facility))
        assert found["cardholder"] == {"id": site.ada.id, "name": "Ada Lovelace"}
        for other in ("", number[:-1], "9" * 400):
            assert (await api.data(query, number=other))["cardsNumbered"]["nodes"] == []
        await api.sign_in(Role.OPERATOR)
        assert (await api.ask(query, number=number))["errors"][0]["extensions"]["code"] == "PERMISSION"
