"""Each example of the reference runs: on a site that has what it names, it does what it says."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from graphql import FieldNode, NonNullTypeNode, OperationDefinitionNode, build_schema, parse, validate
from graphql.utilities import value_from_ast_untyped

from doorward.acs.database import sqlite_url
from doorward.acs.events.models import Event
from doorward.acs.messages import OrderStop
from doorward.acs.users.models import User
from tests.graphql.example_answers import answers, commands, told
from tests.graphql.example_server import Example, begin_order, open_example
from tests.graphql.example_site import (
    ADMINISTRATOR,
    EMPTY,
    WHO,
    Prepared,
    prepare,
)

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
EXAMPLES = {path.stem: path.read_text() for path in sorted((ROOT / "docs/reference/api/examples").glob("*.graphql"))}
SCHEMA = build_schema((ROOT / "schema.graphql").read_text())
MUTATIONS = set(SCHEMA.mutation_type.fields) if SCHEMA.mutation_type else set()
QUERIES = set(SCHEMA.query_type.fields) if SCHEMA.query_type else set()
MAY_BE_NULL = {"releaseThreatLevel": {"threat"}}
"""What an answer has not, and rightly so."""
SHOW_NOTHING = {
    "beginSecondFactor", "changePassword", "confirmSecondFactor", "createOsdpModule", "dropSecondFactor",
    "endOwnSession", "endSession", "endSessionsOf", "forgiveCardholder", "forgiveEverybody", "forgiveZone",
    "issueEnrolmentCode",
    "makeRecoveryCodes", "pairMobile", "releaseThreatLevel", "setOsdpMainKey",
}  # fmt: skip
"""Their answers show nothing of what they were given."""
SHOWN_OTHERWISE = {
    "addFloor": {".name"},  # the elevator's own is beside it
    "commandAuxOutput": {".action"},  # in capitals here, and in small letters on its way to the controller
    "copyDoor": {".id"},  # of the door that was there, and of the copy
    "createPlate": {".plate"},  # without what a camera does not tell apart
    "createSchedule": {".days[4].intervals[1].end"},  # of the next day
}
SHOWS = {"downloadBusCapture", "showIpDeviceKey", "showQr"}
"""They change nothing: they show what is there, and that is written down."""
COMMANDS = {
    "captureBus", "commandAuxOutput", "grantAccess", "grantZoneAccess", "lockDoor", "lockZone", "lockdownDoor",
    "lockdownZone", "resetDoor", "resetZone", "sendDeviceFile", "stopDeviceOrder", "unlockDoor", "unlockZone",
}  # fmt: skip
"""They change nothing here: they go to the controller."""
LACKING = {
    "assignRoles", "copyRole", "createRole", "createUserGroup", "deleteRole", "deleteUserGroup", "updateRole",
    "updateUserGroup",
    "addPasskey", "beginOidcLink", "beginPasskey", "beginPasskeySignIn", "cancelJob", "createOidcProvider",
    "createWebhook", "deleteOidcProvider", "deleteWebhook", "disableWebhook", "enableWebhook", "import",
    "removeOidcLink", "removeOwnPasskey", "removePasskey", "renamePasskey", "replayWebhook", "replayWebhookDelivery",
    "rotateWebhookSecret", "signInWithPasskey", "testOidcProvider", "testWebhook", "unlinkOidc",
    "updateOidcProvider", "updateWebhook",
}  # fmt: skip
"""They need what the site of the examples has not: another provider, a passkey's device, a file that is sent along."""
LOG = {"audit_link", "event", "policy_change", "policy_version", "sqlite_sequence"}
PAYLOADS = {"comparison", "preview", "trial"}
ORDERS = {"stopDeviceOrder": False, "deviceOrder": False, "downloadBusCapture": True}
"""What these are about is in the memory of the server: whether it has ended."""


@pytest.fixture(autouse=True, scope="module")
def cheap_hashes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))
        yield


@pytest.fixture(scope="module")
def site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Prepared]:
    """The file of the site, to copy, and what is in it."""
    path = tmp_path_factory.mktemp("examples") / "doorward.db"
    shutil.copyfile(migrated_sqlite, path)
    return path, asyncio.run(prepare(sqlite_url(str(path))))


def test_every_mutation_has_an_example_and_every_example_is_of_something() -> None:
    assert MUTATIONS - set(EXAMPLES) == LACKING, "docs/reference/api/examples lacks these"
    assert set(EXAMPLES) - MUTATIONS - QUERIES == set(), "nothing is called so"
    assert set() == MUTATIONS & QUERIES, "one file cannot be the example of both"


def test_every_example_is_valid() -> None:
    for name, text in EXAMPLES.items():
        document = parse(text)
        assert validate(SCHEMA, document) == [], name
        operation, field = parts(text)
        assert field.name.value == name
        assert operation.name is not None
        assert operation.name.value == name[0].upper() + name[1:]
        assert all(len(line) <= 120 for line in text.splitlines()), name


@pytest.mark.parametrize("name", sorted(MUTATIONS - LACKING))
async def test_the_example_does_what_it_says(
    name: str, site: tuple[Path, Prepared], migrated_sqlite: Path, tmp_path: Path
) -> None:
    file, prepared = site
    async with copy_of(migrated_sqlite if name == EMPTY else file, name, prepared, tmp_path) as example:
        variables = await variables_of(name, prepared, example)
        events, before = await Event.all().count(), rows(tmp_path)
        payload = (await example.ask(EXAMPLES[name], variables))[name]
        assert payload.pop("errors") == []
        missing = {key for key, value in payload.items() if value is None}
        assert missing == MAY_BE_NULL.get(name, set())
        if name in SEEN:
            assert await SEEN[name](example)
        else:
            assert await Event.all().count() > events, "nothing was written down"
        assert name in SHOWS or (commands(example.sent) if name in COMMANDS else rows(tmp_path) != before)
        (argument,) = parts(EXAMPLES[name])[1].arguments or ()
        given = value_from_ast_untyped(argument.value, variables)
        compared = [pair for each in answers(payload, example.sent) for pair in told(given, each)]
        assert not given or name in SHOW_NOTHING or list(compared)
        assert {at for at, one, other in compared if one != other} == SHOWN_OTHERWISE.get(name, set()), compared


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - MUTATIONS))
async def test_the_example_finds_what_it_asks_for(name: str, site: tuple[Path, Prepared], tmp_path: Path) -> None:
    file, prepared = site
    async with copy_of(file, name, prepared, tmp_path) as example:
        variables = await variables_of(name, prepared, example)
        found = (await example.ask(EXAMPLES[name], variables))[name]
    assert found is not None
    assert list(empty(found)) == []
    if isinstance(found, dict) and "id" in found:
        assert found["id"] in variables.values() or name == "viewer"


def rows(place: Path) -> dict[str, set[Any]]:
    """What is in each table, but for the log and for which policy is the last."""
    with closing(sqlite3.connect(place / "doorward.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {
            name: set(database.execute(f'SELECT * FROM "{name}"'))  # noqa: S608 - our own tables
            for name in tables
            if name not in LOG
        }
        site = database.execute("SELECT * FROM site")
        columns = [column[0] for column in site.description]
        found["site"] = {tuple(pair for pair in zip(columns, row, strict=True) if pair[0] not in LOG) for row in site}
    return found


@asynccontextmanager
async def copy_of(file: Path, name: str, prepared: Prepared, place: Path) -> AsyncIterator[Example]:
    """A fresh copy of the site for whoever runs this example."""
    shutil.copyfile(file, place / "doorward.db")
    session = prepared.sessions.get(WHO.get(name, ADMINISTRATOR))
    async with open_example(sqlite_url(str(place / "doorward.db")), session) as example:
        yield example


async def variables_of(name: str, prepared: Prepared, example: Example) -> dict[str, Any]:
    """A value for each variable that the example declares and that the site has one for."""
    values = dict(prepared.of(name))
    if name in ORDERS:
        values["orderId"] = await begin_order(example, values["deviceId"], ended=ORDERS[name])
    declared = parts(EXAMPLES[name])[0].variable_definitions or ()
    names = {each.variable.name.value: isinstance(each.type, NonNullTypeNode) for each in declared}
    return {variable: values[variable] for variable, needed in names.items() if needed or variable in values}


def empty(found: Any) -> Iterator[str]:
    """Pages without rows, errors, and objects that a payload should have."""
    for key, value in found.items() if isinstance(found, dict) else ():
        if (key == "nodes" and not value) or (key == "errors" and value) or (key in PAYLOADS and value is None):
            yield key
        yield from empty(value)


def parts(text: str) -> tuple[OperationDefinitionNode, FieldNode]:
    """An example's operation and the one field that it asks for."""
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    return operation, field


async def _second_factor_waits(_: Example) -> bool:
    user = await User.get(name=ADMINISTRATOR)
    return user.sealed_next_totp is not None


async def _order_was_stopped(example: Example) -> bool:
    return any(isinstance(message, OrderStop) for message in example.sent)


SEEN: dict[str, Callable[[Example], Awaitable[bool]]] = {
    "beginSecondFactor": _second_factor_waits,
    "stopDeviceOrder": _order_was_stopped,
}
"""What is seen of those that write no event."""
