"""Card formats, readers' settings and PIN rules, as clients of the API meet them."""

from pathlib import Path

import pytest

from doorward.acs.actor import Role
from doorward.acs.decision.predefined_formats import PREDEFINED
from tests.api import serve_api
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

FORMATS = "{ cardFormats(first: 100) { nodes { id name bits active predefined version number { firstBit lastBit base bitOrder } facilityCode { firstBit lastBit } parities { bit odd covers } } } }"  # noqa: E501
CREATE = "mutation($input: CreateCardFormatInput!) { createCardFormat(input: $input) { cardFormat { id active version number { firstBit base bitOrder } } errors { code message path } } }"  # noqa: E501
UPDATE = "mutation($input: UpdateCardFormatInput!) { updateCardFormat(input: $input) { cardFormat { name bits invertBitOrder version number { firstBit } parities { bit } } errors { code path } } }"  # noqa: E501
ACTIVATE = "mutation($id: ID!, $active: Boolean!) { setCardFormatActive(input: {id: $id, active: $active}) { cardFormat { active } errors { code message } } }"  # noqa: E501
RESET = "mutation($id: ID!) { resetCardFormat(input: {id: $id}) { cardFormat { invertBitOrder } errors { code } } }"
DELETE = "mutation($id: ID!) { deleteCardFormat(input: {id: $id}) { deletedId errors { code message } } }"
TRY = "query($input: TryCardFormatInput!) { tryCardFormat(input: $input) { trial { arrived bitsInverted bytesInverted read number { bits text } facilityCode { text } parities { bit odd expected found } accepted reason words } errors { code path } } }"  # noqa: E501
READERS = "{ readerSettings(first: 100) { nodes { readerName side cardFormats { id } pinRules { minLength } warnings } } pinRules { minLength maxLength endKey digitTimeoutMs lockoutAfter lockoutMs } }"  # noqa: E501
SET_FORMATS = "mutation($reader: ID!, $formats: [ID!]) { setReaderCardFormats(input: {readerId: $reader, formatIds: $formats}) { reader { readerName cardFormats { id } } errors { code path } } }"  # noqa: E501
SET_PIN = "mutation($input: SetPinRulesInput!) { setPinRules(input: $input) { pinRules { minLength endKey } errors { code path } } }"  # noqa: E501
SET_READER_PIN = "mutation($reader: ID!, $input: PinRulesInput) { setReaderPinRules(input: {readerId: $reader, rules: $input}) { reader { pinRules { minLength lockoutAfter } } errors { code } } }"  # noqa: E501

BADGE = {
    "name": "Badge",
    "bits": 16,
    "number": {"firstBit": 2, "lastBit": 16, "base": "HEXADECIMAL", "bitOrder": "LITTLE_ENDIAN"},
    "parities": [{"bit": 1, "odd": True, "covers": [2, 3]}],
}


async def test_every_format_is_shown_with_its_layout(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        shown = {found["id"]: found for found in (await api.data(FORMATS))["cardFormats"]["nodes"]}
        assert shown.keys() == PREDEFINED.keys()
        assert shown["H10301"]["number"] == {
            "firstBit": 10, "lastBit": 25, "base": "DECIMAL", "bitOrder": "BIG_ENDIAN",
        }  # fmt: skip
        assert shown["H10301"]["facilityCode"] == {"firstBit": 2, "lastBit": 9}
        assert shown["H10301"]["parities"][0] == {"bit": 1, "odd": False, "covers": list(range(2, 14))}
        assert (shown["H10301"]["active"], shown["CSN32"]["active"]) == (True, False)


async def test_a_format_lives_from_creation_to_deletion(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        created = (await api.data(CREATE, input=BADGE))["createCardFormat"]
        format_id = created["cardFormat"].pop("id")
        assert created == {
            "cardFormat": {
                "active": False,
                "version": 1,
                "number": {"firstBit": 2, "base": "HEXADECIMAL", "bitOrder": "LITTLE_ENDIAN"},
            },
            "errors": [],
        }
        change = {"id": format_id, "expectedVersion": 1, "name": "Pass", "invertBitOrder": True, "parities": []}
        assert (await api.data(UPDATE, input=change))["updateCardFormat"] == {
            "cardFormat": {
                "name": "Pass", "bits": 16, "invertBitOrder": True, "version": 2, "number": {"firstBit": 2},
                "parities": [],
            },
            "errors": [],
        }  # fmt: skip
        assert (await api.data(ACTIVATE, id=format_id, active=True))["setCardFormatActive"]["cardFormat"]["active"]
        assert (await api.data(DELETE, id=format_id))["deleteCardFormat"] == {"deletedId": format_id, "errors": []}
        (error,) = (await api.data(DELETE, id=format_id))["deleteCardFormat"]["errors"]
        assert error["code"] == "NOT_FOUND"


async def test_taking_a_field_away_is_not_leaving_it_out(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        format_id = (await api.data(CREATE, input=BADGE))["createCardFormat"]["cardFormat"]["id"]
        kept = (await api.data(UPDATE, input={"id": format_id, "name": "Pass"}))["updateCardFormat"]["cardFormat"]
        assert kept["number"] == {"firstBit": 2}
        (error,) = (await api.data(UPDATE, input={"id": format_id, "number": None}))["updateCardFormat"]["errors"]
        assert error == {"code": "VALIDATION", "path": ["number"]}


async def test_refusals_name_the_field_and_the_other_format(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        (error,) = (await api.data(CREATE, input={**BADGE, "bits": 9, "invertByteOrder": True}))["createCardFormat"][
            "errors"
        ]
        assert (error["code"], error["path"]) == ("VALIDATION", ["invertByteOrder"])
        (error,) = (await api.data(ACTIVATE, id="H10302", active=True))["setCardFormatActive"]["errors"]
        assert error["code"] == "CONFLICT"
        assert "H10304 37-bit is active" in error["message"]
        (error,) = (await api.data(RESET, id="nothing"))["resetCardFormat"]["errors"]
        assert error["code"] == "NOT_FOUND"


async def test_a_draft_is_tried_live_and_each_step_is_shown(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        draft = {"name": "16", "bits": 16, "number": {"firstBit": 1, "lastBit": 16}, "invertByteOrder": True}
        tried = await api.data(TRY, input={"bits": "4CFB", "bitCount": 16, "draft": draft})
        assert tried["tryCardFormat"]["trial"] == {
            "arrived": "0100110011111011",
            "bitsInverted": None,
            "bytesInverted": "1111101101001100",
            "read": "1111101101001100",
            "number": {"bits": "1111101101001100", "text": "64332"},
            "facilityCode": None,
            "parities": [],
            "accepted": True,
            "reason": None,
            "words": "The card is of this format.",
        }


async def test_a_card_that_a_format_refuses_is_shown_with_the_reason(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        bits = "1" + "10010101000000000010001010"[1:-1] + "1"
        trial = (await api.data(TRY, input={"bits": bits, "formatId": "H10301"}))["tryCardFormat"]["trial"]
        assert (trial["accepted"], trial["reason"]) == (False, "card_parity_error")
        assert trial["facilityCode"] == {"text": "42"}
        assert trial["parities"][1] == {"bit": 26, "odd": True, "expected": False, "found": True}
        for wrong in ({"bits": "01"}, {"bits": "01", "formatId": "H10301", "draft": BADGE}):
            (error,) = (await api.data(TRY, input=wrong))["tryCardFormat"]["errors"]
            assert error == {"code": "VALIDATION", "path": ["formatId"]}


async def test_a_reader_gets_formats_and_pin_rules_of_its_own(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        reader_id = site.reader_a.id
        assert (await api.data(SET_FORMATS, reader=reader_id, formats=["H10301", "H10302"]))[
            "setReaderCardFormats"
        ] == {
            "reader": {"readerName": "Entry", "cardFormats": [{"id": "H10301"}, {"id": "H10302"}]},
            "errors": [],
        }
        (error,) = (await api.data(SET_FORMATS, reader=reader_id, formats=[]))["setReaderCardFormats"]["errors"]
        assert error == {"code": "VALIDATION", "path": ["formatIds"]}
        given = {"minLength": 6, "maxLength": 6, "endKey": ""}
        own = (await api.data(SET_READER_PIN, reader=reader_id, input=given))["setReaderPinRules"]
        assert own == {"reader": {"pinRules": {"minLength": 6, "lockoutAfter": 5}}, "errors": []}
        shown = await api.data(READERS)
        entry, leave = shown["readerSettings"]["nodes"]
        assert (entry["side"], leave["side"]) == ("A", "B")
        assert len(entry["warnings"]) == 5
        assert (leave["cardFormats"], leave["pinRules"], leave["warnings"]) == (None, None, [])
        assert shown["pinRules"] == {
            "minLength": 4, "maxLength": 8, "endKey": "#", "digitTimeoutMs": 5000, "lockoutAfter": 5,
            "lockoutMs": 30000,
        }  # fmt: skip
        assert (await api.data(SET_FORMATS, reader=reader_id))["setReaderCardFormats"]["reader"]["cardFormats"] is None
        assert (await api.data(SET_READER_PIN, reader=reader_id))["setReaderPinRules"]["reader"]["pinRules"] is None


async def test_the_system_s_pin_rules_are_set_and_checked(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        assert (await api.data(SET_PIN, input={"minLength": 5, "endKey": "*"}))["setPinRules"] == {
            "pinRules": {"minLength": 5, "endKey": "*"},
            "errors": [],
        }
        (error,) = (await api.data(SET_PIN, input={"minLength": 2}))["setPinRules"]["errors"]
        assert error == {"code": "VALIDATION", "path": ["minLength"]}


async def test_an_operator_sees_formats_but_does_not_change_them(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        (error,) = (await api.data(ACTIVATE, id="H10301", active=False))["setCardFormatActive"]["errors"]
        assert error["code"] == "PERMISSION"
        (error,) = (await api.data(SET_PIN, input={"minLength": 5}))["setPinRules"]["errors"]
        assert error["code"] == "PERMISSION"
