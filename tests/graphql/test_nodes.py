"""Anything by its id, as far as the caller may see it."""

from typing import Any

import pytest
from graphql import GraphQLObjectType
from starlette.requests import Request
from starlette.responses import Response

from doorward.acs.actor import COMMAND_LINE, Actor, Permission
from doorward.graphql.context import ApiContext
from doorward.graphql.schema import build_schema
from tests.graphql.test_hostile_input import SCOPE
from tests.graphql.test_statements import grow, statements
from tests.world import World, make_site, only, open_world

pytestmark = pytest.mark.anyio

SCHEMA = build_schema()
OF_OTHERS = {
    "Place": "of what it is: a zone, a door", "UserName": "the user's",
    "AuxInputState": "the auxiliary input's", "AuxOutputState": "the auxiliary output's", "Card": "the credential's",
    "CardholderName": "the cardholder's", "CredentialName": "the credential's", "DoorConfiguration": "the door's",
    "DoorName": "the door's", "GpioDevice": "the device's", "IpDevice": "the device's", "OsdpDevice": "the device's",
    "EntityChange": "of what was changed", "PortDevice": "the device's", "SignInChoice": "the provider's",
    "ReaderConfiguration": "the reader's", "ScheduleUse": "of what uses the schedule",
    "SignalSetReader": "the reader's", "StepSubject": "of what the check names", "ThreatRule": "the access rule's",
    "WiegandDevice": "the device's", "ZoneName": "the zone's",
}  # fmt: skip
WITHOUT_ROW = {
    "DeviceOrder": "orders are in memory only", "DoorCommand": "its events tell of it", "ZoneCommand": "likewise",
    "WebhookDelivery": "found in its webhook's log",
    "Session": "named by a part of its token's hash",
}  # fmt: skip


def implementing() -> set[str]:
    interface: Any = SCHEMA._schema.type_map["Node"]
    return {kind.name for kind in SCHEMA._schema.get_possible_types(interface)}


async def ask(world: World, actor: Actor, text: str, **variables: Any) -> Any:
    context = ApiContext(world.domain, actor, Request(SCOPE), Response())
    result = await SCHEMA.execute(text, context_value=context, variable_values=variables)
    assert result.errors is None, result.errors
    return result.data


def test_what_has_an_id_of_its_own_is_a_node() -> None:
    shown = {
        name
        for name, kind in SCHEMA._schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and "id" in kind.fields
    }
    assert shown == implementing() | OF_OTHERS.keys() | WITHOUT_ROW.keys()
    assert not implementing() & (OF_OTHERS.keys() | WITHOUT_ROW.keys())


async def test_every_kind_is_found_by_its_id_and_only_by_those_who_may_see_it(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await grow(world, site, 1, 3)
        of_kind: dict[str, str] = {}
        for name, field in SCHEMA._schema.query_type.fields.items():  # type: ignore[union-attr]
            kind = getattr(getattr(field.type, "of_type", field.type), "name", "")
            node = kind.removesuffix("Connection")
            if node in implementing() and kind != node:
                data = await ask(world, COMMAND_LINE, f"{{ {name}(last: 1) {{ nodes {{ id }} }} }}")
                of_kind.update((node, row["id"]) for row in data[name]["nodes"])
        people = await ask(world, COMMAND_LINE, "{ cardholders(first: 9) { nodes { credentials { id } } } }")
        of_kind["Credential"] = people["cardholders"]["nodes"][0]["credentials"][0]["id"]
        doors = await ask(world, COMMAND_LINE, "{ doors(first: 9) { nodes { readers { id } } } }")
        of_kind["Reader"] = doors["doors"]["nodes"][0]["readers"][0]["id"]
        empty = implementing() - of_kind.keys()
        assert empty <= {"Bookmark", "HolidayCalendar", "LocalRule", "OverrideSchedule"}, empty
        for kind, node_id in of_kind.items():
            query = "query($id: ID!) { node(id: $id) { __typename id } }"
            assert (await ask(world, COMMAND_LINE, query, id=node_id))["node"] == {"__typename": kind, "id": node_id}
            assert (await ask(world, only(Permission.ACCOUNT_OWN), query, id=node_id))["node"] is None
        ids = [of_kind["Zone"], "nobody", of_kind["Cardholder"], of_kind["Door"], of_kind["Zone"]]
        query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Zone { name } } }"
        seen = [one and one["__typename"] for one in (await ask(world, COMMAND_LINE, query, ids=ids))["nodes"]]
        assert seen == ["Zone", None, "Cardholder", "Door", "Zone"]
        seer = only(Permission.DOOR_VIEW, Permission.CAMERA_VIEW)
        seen = [one and one["__typename"] for one in (await ask(world, seer, query, ids=ids))["nodes"]]
        assert seen == ["Zone", None, None, "Door", "Zone"]


async def test_where_an_id_is_takes_one_statement_however_many_are_asked_for(database_url: str) -> None:
    async with open_world(database_url) as world:
        query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        with statements() as sent:
            data = await ask(world, COMMAND_LINE, query, ids=[f"{number}" for number in range(100)])
        assert (data["nodes"], len(sent)) == ([None] * 100, 1)
        context = ApiContext(world.domain, COMMAND_LINE, Request(SCOPE), Response())
        refused = await SCHEMA.execute(query, context_value=context, variable_values={"ids": ["x"] * 101})
        assert refused.errors is not None
        assert "at most 100" in refused.errors[0].message
