"""Every list that can grow is a connection, and every connection is asked for in the same way."""

import base64
from typing import Any

import pytest
from graphql import GraphQLList, GraphQLNonNull, get_named_type
from starlette.requests import Request
from starlette.responses import Response

from doorward.acs.actor import COMMAND_LINE, Actor, Permission
from doorward.acs.paging import MAX_PAGE
from doorward.graphql.context import ApiContext
from doorward.graphql.schema import build_schema
from tests.graphql.test_hostile_input import SCOPE
from tests.graphql.test_nodes import implementing
from tests.graphql.test_statements import grow
from tests.world import World, make_site, only, open_world

pytestmark = pytest.mark.anyio

SCHEMA = build_schema()
ENOUGH = {
    "Query.eventsAround": "at most 200 (recordings.MOST_AROUND)",
    "Query.nodes": "at most 100 ids",
    "AccessRule.groups": "at most 10,000 members of each kind (rules.members.MOST_MEMBERS)",
    "AccessRule.schedules": "likewise",
    "CameraTimeline.bookmarks": "at most 1,000 (recordings.MOST_BOOKMARKS)",
    "Cardholder.groups": "a person is in few",
    "Cardholder.credentials": "a person has few",
    "Door.cameras": "a door side is seen by few",
    "Door.readers": "at most a few a side",
    "Event.bookmarks": "one for each camera of its door side",
    "OverrideSchedule.calendars": "at most what there is to follow, and few",
    "ReaderSettings.cardFormats": "at most the card formats that there are",
}
"""Lists of nodes that are no connections, and what bounds them."""
CLOSED = {
    "commandReasons": "the actions there are",
    "cameraTimelines": "at most 16 cameras (recordings.MOST_CAMERAS)",
    "doorPorts": "what is wired for one door",
    "eventsAround": "at most 200 (recordings.MOST_AROUND)",
    "eventTypes": "what this version can tell of",
    "holidayCountries": "those whose holidays this version knows",
    "localRuleEvents": "what a local rule of this version can go by",
    "motionSearch": "at most 1,000 (motion.MOST_FINDINGS)",
    "nodes": "at most 100 ids",
    "privileges": "the permissions of this version",
    "signInChoices": "at most 20 providers (users.oidc_providers.MOST_PROVIDERS)",
    "wiegandFramings": "those that this version knows",
}
"""Lists of the root that are no connections, and what bounds them."""
BY_ARGUMENT = {
    "cardsNumbered": 'number: "1"',
    "occupants": 'zoneId: "x"',
    "privilegeSources": 'userId: "x"',
    "webhookDeliveries": 'webhookId: "x"',
}
PLACE = "hasNextPage hasPreviousPage startCursor endCursor"
ELSEWHERE = {"whoCanPass", "compareDraft"}
"""Lists within an answer that is worked out: tests/graphql/test_questions.py asks for their pages."""
OWN = {"webhookMessages"}
"""For whoever answers for a webhook, and only forwards: tests/graphql/test_webhooks.py asks for their pages."""


def connections() -> dict[str, Any]:
    fields = SCHEMA._schema.query_type.fields  # type: ignore[union-attr]
    return {
        name: field
        for name, field in fields.items()
        if get_named_type(field.type).name.endswith("Connection") and name not in OWN
    }


def asked(name: str, given: str, below: str = "nodes { __typename }") -> str:
    given = ", ".join(part for part in (BY_ARGUMENT.get(name, ""), given) if part)
    return f"{{ {name}{f'({given})' if given else ''} {{ {below} }} }}"


async def execute(world: World, text: str, actor: Actor = COMMAND_LINE) -> Any:
    return await SCHEMA.execute(text, context_value=ApiContext(world.domain, actor, Request(SCOPE), Response()))


def test_lists_of_nodes_are_connections_or_bounded() -> None:
    lists = set()
    for name, kind in SCHEMA._schema.type_map.items():
        if name.startswith("__") or not hasattr(kind, "interfaces") or name.endswith(("Connection", "Payload")):
            continue
        for field_name, field in kind.fields.items():  # type: ignore[attr-defined]
            bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            of = get_named_type(field.type).name
            if isinstance(bare, GraphQLList) and (of in implementing() or of == "Node"):
                lists.add(f"{name}.{field_name}")
    assert lists == ENOUGH.keys()


def test_lists_of_the_root_are_connections_or_closed() -> None:
    found = set()
    for name, field in SCHEMA._schema.query_type.fields.items():  # type: ignore[union-attr]
        bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        if isinstance(bare, GraphQLList):
            found.add(name)
    assert found == CLOSED.keys()


def test_connections_are_asked_for_alike() -> None:
    found = connections()
    assert len(found) == 49
    for name, field in found.items():
        assert {"first", "after", "last", "before"} <= field.args.keys(), name
        connection: Any = get_named_type(field.type)
        assert {"edges", "pageInfo", "nodes", "totalCount"} == connection.fields.keys(), name
        assert "ermission" in field.description, name


async def test_every_connection_wants_a_size_from_1_to_100_and_its_own_cursors(database_url: str) -> None:
    foreign = base64.b64encode(b'["another",1]').decode()
    async with open_world(database_url) as world:
        for name in connections():
            for given, words in (
                ("", "either first or last"),
                ("first: 1, last: 1", "either first or last"),
                ("first: 0", "1 to 100 rows"),
                (f"last: {MAX_PAGE + 1}", "1 to 100 rows"),
                ("first: -1", "1 to 100 rows"),
                ('first: 1, after: "x"', "not a cursor"),
                (f'last: 1, before: "{foreign}"', "cursor"),
            ):
                result = await execute(world, asked(name, given))
                assert result.errors is not None, (name, given)
                assert words in result.errors[0].message, (name, given)
                assert result.errors[0].extensions["code"] == "VALIDATION", (name, given)


async def test_pages_of_one_are_the_list_both_ways_in_every_order_and_are_counted(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await grow(world, site, 1, 4)
        for name, field in connections().items():
            by = get_named_type(field.args["orderBy"].type) if "orderBy" in field.args else None
            for order in [None, *(by.values if by is not None else ())]:
                ordered = f", orderBy: {order}" if order else ""
                whole = await pages(world, name, f"first: 100{ordered}", 9)
                assert await pages(world, name, f"first: 1{ordered}", 999) == whole, (name, order)
                assert (await pages(world, name, f"last: 2{ordered}", 999)) == whole, (name, order)
            counted = await execute(world, asked(name, "first: 1", "totalCount { count exact }"))
            assert counted.data[name]["totalCount"] == {"count": len(whole), "exact": True}, name


async def pages(world: World, name: str, given: str, most: int) -> list[str]:
    """The cursors of a list in its order, from at most so many pages."""
    found: list[list[str]] = []
    cursor, backward = "", "last" in given
    for _ in range(most):
        bound = f', {"before" if backward else "after"}: "{cursor}"' if cursor else ""
        result = await execute(
            world,
            asked(
                name, given + bound, "edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
            ),
        )
        assert result.errors is None, (name, result.errors)
        page = result.data[name]
        found.append([edge["cursor"] for edge in page["edges"]])
        info = page["pageInfo"]
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            break
        cursor = info["startCursor" if backward else "endCursor"]
    return [one for page_of in (found[::-1] if backward else found) for one in page_of]


async def test_nobody_reads_a_list_without_its_permission(database_url: str) -> None:
    async with open_world(database_url) as world:
        for name in connections():
            result = await execute(world, asked(name, "first: 1", "totalCount { count }"), only(Permission.DATA_SEARCH))
            assert result.data is None, name
            assert result.errors is not None
            assert result.errors[0].extensions["code"] == "PERMISSION", name
