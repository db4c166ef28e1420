"""Every field of the schema, asked by those who may not, by those who may, and by those who may elsewhere only.

What a field takes is read from its description; arguments and what to ask for follow from the schema. Only real rows
tell: whoever may something here only never sees a name or an id of what is far.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from starlette.requests import Request
from starlette.responses import Response
from strawberry.types import ExecutionResult

from doorward.acs.actor import Actor, Permission, anonymous
from doorward.acs.privilege import EVERYWHERE_ONLY
from doorward.graphql.context import ApiContext
from doorward.graphql.paging import encode_cursor
from doorward.graphql.schema import build_schema
from tests.acs.test_walk_permissions import everything
from tests.two_places import Spot, TwoPlaces, make_two_places, only_at
from tests.world import World, only, open_world

pytestmark = pytest.mark.anyio

SCHEMA = build_schema()
CORE = SCHEMA._schema
_OPEN = "Needs no permission"
_TAKES = re.compile(r"Permissions?: (.*)", re.DOTALL)
_NAME = re.compile(r"[a-z_]+\.[a-z]+")
_DENIED = {"UNAUTHENTICATED", "PERMISSION"}
DEEP = 4
OPEN = {
    "viewer", "setUpDue", "signIn", "setUp", "signOut", "pairMobile", "beginPasskeySignIn", "signInWithPasskey",
    "signInChoices", "rateLimit", "node", "nodes",
}  # fmt: skip
"""What needs no permission; everything else names one."""
BY_SHAPE = {"tryCardFormat", "setOsdpMainKey"}
"""What is refused for its arguments before anybody looks who asks: nothing is done or shown."""
SHOWS_PLACES = {
    "accessRule", "accessRules", "auxStates", "bookmarks", "cameras", "door", "doorConfiguration", "doorConfigurations",
    "doors", "event", "events", "zones",
}  # fmt: skip
"""Queries that show something far to whoever may everything, and nothing of it to whoever may things near only."""


@dataclass(frozen=True)
class Root:
    """A root field."""

    kind: str
    name: str
    field: GraphQLField

    @property
    def takes(self) -> set[Permission]:
        """The permissions that its description names."""
        found = _TAKES.search(self.field.description or "")
        return {Permission(name) for name in _NAME.findall(found[1])} if found else set()

    @property
    def needs(self) -> set[Permission]:
        """Those of them without any of which it is refused."""
        text = (_TAKES.search(self.field.description or "") or ["", ""])[1]
        first = re.split(r"; ", text)[0]
        return {Permission(name) for name in _NAME.findall(first)}


def roots(kind: str) -> list[Root]:
    """Every root field of a kind."""
    of = cast(GraphQLObjectType, getattr(CORE, f"{kind}_type"))
    return [Root(kind, name, field) for name, field in of.fields.items()]


def literal(given: GraphQLType, name: str, ids: dict[str, str]) -> str:
    """Something of a type, as a document writes it."""
    if is_non_null_type(given):
        return literal(given.of_type, name, ids)
    if is_list_type(given):
        return f"[{literal(given.of_type, name, ids)}]"
    named = get_named_type(given)
    if isinstance(named, GraphQLEnumType):
        return str(next(iter(named.values)))
    if isinstance(named, GraphQLInputObjectType):
        fields = {key: each.type for key, each in named.fields.items() if is_required_input_field(each)}
        if not fields:  # one of them
            fields = {key: each.type for key, each in list(named.fields.items())[:1]}
        return "{" + ", ".join(f"{key}: {literal(kind, key, ids)}" for key, kind in fields.items()) + "}"
    scalars = {
        "Int": "1", "Float": "1.0", "Boolean": "true", "DateTime": '"2026-11-24T12:00:00Z"', "Date": '"2026-11-23"',
        "Time": '"12:00"', "ID": json.dumps(ids.get(name, ids["id"])),
    }  # fmt: skip
    words = {"permission": "door.view", "permissions": "door.view", "data": "QUJD", "contentBase64": "QUJD"}
    return scalars.get(str(named), json.dumps(words.get(name, "Monday")))


def selection(kind: GraphQLType, deep: int = DEEP) -> str:
    """All that can be asked of a type without arguments, so deep."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    parts = ["__typename"]
    for name, field in getattr(named, "fields", {}).items():
        if any(is_required_argument(each) for each in field.args.values()):
            continue
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            parts.append(name)
        elif deep > 1 and not {"first", "last"} & field.args.keys():
            parts.append(f"{name} {selection(inner, deep - 1)}")
    return "{ " + " ".join(parts) + " }"


def document(root: Root, ids: dict[str, str], deep: int = DEEP) -> str:
    """The field with what it requires."""
    wanted: dict[str, GraphQLArgument] = {
        name: each for name, each in root.field.args.items() if is_required_argument(each) or name == "first"
    }
    given = [f"{name}: {'50' if name == 'first' else literal(each.type, name, ids)}" for name, each in wanted.items()]
    arguments = f"({', '.join(given)})" if given else ""
    return f"{root.kind} {{ {root.name}{arguments} {selection(root.field.type, deep)} }}"


def context(world: World, actor: Actor) -> ApiContext:
    """A request of somebody's."""
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": [], "query_string": b"", "scheme": "http"}
    return ApiContext(world.domain, actor, Request(scope), Response())


async def ask(world: World, actor: Actor, root: Root, ids: dict[str, str]) -> dict[str, Any]:
    """What comes of a query or a mutation; asked less deeply where it is too much for one request."""
    for deep in range(DEEP, 0, -1):
        result = await SCHEMA.execute(document(root, ids, deep), context_value=context(world, actor))
        assert isinstance(result, ExecutionResult)
        limited = [error.message for error in result.errors or () if not error.path]
        if not limited:
            break
        assert deep > 1, limited
    return told(result)


def told(result: Any) -> dict[str, Any]:
    """Data and the codes of everything that went wrong."""
    codes = [str((error.extensions or {}).get("code", error.message)) for error in result.errors or ()]
    for payload in (result.data or {}).values():
        failures = payload.get("errors", ()) if isinstance(payload, dict) else ()
        codes.extend(error["code"] for error in failures)
    return {"data": result.data, "codes": codes}


def ids_of(spot: Spot, root: Root | None = None) -> Iterator[dict[str, str]]:
    """Ids to ask with: by the names of arguments, and `id` for each thing in turn where the field names one so."""
    known = {
        "doorId": spot.door.id,
        "zoneId": spot.zone.id,
        "cameraId": spot.camera.id,
        "inputId": spot.input.id,
        "outputId": spot.output.id,
        "eventId": spot.event_id,
        "ruleId": spot.rule.id,
    }
    named_by_id = root is None or "id" in root.field.args or "ids" in root.field.args or root.kind == "mutation"
    for each in known.values() if named_by_id else (spot.door.id,):
        yield {**known, "id": each}


def marks(spot: Spot) -> set[str]:
    """What tells that something of a spot is shown."""
    rows = (spot.zone, spot.door, spot.camera, spot.input, spot.output, spot.rule)
    return {spot.event_id, spot.bookmark.id, *(row.id for row in rows), *(row.name for row in rows)}


def shown(reply: dict[str, Any], spot: Spot) -> set[str]:
    """What of a spot is in a reply."""
    text = json.dumps(reply["data"], default=str)
    return {mark for mark in marks(spot) if mark in text}


def test_every_field_says_what_it_takes() -> None:
    every = [root for kind in ("query", "mutation", "subscription") for root in roots(kind)]
    is_open = {root.name for root in every if _OPEN in (root.field.description or "")}
    assert {root.name for root in every if not root.takes} == is_open == OPEN


@pytest.mark.parametrize("kind", ["query", "mutation"])
async def test_who_lacks_the_permission_is_refused_and_nothing_changes(database_url: str, kind: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        ids, wrong = next(ids_of(two.near)), []
        before = await everything()
        for root in roots(kind):
            if root.name in OPEN:
                continue
            nobody = await ask(world, anonymous(), root, ids)
            if set(nobody["codes"]) != {"UNAUTHENTICATED"} and root.name not in BY_SHAPE:
                wrong.append((root.name, nobody["codes"]))
            if Permission.ACCOUNT_OWN in root.takes and len(root.takes) == 1 and kind == "query":
                continue  # whoever is signed in has it
            lacking = await ask(world, only(*(set(Permission) - root.needs)), root, ids)
            if set(lacking["codes"]) != {"PERMISSION"} and root.name not in BY_SHAPE:
                wrong.append((root.name, lacking["codes"]))
        assert not wrong, wrong
        assert await everything() == before


async def test_who_has_the_permission_is_heard(database_url: str) -> None:
    """The permissions that the description names are enough: nothing else is asked for."""
    async with open_world(database_url) as world:
        two, wrong = await make_two_places(world), []
        for kind in ("query", "mutation"):
            for root in roots(kind):
                takes = root.takes | ({Permission.ACCESS_ASSIGN} if root.name == "compareDraft" else set())
                takes |= TO_SEE if kind == "mutation" else set()
                reply = await ask(world, only(*takes), root, next(ids_of(two.near)))
                if _DENIED & set(reply["codes"]) and root.name not in OPEN | OWN | GIVES:
                    wrong.append((root.name, reply["codes"]))
        assert not wrong, wrong


GIVES = {"createUser", "createServiceAccount"}
"""What gives rights, which nobody does who does not have them: here those of an administrator."""
TO_SEE = {Permission.CONFIGURATION_VIEW, Permission.DOOR_VIEW, Permission.CARDHOLDER_VIEW, Permission.IO_READ}
"""What it takes to see what was changed."""
OWN = {
    "beginSecondFactor", "changePassword", "createOwnToken", "makeRecoveryCodes", "removeOwnSecondFactor",
    "confirmSecondFactor", "dropSecondFactor", "endOtherSessions", "endOwnSession", "revokeOwnToken",
    "addPasskey", "beginOidcLink", "beginPasskey", "removeOwnPasskey", "renamePasskey", "unlinkOidc",
}  # fmt: skip
"""What is for a user whom there is: the actor of this test has no row."""


async def test_who_may_things_near_sees_nothing_of_what_is_far(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        near = await only_at(two.near, *Permission)
        everywhere = only(*Permission)
        shows: set[str] = set()
        for root in roots("query"):
            for ids in ids_of(two.far, root):
                if shown(await ask(world, everywhere, root, ids), two.far):
                    shows.add(root.name)
                found = await ask(world, near, root, ids)
                assert not shown(found, two.far), (root.name, shown(found, two.far))
        everywhere_only = {root.name for root in roots("query") if root.needs & EVERYWHERE_ONLY}
        placed = {name for name in shows - everywhere_only if name in SHOWS_PLACES}
        assert placed == SHOWS_PLACES, SHOWS_PLACES - placed
        seen = set()
        for root in roots("query"):
            for ids in ids_of(two.near, root):
                if shown(await ask(world, near, root, ids), two.near):
                    seen.add(root.name)
        assert seen >= SHOWS_PLACES, SHOWS_PLACES - seen


async def test_commands_to_what_is_far_do_nothing(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        near = await only_at(two.near, *Permission)
        before = await everything()
        for root in roots("mutation"):
            if root.name in OPEN:
                continue
            for ids in ids_of(two.far, root):
                reply = await ask(world, near, root, ids)
                assert reply["codes"], (root.name, reply)
                assert not shown(reply, two.far), (root.name, reply)
            assert await everything() == before, root.name


async def first_of(world: World, actor: Actor, root: Root) -> dict[str, Any]:
    """The first thing that a subscription brings."""
    result = await SCHEMA.subscribe(document(root, {"id": "x"}, 2), context_value=context(world, actor))
    if not hasattr(result, "__aiter__"):
        return told(result)
    async with aclosing(cast(AsyncIterator[Any], result)) as results:  # type: ignore[type-var]
        return told(await anext(results))


async def all_near(world: World, actor: Actor, root: Root, two: TwoPlaces) -> list[dict[str, Any]]:
    """What a subscription brings before it waits for news."""
    found: list[dict[str, Any]] = []
    text = document(root, {"id": "x"}, 2)
    if root.name in OF_THE_LOG:
        text = text.replace(f" {root.name} ", f' {root.name}(after: "{START_OF_LOG}") ', 1)
    result = await SCHEMA.subscribe(text, context_value=context(world, actor))
    async with aclosing(cast(AsyncIterator[Any], result)) as results:  # type: ignore[type-var]
        while True:
            try:
                async with asyncio.timeout(1.0):
                    found.append(told(await anext(results)))
            except (TimeoutError, StopAsyncIteration):
                return found


START_OF_LOG = encode_cursor("0")
OF_THE_LOG = {"events", "alarms", "changes"}
"""Their cursors are places in the log; those of states are not."""
TELLS_OF_PLACES = {"auxStates", "cameraStates", "doorStates", "events"}
"""Subscriptions that bring something of each place at once. No alarm has happened here, and changes are told to those
who may look at things everywhere."""


async def test_subscriptions_are_for_those_who_may_and_show_what_is_near(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stays(self: ApiContext) -> Actor:
        return self.actor

    monkeypatch.setattr(ApiContext, "_look", stays)
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        near = await only_at(two.near, *Permission)
        for root in roots("subscription"):
            nobody = await first_of(world, anonymous(), root)
            assert nobody["codes"], root.name
            assert not nobody["data"]
            lacking = await first_of(world, only(*(set(Permission) - root.takes)), root)
            assert lacking["codes"], root.name
            assert not lacking["data"]
            everywhere = await all_near(world, only(*Permission), root, two)
            tells = root.name in TELLS_OF_PLACES
            assert any(shown(each, two.far) for each in everywhere) or not tells, root.name
            found = await all_near(world, near, root, two)
            assert any(shown(each, two.near) for each in found) or not tells, root.name
            assert not any(shown(each, two.far) for each in found), root.name
