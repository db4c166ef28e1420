"""What every mutation has in common: its shape, its typed errors, and that a key makes a repeat harmless."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType
from starlette.requests import Request
from starlette.responses import Response
from tortoise import Tortoise

from doorward.acs.actor import COMMAND_LINE, Actor, Role, anonymous
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.messages import CommandResult, CommandStatus, DoorCommand, ToController
from doorward.acs.people.models import Group
from doorward.acs.requests.keyed import KEPT, clear_keys
from doorward.acs.requests.models import KeyedRequest
from doorward.acs.site.operations import update_site
from doorward.acs.site.reasons import CommandKind
from doorward.acs.users.models import Token, User
from doorward.acs.users.operations import update_user
from doorward.graphql.context import ApiContext
from doorward.graphql.schema import build_schema
from tests.api import PASSWORD, Api, serve_api
from tests.graphql.test_hostile_input import SCOPE, Dice, ids_of, question
from tests.world import Site, World, make_site, open_world

pytestmark = pytest.mark.anyio

SCHEMA = build_schema()
MUTATIONS = SCHEMA._schema.mutation_type.fields  # type: ignore[union-attr]
FOR_NOBODY = {"signIn", "setUp", "pairMobile", "signInWithPasskey"}
"""Nobody is signed in there, so there is nobody whose key it would be."""
ERRORS = "errors { code message path version }"
CREATE_GROUP = f"mutation($input: CreateGroupInput!) {{ done: createGroup(input: $input) {{ group {{ id name version }} {ERRORS} }} }}"  # noqa: E501


@pytest.mark.parametrize("name", MUTATIONS)
async def test_every_mutation_takes_one_input_and_tells_its_errors_in_its_payload(name: str) -> None:
    field = MUTATIONS[name]
    assert list(field.args) == ["input"]
    kind = field.args["input"].type
    assert str(kind) == f"{name[0].upper()}{name[1:]}Input!"
    assert ("idempotencyKey" in kind.of_type.fields) is (name not in FOR_NOBODY)
    assert isinstance(field.type, GraphQLNonNull)
    payload = field.type.of_type
    assert isinstance(payload, GraphQLObjectType)
    assert payload.name.endswith("Payload")
    assert str(payload.fields["errors"].type) == "[OperationError!]!"


async def ask(world: World, actor: Actor, text: str, variables: dict[str, Any]) -> Any:
    """The payload of the one mutation of a request that is executed."""
    context = ApiContext(world.domain, actor, Request(SCOPE), Response())
    result = await SCHEMA.execute(text, variable_values=variables, context_value=context)
    assert result.errors is None, result.errors
    assert result.data is not None
    return next(iter(result.data.values()))


async def everything() -> dict[str, Any]:
    """All rows of all tables."""
    models = (Tortoise.apps or {})["acs"].values()
    return {model.__name__: await model.all().order_by(model._meta.db_pk_column).values() for model in models}


async def test_who_may_not_gets_a_typed_error_and_nothing_happens(database_url: str) -> None:
    async with open_world(database_url) as world:
        ids = await ids_of(world)
        before = await everything()
        signed_in = Actor("somebody", "somebody", frozenset(), "api")
        for actor, expected in ((anonymous(), "UNAUTHENTICATED"), (signed_in, "PERMISSION")):
            for name, field in MUTATIONS.items():
                if name in FOR_NOBODY | {"signOut", "beginPasskeySignIn"}:
                    continue
                seen = set()
                dice = Dice(name, ids)
                for _ in range(300):
                    variables = {"input": dice.value(field.args["input"].type)}
                    variables["input"]["idempotencyKey"] = None
                    try:
                        payload = await ask(world, actor, question("mutation", name, SCHEMA._schema), variables)
                    except AssertionError as error:
                        assert "Variable" in str(error) or "VALIDATION" in str(error), (name, error)  # noqa: PT017
                        continue
                    seen |= {error["code"] for error in payload["errors"]}
                    if expected in seen:
                        break
                assert expected in seen, (name, seen)
                assert seen <= {expected, "VALIDATION"}, (name, seen)
        assert await everything() == before


async def test_the_same_key_makes_one_thing_even_at_the_same_moment(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        given = {"name": "Staff", "idempotencyKey": "import-7"}
        replies = await asyncio.gather(*(api.data(CREATE_GROUP, input=given) for _ in range(6)))
        (first, *others) = [reply["done"] for reply in replies]
        assert first["errors"] == []
        assert all(other == first for other in others)
        assert await Group.filter(name="Staff").count() == 1
        assert await Event.filter(type=EventType.GROUP_CREATED).count() == 1


async def test_a_key_for_something_else_is_a_conflict_and_another_s_key_is_another_s(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR, Role.OPERATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        await api.data(CREATE_GROUP, input={"name": "Staff", "idempotencyKey": "k"})
        (error,) = (await api.data(CREATE_GROUP, input={"name": "Guests", "idempotencyKey": "k"}))["done"]["errors"]
        assert (error["code"], error["path"]) == ("CONFLICT", ["idempotencyKey"])
        operator = await User.get(name=Role.OPERATOR.value)
        await update_user(world.domain, COMMAND_LINE, operator.id, {"role": Role.ADMINISTRATOR})
        await api.sign_in(Role.OPERATOR)
        made = (await api.data(CREATE_GROUP, input={"name": "Guests", "idempotencyKey": "k"}))["done"]
        assert made["errors"] == []
        for key in ("", "x" * 256, "a\nb"):
            (error,) = (await api.data(CREATE_GROUP, input={"name": "X", "idempotencyKey": key}))["done"]["errors"]
            assert (error["code"], error["path"]) == ("VALIDATION", ["idempotencyKey"])


async def test_the_repeat_is_answered_with_what_is_there_now(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        given = {"name": "Staff", "idempotencyKey": "k"}
        group = (await api.data(CREATE_GROUP, input=given))["done"]["group"]
        rename = 'mutation($id: ID!) { done: updateGroup(input: {id: $id, name: "All staff"}) { errors { code } } }'
        await api.data(rename, id=group["id"])
        again = (await api.data(CREATE_GROUP, input=given))["done"]["group"]
        assert again == {"id": group["id"], "name": "All staff", "version": 2}
        delete = (
            "mutation($id: ID!) "
            '{ done: deleteGroup(input: {id: $id, idempotencyKey: "d"}) { deletedId errors { code } } }'
        )
        replies = [(await api.data(delete, id=group["id"]))["done"] for _ in range(2)]
        assert replies == [{"deletedId": group["id"], "errors": []}] * 2
        (error,) = (await api.data(CREATE_GROUP, input=given))["done"]["errors"]
        assert error["code"] == "NOT_FOUND"


async def test_what_failed_leaves_the_key_free_and_a_day_frees_it_too(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        refused = (await api.data(CREATE_GROUP, input={"name": " ", "idempotencyKey": "k"}))["done"]
        assert refused["errors"][0]["code"] == "VALIDATION"
        assert not await KeyedRequest.exists()
        await api.data(CREATE_GROUP, input={"name": "Staff", "idempotencyKey": "k"})
        assert await clear_keys(world.clock()) == 0
        world.clock.advance(KEPT)
        await api.sign_in(Role.ADMINISTRATOR)
        made = (await api.data(CREATE_GROUP, input={"name": "Guests", "idempotencyKey": "k"}))["done"]
        assert made["errors"] == []
        world.clock.advance(KEPT + timedelta(seconds=1))
        assert await clear_keys(world.clock()) == 1


async def test_a_crash_before_the_end_leaves_neither_the_effect_nor_the_key(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("the machine lost power")

    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        given = {"name": "Staff", "idempotencyKey": "k"}
        with monkeypatch.context() as broken:
            broken.setattr("doorward.acs.operation.finish", crash)
            assert (await api.ask(CREATE_GROUP, input=given))["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert not await Group.exists()
        assert (await api.data(CREATE_GROUP, input=given))["done"]["errors"] == []
        assert await Group.all().count() == 1


async def test_a_secret_is_shown_once_and_nothing_that_was_sent_is_kept(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        create = f"mutation($input: CreateOwnTokenInput!) {{ done: createOwnToken(input: $input) {{ text {ERRORS} }} }}"
        given = {
            "password": PASSWORD, "name": "Badges", "permissions": ["event.view"], "idempotencyKey": "a-key-in-plain",
            "expiresAt": (world.clock() + timedelta(days=3)).isoformat(),
        }  # fmt: skip
        first = (await api.data(create, input=given))["done"]
        assert first["text"]
        again = (await api.data(create, input=given))["done"]
        assert (again["text"], again["errors"][0]["code"]) == (None, "CONFLICT")
        assert "given only once" in again["errors"][0]["message"]
        assert await Token.all().count() == 1
        kept = str(await KeyedRequest.all().values())
        assert not [secret for secret in (PASSWORD, "a-key-in-plain", "Badges", first["text"]) if secret in kept]


COMMAND = "command { id status detail }"
LOCK = f"mutation($input: LockDoorInput!) {{ done: lockDoor(input: $input) {{ {COMMAND} {ERRORS} }} }}"


class Door:
    """A door whose controller answers as is said, and notes what it was sent."""

    def __init__(self, world: World, answer: Callable[[DoorCommand], CommandResult | None]) -> None:
        self.sent: list[DoorCommand] = []

        def hear(message: ToController) -> None:
            if isinstance(message, DoorCommand):
                self.sent.append(message)
                if (result := answer(message)) is not None:
                    world.domain.doors.resolve(result)

        world.domain.doors.attach(world.controller.id, hear)


async def lock(api: Api, site: Site, **given: Any) -> Any:
    return (await api.data(LOCK, input={"doorId": site.door.id, **given}))["done"]


async def test_a_command_is_sent_once_and_the_repeat_tells_how_it_stands(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        refused = await lock(api, site, idempotencyKey="k")
        assert refused["errors"][0]["code"] == "CONTROLLER_OFFLINE"
        asked = asyncio.Event()

        def later(_: DoorCommand) -> None:
            asked.set()

        door = Door(world, later)
        first = asyncio.create_task(lock(api, site, idempotencyKey="k"))
        await asyncio.wait_for(asked.wait(), 10)
        meanwhile = await lock(api, site, idempotencyKey="k")
        assert meanwhile["command"] == {"id": door.sent[0].id, "status": "REQUESTED", "detail": ""}
        world.domain.doors.resolve(CommandResult(door.sent[0].id, CommandStatus.FAILED, "The lock is stuck."))
        done = await first
        assert done["command"]["status"] == "FAILED"
        assert await lock(api, site, idempotencyKey="k") == done
        assert len(door.sent) == 1
        failed = await Event.filter(type=EventType.DOOR_COMMAND_FAILED).order_by("-position").first()
        assert failed is not None
        assert failed.data["after"]["status"] == "failed"


async def test_a_command_whose_answer_was_lost_has_expired(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        door = Door(world, lambda command: CommandResult(command.id, CommandStatus.CONFIRMED))
        await lock(api, site, idempotencyKey="k")
        await KeyedRequest.all().update(answer=None)  # As if the server had stopped between the two.
        assert (await lock(api, site, idempotencyKey="k"))["command"]["status"] == "REQUESTED"
        world.clock.advance(timedelta(seconds=6))
        assert (await lock(api, site, idempotencyKey="k"))["command"]["status"] == "EXPIRED"
        assert len(door.sent) == 1


async def test_a_command_that_comes_too_late_is_not_sent(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        door = Door(world, lambda command: CommandResult(command.id, CommandStatus.CONFIRMED))
        late = await lock(api, site, expiresAt=world.clock().isoformat())
        assert (late["errors"][0]["code"], late["errors"][0]["path"]) == ("EXPIRED", ["expiresAt"])
        soon = world.clock() + timedelta(seconds=2)
        assert (await lock(api, site, expiresAt=soon.isoformat()))["errors"] == []
        assert [command.expires_at for command in door.sent] == [soon]


async def test_where_the_site_wants_a_reason_none_is_refused(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await update_site(world.domain, COMMAND_LINE, {"reasons_for": [CommandKind.LOCK]})
        await api.sign_in(Role.OPERATOR)
        assert await api.data("{ commandReasons }") == {"commandReasons": ["LOCK"]}
        door = Door(world, lambda command: CommandResult(command.id, CommandStatus.CONFIRMED))
        for reason in ("", "  "):
            refused = await lock(api, site, reason=reason)
            assert (refused["errors"][0]["code"], refused["errors"][0]["path"]) == ("VALIDATION", ["reason"])
        zone = "mutation($id: ID!) { done: lockZone(input: {zoneId: $id}) { errors { path } } }"
        assert (await api.data(zone, id=site.zones[0]))["done"]["errors"] == [{"path": ["reason"]}]
        assert not door.sent
        assert (await lock(api, site, reason="Delivery"))["errors"] == []
        reset = "mutation($id: ID!) { done: resetDoor(input: {doorId: $id}) { errors { path } } }"
        assert (await api.data(reset, id=site.door.id))["done"]["errors"] == []


VERSIONED = {
    "deleteSchedule", "deleteOverrideSchedule", "deleteHolidayCalendar", "deleteCardFormat", "deleteController",
    "deleteOsdpDevice", "deleteIpDevice", "deleteWiegandDevice", "updateOsdpDevice", "updateIpDevice",
    "updateGpioDevice", "updateWiegandDevice", "updateSite", "renameController",
}  # fmt: skip
UNVERSIONED = {"renamePasskey"}
"""One's own, and nothing but its name changes."""


def test_updates_and_deletions_take_the_version_that_was_seen() -> None:
    for name, field in MUTATIONS.items():
        if name.startswith(("update", "delete", "rename")) and name not in UNVERSIONED:
            assert "expectedVersion" in field.args["input"].type.of_type.fields, name
    assert set(MUTATIONS) >= VERSIONED


async def test_an_outdated_version_is_a_conflict_that_says_the_present_one(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        update = f"mutation($input: UpdateSiteInput!) {{ done: updateSite(input: $input) {{ site {{ name version }} {ERRORS} }} }}"  # noqa: E501
        first = (await api.data(update, input={"name": "North", "expectedVersion": 1}))["done"]
        assert first["site"] == {"name": "North", "version": 2}
        second = (await api.data(update, input={"name": "South", "expectedVersion": 1}))["done"]
        assert second["site"] is None
        (error,) = second["errors"]
        assert (error["code"], error["path"], error["version"]) == ("CONFLICT", ["expectedVersion"], 2)
        create = (
            f'mutation {{ done: createController(input: {{name: "Gate"}}) {{ controller {{ id version }} {ERRORS} }} }}'
        )
        controller = (await api.data(create))["done"]["controller"]
        delete = f"mutation($input: DeleteControllerInput!) {{ done: deleteController(input: $input) {{ deletedId {ERRORS} }} }}"  # noqa: E501
        stale = await api.data(delete, input={"id": controller["id"], "expectedVersion": 9})
        assert stale["done"]["errors"][0]["version"] == controller["version"] == 1
        assert (await api.data(delete, input={"id": controller["id"], "expectedVersion": 1}))["done"]["errors"] == []
