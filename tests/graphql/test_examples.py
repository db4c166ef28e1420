"""Each example of the reference runs: on a site that has what it names, it does what it says."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from graphql import FieldNode, NonNullTypeNode, OperationDefinitionNode, build_schema, parse, validate
from graphql.utilities import value_from_ast_untyped

from doorward.acs.database import sqlite_url
from doorward.acs.events.models import Event
from doorward.acs.events.queries import newest_position
from doorward.graphql.context import SESSION_COOKIE
from doorward.graphql.paging import encode_cursor
from tests.api import serve_api, soon
from tests.graphql.example_answers import answers, commands, told
from tests.graphql.example_checks import EXAMPLES, FIRST, FOLLOWING, FOUND, HAPPENINGS, SEEN, has
from tests.graphql.example_making import ADMINISTRATOR, EMPTY, WHO, Prepared
from tests.graphql.example_server import Example, begin_order, open_example
from tests.graphql.example_site import prepare

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
SCHEMA = build_schema((ROOT / "schema.graphql").read_text())
MUTATIONS = set(SCHEMA.mutation_type.fields) if SCHEMA.mutation_type else set()
QUERIES = set(SCHEMA.query_type.fields) if SCHEMA.query_type else set()
SUBSCRIPTIONS = set(SCHEMA.subscription_type.fields) if SCHEMA.subscription_type else set()
STATES = {"auxStates", "cameraStates", "doorStates"}
"""Who follows them is told first how everything is."""
OF_THE_LOG = {"alarms", "changes", "events"}
"""Who follows them begins where a cursor of the log says."""
MAY_BE_NULL = {"releaseThreatLevel": {"threat"}, "testOidcProvider": {"problem"}}
"""What an answer has not, and rightly so."""
SHOW_NOTHING = {
    "assignRoles", "beginOidcLink", "beginPasskey", "beginSecondFactor", "changePassword",
    "confirmSecondFactor", "createOsdpModule", "dropSecondFactor", "endOwnSession", "endSession", "endSessionsOf",
    "forgiveCardholder", "forgiveEverybody", "forgiveZone", "issueEnrolmentCode", "makeRecoveryCodes", "openPlayback",
    "pairMobile", "releaseThreatLevel", "removeOidcLink", "removeOwnPasskey", "removePasskey", "setOsdpMainKey",
    "signInWithPasskey", "testOidcProvider", "unlinkOidc",
}  # fmt: skip
"""Their answers show nothing of what they were given."""
SHOWN_OTHERWISE = {
    "addFloor": {".name"},  # the elevator's own is beside it
    "addPasskey": {".name"},  # its user's is beside it
    "commandAuxOutput": {".action"},  # in capitals here, and in small letters on its way to the controller
    "copyDoor": {".id"},  # of the door that was there, and of the copy
    "copyRole": {".id"},
    "createPlate": {".plate"},  # without what a camera does not tell apart
    "createSchedule": {".days[4].intervals[1].end"},  # of the next day
    "testWebhook": {".id"},  # of the webhook, and of the message
}
SHOWS = {"downloadBusCapture", "openPlayback", "showIpDeviceKey", "showQr", "testOidcProvider"}
"""They change nothing: they show what is there, and that is written down."""
COMMANDS = {
    "captureBus", "commandAuxOutput", "grantAccess", "grantZoneAccess", "lockDoor", "lockZone", "lockdownDoor",
    "lockdownZone", "resetDoor", "resetZone", "sendDeviceFile", "stopDeviceOrder", "unlockDoor", "unlockZone",
}  # fmt: skip
"""They change nothing here: they go to the controller."""
IN_MEMORY = {"beginOidcLink", "beginPasskey", "beginPasskeySignIn"}
"""They store nothing: the server keeps for some minutes what it waits for."""
SILENT = {*IN_MEMORY, "beginSecondFactor", "stopDeviceOrder", "testOidcProvider"}
"""Nothing is written down of them."""
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


def test_every_mutation_and_subscription_has_an_example_and_every_example_is_of_something() -> None:
    assert MUTATIONS - set(EXAMPLES) == set(), "docs/reference/api/examples lacks these"
    assert SUBSCRIPTIONS ^ set(FOLLOWING) == set(), "docs/reference/api/examples/subscriptions lacks these"
    assert {field_of(name) for name in EXAMPLES} - MUTATIONS - QUERIES == set(), "nothing is called so"
    assert set() == MUTATIONS & QUERIES, "one file cannot be the example of both"


def test_every_example_is_valid() -> None:
    for prefix, examples in (("", EXAMPLES), ("On", FOLLOWING)):
        for name, text in examples.items():
            document = parse(text)
            assert validate(SCHEMA, document) == [], name
            operation, field = parts(text)
            assert field.name.value == field_of(name)
            assert operation.name is not None
            assert operation.name.value == prefix + "".join(word[0].upper() + word[1:] for word in name.split("."))
            assert [line for line in text.splitlines() if len(line) > 120] == [], name


@pytest.mark.parametrize("name", sorted(MUTATIONS))
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
        assert name in SILENT or await Event.all().count() > events, "nothing was written down"
        changes_nothing = name in SHOWS | IN_MEMORY
        assert changes_nothing or (commands(example.sent) if name in COMMANDS else rows(tmp_path) != before)
        assert name not in SEEN or await SEEN[name](example, variables)
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
        found = (await example.ask(EXAMPLES[name], variables))[field_of(name)]
    assert found is not None
    assert list(empty(found)) == []
    assert name not in FOUND or FOUND[name](found, variables), found
    if isinstance(found, dict) and "id" in found:
        assert found["id"] in variables.values() or name == "viewer"


@pytest.mark.parametrize("name", sorted(SUBSCRIPTIONS))
async def test_the_example_is_told_what_happens_and_what_it_has_missed(
    name: str, site: tuple[Path, Prepared], tmp_path: Path
) -> None:
    file, prepared = site
    text, happen = FOLLOWING[name], HAPPENINGS[name]
    declared = {each.variable.name.value for each in parts(text)[0].variable_definitions or ()}
    variables = {key: value for key, value in prepared.values.items() if key in declared}
    async with copy_of(file, name, prepared, tmp_path) as example, serve_api(example.world, tmp_path / "video") as api:
        api.http.cookies.set(SESSION_COOKIE, prepared.sessions[ADMINISTRATOR])
        # The cursor of now: whatever happens while the server is still about to follow is not lost.
        now = {"after": encode_cursor(str(await newest_position()))} if name in OF_THE_LOG else {}
        async with api.subscribe(text, **variables, **now) as results:
            first = (await soon(results))[name] if name in STATES else None
            wanted = await happen(example, prepared, 0)
            assert first is None or not has(first, wanted)
            news = (await soon(results))[name]
            while name in STATES and not has(news, wanted):
                news = (await soon(results))[name]
        assert has(news, wanted), news
        wanted = await happen(example, prepared, 1)
        async with api.subscribe(text, **variables, after=news["cursor"]) as results:
            missed = (await soon(results))[name]
        assert has(missed, wanted), missed


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
    async with open_example(sqlite_url(str(place / "doorward.db")), session, place) as example:
        yield example


async def variables_of(name: str, prepared: Prepared, example: Example) -> dict[str, Any]:
    """A value for each variable that the example declares and that the site has one for."""
    values = dict(prepared.of(name))
    if name in FIRST:
        values.update(await FIRST[name](example, prepared))
    if name in ORDERS:
        values["orderId"] = await begin_order(example, values["deviceId"], ended=ORDERS[name])
    declared = parts(EXAMPLES[name])[0].variable_definitions or ()
    names = {each.variable.name.value: isinstance(each.type, NonNullTypeNode) for each in declared}
    return {variable: values[variable] for variable, needed in names.items() if needed or variable in values}


def field_of(name: str) -> str:
    """The field that an example of this name is of."""
    return name.partition(".")[0]


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
