"""Cardholders, groups and custom fields through the API."""

from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.people.operations import DirectoryEntry, apply_directory
from tests.api import Api, serve_api
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

CARDHOLDER = """
  id version number firstName phone notes suspended longAccess doubleSwipe exemptLockdown exemptAntipassback isGlobal
  visitor escortRequired validTo host { name } groups { name initials memberCount } customFields { name kind value }
  directory directoryFields photoUrl
"""
CREATE = (
    f"mutation($input: CreateCardholderInput!) {{ outcome: createCardholder(input: $input)"
    f" {{ cardholder {{ {CARDHOLDER} }} errors {{ code message path }} }} }}"
)
UPDATE = (
    f"mutation($input: UpdateCardholderInput!) {{ outcome: updateCardholder(input: $input)"
    f" {{ cardholder {{ {CARDHOLDER} }} errors {{ code message path }} }} }}"
)
TRAITS = (
    "suspended",
    "longAccess",
    "doubleSwipe",
    "exemptLockdown",
    "exemptAntipassback",
    "isGlobal",
    "visitor",
    "escortRequired",
)


async def outcome(api: Api, query: str, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.data(query, **variables))["outcome"]
    return found


async def test_a_cardholder_is_made_with_everything_and_changed_a_field_at_a_time(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        field = (
            await outcome(
                api,
                "mutation($input: CreateCustomFieldInput!) { outcome: createCustomField(input: $input)"
                " { customField { id kind position valueCount } errors { message } } }",
                input={"name": "Shoe size", "kind": "NUMBER"},
            )
        )["customField"]
        assert (field["kind"], field["position"], field["valueCount"]) == ("NUMBER", 0, 0)
        made = await outcome(
            api,
            CREATE,
            input={
                "number": "V-1",
                "firstName": "Grace",
                "lastName": "Hopper",
                "phone": "+1 202 555-0100",
                "notes": "two\nlines",
                "groupIds": [site.group.id],
                "hostId": site.ada.id,
                "validTo": "2026-12-31T00:00:00Z",
                "customFields": [{"fieldId": field["id"], "value": "42.0"}],
                **dict.fromkeys(TRAITS, True),
            },
        )
        assert made["errors"] == []
        grace = made["cardholder"]
        assert {name: grace[name] for name in TRAITS} == dict.fromkeys(TRAITS, True)
        assert (grace["phone"], grace["notes"], grace["host"]) == (
            "+1 202 555-0100",
            "two\nlines",
            {"name": "Ada Lovelace"},
        )
        assert grace["customFields"] == [{"name": "Shoe size", "kind": "NUMBER", "value": "42"}]
        assert grace["groups"] == [{"name": "Staff", "initials": "", "memberCount": 2}]
        for name, value in (*((name, False) for name in TRAITS if name != "visitor"), ("notes", ""), ("validTo", None)):
            changed = await outcome(api, UPDATE, input={"id": grace["id"], name: value})
            expected = {**grace, name: value, "version": grace["version"] + 1}
            grace = changed["cardholder"]
            assert grace == expected
        unchanged = await outcome(api, UPDATE, input={"id": grace["id"], "hostId": site.ada.id, "notes": None})
        assert unchanged["cardholder"] == grace
        refused = await outcome(api, UPDATE, input={"id": grace["id"], "expectedVersion": 1, "notes": "x"})
        assert [(error["code"], error["path"]) for error in refused["errors"]] == [("CONFLICT", ["expectedVersion"])]


async def test_cardholders_are_filtered(database_url: str, tmp_path: Path) -> None:
    query = (
        "query($filter: CardholderFilterInput, $search: String)"
        " { cardholders(first: 9, filter: $filter, search: $search) { nodes { number } } }"
    )
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        await outcome(
            api,
            CREATE,
            input={"number": "old", "firstName": "A", "lastName": "Z", "validTo": "2026-01-01T00:00:00Z"},
        )
        for variables, found in (
            ({}, ["E-1", "old"]),
            ({"filter": {"validNow": True}}, ["E-1"]),
            ({"filter": {"validNow": False}}, ["old"]),
            ({"filter": {"groupId": site.group.id}}, ["E-1"]),
            ({"filter": {"suspended": True}}, []),
            ({"filter": {"validNow": None}, "search": "old"}, ["old"]),
        ):
            nodes = (await api.data(query, **variables))["cardholders"]["nodes"]
            assert [node["number"] for node in nodes] == found, variables


async def test_groups_and_their_members_are_managed(database_url: str, tmp_path: Path) -> None:
    members = (
        "mutation($id: ID!, $ids: [ID!]!) { outcome: %s(input: {id: $id, cardholderIds: $ids})"
        " { group { memberCount } errors { message } } }"
    )
    delete = "mutation($id: ID!) { outcome: deleteGroup(input: {id: $id}) { deletedId errors { code message } } }"
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        made = await outcome(
            api,
            "mutation($input: CreateGroupInput!) { outcome: createGroup(input: $input)"
            " { group { id version } errors { message } } }",
            input={"name": "Managers", "initials": "MGR", "isGlobal": True},
        )
        group_id = made["group"]["id"]
        added = await outcome(api, members % "addGroupMembers", id=group_id, ids=[site.ada.id])
        assert added == {"group": {"memberCount": 1}, "errors": []}
        removed = await outcome(api, members % "removeGroupMembers", id=group_id, ids=[site.ada.id])
        assert removed["group"]["memberCount"] == 0
        changed = await outcome(
            api,
            "mutation($input: UpdateGroupInput!) { outcome: updateGroup(input: $input)"
            " { group { name initials isGlobal version } errors { message } } }",
            input={"id": group_id, "initials": "M", "expectedVersion": 3},
        )
        assert changed["group"] == {"name": "Managers", "initials": "M", "isGlobal": True, "version": 4}
        used = await outcome(api, delete, id=site.group.id)
        assert used["errors"][0]["code"] == "CONFLICT"
        assert "access rule Staff" in used["errors"][0]["message"]
        assert (await outcome(api, delete, id=group_id))["deletedId"] == group_id
        listed = await api.data(
            "query($id: ID!) { group(id: $id) { name } groups(first: 100) { nodes { name memberCount } } }", id=group_id
        )
        assert listed == {"group": None, "groups": {"nodes": [{"name": "Staff", "memberCount": 1}]}}


async def test_a_custom_field_is_deleted_only_with_the_right_number(database_url: str, tmp_path: Path) -> None:
    delete = (
        "mutation($id: ID!, $confirm: Int) { outcome: deleteCustomField(input: {id: $id, confirm: $confirm})"
        " { deletedId errors { code message path } } }"
    )
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        made = await outcome(
            api,
            "mutation($input: CreateCustomFieldInput!) { outcome: createCustomField(input: $input)"
            " { customField { id } errors { message } } }",
            input={"name": "Colour", "kind": "CHOICE", "choices": ["red", "blue"], "required": True},
        )
        field_id = made["customField"]["id"]
        values = [{"fieldId": field_id, "value": "green"}]
        refused = await outcome(api, UPDATE, input={"id": site.ada.id, "customFields": values})
        assert refused["errors"][0]["path"] == ["customFields", field_id]
        values[0]["value"] = "blue"
        await outcome(api, UPDATE, input={"id": site.ada.id, "customFields": values})
        changed = await outcome(
            api,
            "mutation($input: UpdateCustomFieldInput!) { outcome: updateCustomField(input: $input)"
            " { customField { name choices required version } errors { message } } }",
            input={"id": field_id, "name": "Color", "choices": ["blue"], "required": False},
        )
        assert changed["customField"] == {"name": "Color", "choices": ["blue"], "required": False, "version": 2}
        unsure = await outcome(api, delete, id=field_id)
        assert (unsure["errors"][0]["code"], unsure["errors"][0]["path"]) == ("CONFLICT", ["confirm"])
        listed = (await api.data("{ customFields(first: 100) { nodes { name valueCount } } }"))["customFields"]["nodes"]
        assert listed == [{"name": "Color", "valueCount": 1}]
        assert (await outcome(api, delete, id=field_id, confirm=1))["deletedId"] == field_id


async def test_a_cardholder_is_released_from_a_directory_and_deleted(database_url: str, tmp_path: Path) -> None:
    delete = (
        "mutation($id: ID!, $version: Int) { outcome: deleteCardholder(input: {id: $id, expectedVersion: $version})"
        " { deletedId errors { code message } } }"
    )
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        entry = DirectoryEntry("ldap", "1", ("first_name", "group_ids"))
        await apply_directory(world.domain, COMMAND_LINE, site.ada.id, entry, {"first_name": "Augusta"})
        refused = await outcome(api, UPDATE, input={"id": site.ada.id, "firstName": "Ada"})
        assert refused["errors"][0]["path"] == ["firstName"]
        assert (await outcome(api, delete, id=site.ada.id))["errors"][0]["code"] == "CONFLICT"
        released = await outcome(
            api,
            "mutation($id: ID!) { outcome: releaseCardholderFromDirectory(input: {id: $id})"
            " { cardholder { firstName directory directoryFields version } errors { message } } }",
            id=site.ada.id,
        )
        assert released["cardholder"] == {
            "firstName": "Augusta",
            "directory": "",
            "directoryFields": [],
            "version": 3,
        }
        assert (await outcome(api, delete, id=site.ada.id, version=3))["deletedId"] == site.ada.id
        again = await outcome(api, delete, id=site.ada.id)
        assert again == {
            "deletedId": None,
            "errors": [{"code": "NOT_FOUND", "message": "There is no such cardholder."}],
        }


async def test_directory_fields_have_the_names_of_the_api(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        await apply_directory(world.domain, COMMAND_LINE, site.ada.id, DirectoryEntry("ldap", "1", ("group_ids",)), {})
        shown = await api.data("query($id: ID!) { cardholder(id: $id) { directory directoryFields } }", id=site.ada.id)
        assert shown["cardholder"] == {"directory": "ldap", "directoryFields": ["groupIds"]}
