"""Whoever changes what somebody else has changed meanwhile is told so, and nothing is done."""

import asyncio
import re
import shutil
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher
from graphql import GraphQLInputObjectType, build_schema, get_named_type, print_ast

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.database import sqlite_url
from doorward.acs.decision.policy import PinRules
from doorward.acs.doors.elevators import NewFloor, add_floor, create_elevator
from doorward.acs.doors.models import Elevator, Reader
from doorward.acs.doors.signals import reader_signals, set_reader_signals
from doorward.acs.errors import Conflict
from doorward.acs.events.models import Event
from doorward.acs.formats.operations import set_reader_formats
from doorward.acs.formats.pin_operations import set_pin_rules, set_reader_pin_rules
from doorward.acs.formats.queries import system_pin_rules
from doorward.acs.people.group_operations import add_members, remove_members
from doorward.acs.people.models import Group
from doorward.acs.signals import DEFAULT_SIGNALS
from tests.graphql.example_checks import EXAMPLES
from tests.graphql.example_making import Prepared
from tests.graphql.example_site import prepare
from tests.graphql.test_examples import copy_of, parts, rows, variables_of
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

SCHEMA = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text())
STALE = 999_999
OWN = "of whoever asks, and there is no version of it"
COMMAND = "a command: it is for now, whatever was changed before"
ORDER = "an order to a device, which goes by what is there when it is carried out"
LOOKS = "changes nothing of what it names"
WITHOUT = {
    **dict.fromkeys(
        (
            "addPasskey", "beginOidcLink", "beginPasskey", "beginPasskeySignIn", "beginSecondFactor", "changePassword",
            "confirmSecondFactor", "dropSecondFactor", "endOtherSessions", "endOwnSession", "makeRecoveryCodes",
            "removeOwnPasskey", "renamePasskey", "revokeOwnToken", "signIn", "signInWithPasskey", "signOut",
            "unlinkOidc", "setUp",
        ),
        OWN,
    ),
    **dict.fromkeys(
        (
            "commandAuxOutput", "grantAccess", "grantZoneAccess", "lockDoor", "lockZone", "lockdownDoor",
            "lockdownZone", "releaseThreatLevel", "resetDoor", "resetZone", "setThreatLevel", "unlockDoor",
            "unlockZone",
        ),
        COMMAND,
    ),
    **dict.fromkeys(
        (
            "captureBus", "dropDeviceMove", "dropNextDeviceKey", "moveDevice", "provisionDevice", "rotateDeviceKey",
            "sendDeviceFile", "setOsdpMainKey", "stopDeviceOrder",
        ),
        ORDER,
    ),
    **dict.fromkeys(
        (
            "copyDoor", "copyRole", "downloadBusCapture", "openPlayback", "showIpDeviceKey", "showQr",
            "testOidcProvider", "testWebhook",
        ),
        LOOKS,
    ),
    **dict.fromkeys(("forgiveCardholder", "forgiveEverybody", "forgiveZone", "setPresence"), "of who is where"),
    **dict.fromkeys(("endSession", "endSessionsOf"), "sessions begin and end, and are not changed"),
    **dict.fromkeys(("removeOidcLink", "removePasskey", "revokeToken"), "it is there or not, and is not changed"),
    **dict.fromkeys(("replayWebhook", "replayWebhookDelivery"), "sends again, and leaves the webhook as it is set up"),
    "import": "each of its lines creates or changes something, with a version of its own",
    "issueEnrolmentCode": "the code is beside the controller, and only the last one counts",
    "pairMobile": "by whoever has the invitation, which counts once",
    "unlockUser": "of failed sign-ins, not of the user",
}  # fmt: skip
"""Mutations that neither create something nor take the version of what they change, and why."""


def versioned() -> set[str]:
    """The mutations that take the version of what they change."""
    root = SCHEMA.mutation_type
    assert root is not None
    found = set()
    for name, field in root.fields.items():
        given = get_named_type(field.args["input"].type)
        assert isinstance(given, GraphQLInputObjectType)
        if "expectedVersion" in given.fields:
            found.add(name)
    return found


def test_whatever_changes_something_takes_its_version() -> None:
    root = SCHEMA.mutation_type
    assert root is not None
    creating = {name for name in root.fields if name.startswith("create")}
    assert not creating & versioned()
    assert root.fields.keys() - versioned() - creating == WITHOUT.keys()


def test_what_has_a_version_shows_it() -> None:
    root = SCHEMA.mutation_type
    assert root is not None
    elsewhere = {
        "addFloor", "assignRoles", "chooseReaderSignals", "deleteFloor", "renameFloor", "inviteMobile",
    }  # fmt: skip
    for name in versioned() - elsewhere:
        payload: Any = get_named_type(root.fields[name].type)
        shown = [get_named_type(field.type) for key, field in payload.fields.items() if key != "errors"]
        assert payload.name == "DeletedPayload" or any("version" in getattr(one, "fields", {}) for one in shown), name


@pytest.fixture(autouse=True, scope="module")
def cheap_hashes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))
        yield


@pytest.fixture(scope="module")
def site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Prepared]:
    """The file of the examples' site, to copy, and what is in it."""
    path = tmp_path_factory.mktemp("versions") / "doorward.db"
    shutil.copyfile(migrated_sqlite, path)
    return path, asyncio.run(prepare(sqlite_url(str(path))))


def outdated(name: str, variables: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The example with a version that was never in force; it asks for errors only."""
    text = EXAMPLES[name]
    (argument,) = parts(text)[1].arguments or ()
    given = print_ast(argument.value)
    of_example = re.search(r"expectedVersion: \$(\w+)", given)
    if of_example is None:
        given = f"{{ expectedVersion: {STALE} {given.removeprefix('{')}"
    else:
        variables = {**variables, of_example[1]: STALE}
    return f"{text[: text.index('{')]}{{ {name}(input: {given}) {{ errors {{ code path version }} }} }}", variables


async def test_an_outdated_version_is_a_conflict_and_nothing_is_done(
    site: tuple[Path, Prepared], tmp_path: Path
) -> None:
    file, prepared = site
    async with copy_of(file, "updateGroup", prepared, tmp_path) as example:
        for name in sorted(versioned()):
            variables = await variables_of(name, prepared, example)
            events, before = await Event.all().count(), rows(tmp_path)
            (error,) = (await example.ask(*outdated(name, variables)))[name]["errors"]
            assert (error["code"], error["path"]) == ("CONFLICT", ["expectedVersion"]), (name, error)
            assert error["version"] is not None, name
            assert (await Event.all().count(), rows(tmp_path)) == (events, before), name


async def refused(operation: Awaitable[object]) -> int:
    """The version that is in force, as whoever comes too late is told."""
    with pytest.raises(Conflict) as told:
        await operation
    assert told.value.path == ("expectedVersion",)
    assert told.value.version is not None
    return told.value.version


async def test_members_floors_and_settings_of_readers_count_as_changes(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        domain, me = world.domain, COMMAND_LINE
        group, reader = site.group.id, site.reader_a.id
        people = [site.ada.id]
        await remove_members(domain, me, group, people, 1)
        assert await refused(add_members(domain, me, group, people, 1)) == 2
        await add_members(domain, me, group, people, 2)
        assert (await Group.get(id=group)).version == 3
        await add_members(domain, me, group, people, 3)
        assert (await Group.get(id=group)).version == 3, "they were in it already"
        await set_reader_pin_rules(domain, me, reader, PinRules(min_length=5), 1)
        assert await refused(set_reader_formats(domain, me, reader, [], 1)) == 2
        assert (await Reader.get(id=reader)).version == 2
        lift = await create_elevator(domain, me, "Lift", world.controller.id, [NewFloor("1"), NewFloor("2")])
        await add_floor(domain, me, lift.id, NewFloor("3"), lift.version)
        assert await refused(add_floor(domain, me, lift.id, NewFloor("4"), lift.version)) == lift.version + 1
        assert (await Elevator.get(id=lift.id)).version == lift.version + 1


async def test_the_site_s_pin_rules_and_signals_have_versions_of_their_own(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain, me = world.domain, COMMAND_LINE
        longer = PinRules(min_length=6)
        await set_pin_rules(domain, me, longer, 1)
        assert await system_pin_rules(me) == (longer, 2)
        assert await refused(set_pin_rules(domain, me, PinRules(), 1)) == 2
        assert await system_pin_rules(me) == (longer, 2)
        await set_pin_rules(domain, me, PinRules())
        assert await system_pin_rules(me) == (PinRules(), 3)
        quiet = msgspec.structs.replace(DEFAULT_SIGNALS, denied=DEFAULT_SIGNALS.granted)
        await set_reader_signals(domain, me, quiet, 1)
        assert await reader_signals(me) == (quiet, 2)
        assert await refused(set_reader_signals(domain, me, DEFAULT_SIGNALS, 1)) == 2
