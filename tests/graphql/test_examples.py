"""Each example of the reference runs: on a site that has what it names, it does what it says."""

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher
from graphql import FieldNode, OperationDefinitionNode, build_schema, parse, validate
from graphql.utilities import value_from_ast_untyped
from strawberry.utils.str_converters import to_camel_case

from doorward.acs.database import sqlite_url
from doorward.acs.events.models import Event
from doorward.acs.messages import DoorCommand, Order, OrderStop, OutputCommand, ToController
from doorward.acs.users.models import User
from tests.graphql.example_site import (
    ADMINISTRATOR,
    EMPTY,
    WHO,
    Example,
    Prepared,
    begin_order,
    open_example,
    prepare,
)

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
EXAMPLES = {path.stem: path.read_text() for path in sorted((ROOT / "docs/reference/api/examples").glob("*.graphql"))}
SCHEMA = build_schema((ROOT / "schema.graphql").read_text())
MUTATIONS = set(SCHEMA.mutation_type.fields) if SCHEMA.mutation_type else set()
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
MEMBERS = {".add", ".remove"}
"""Not lists of an object, but of what comes and goes."""
SHOWN_AS = {"formatIds": "cardFormats", "id": "deletedId"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
Pair = tuple[str, Any, Any]
ORDERS = {"stopDeviceOrder": False, "downloadBusCapture": True}
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


def test_every_mutation_has_an_example_and_every_example_is_valid() -> None:
    assert MUTATIONS - set(EXAMPLES) == set(), "docs/reference/api/examples lacks these"
    for name, text in EXAMPLES.items():
        document = parse(text)
        assert validate(SCHEMA, document) == [], name
        operation, field = parts(text)
        assert field.name.value == name
        assert operation.name is not None
        assert operation.name.value == name[0].upper() + name[1:]
        assert all(len(line) <= 120 for line in text.splitlines()), name


@pytest.mark.parametrize("name", sorted(MUTATIONS))
async def test_the_example_does_what_it_says(
    name: str, site: tuple[Path, Prepared], migrated_sqlite: Path, tmp_path: Path
) -> None:
    prepared, prepared_file = site[1], migrated_sqlite if name == EMPTY else site[0]
    shutil.copyfile(prepared_file, tmp_path / "doorward.db")
    session = prepared.sessions.get(WHO.get(name, ADMINISTRATOR))
    async with open_example(sqlite_url(str(tmp_path / "doorward.db")), session) as example:
        values = dict(prepared.of(name))
        if name in ORDERS:
            values["orderId"] = await begin_order(example, values["deviceId"], ended=ORDERS[name])
        operation, field = parts(EXAMPLES[name])
        variables = {
            each.variable.name.value: values[each.variable.name.value] for each in operation.variable_definitions or ()
        }
        events = await Event.all().count()
        payload = (await example.ask(EXAMPLES[name], variables))[name]
        assert payload.pop("errors") == []
        missing = {key for key, value in payload.items() if value is None}
        assert missing == MAY_BE_NULL.get(name, set())
        if name in SEEN:
            assert await SEEN[name](example)
        else:
            assert await Event.all().count() > events, "nothing was written down"
        (argument,) = field.arguments or ()
        given = value_from_ast_untyped(argument.value, variables)
        compared = [pair for each in answers(payload, example.sent) for pair in told(given, each)]
        assert not given or name in SHOW_NOTHING or list(compared)
        assert {at for at, one, other in compared if one != other} == SHOWN_OTHERWISE.get(name, set()), compared


def parts(text: str) -> tuple[OperationDefinitionNode, FieldNode]:
    """An example's operation and the one field that it asks for."""
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    return operation, field


def answers(payload: dict[str, Any], sent: list[ToController]) -> Iterator[dict[str, Any]]:
    """What is told of an input: the answer, each object in it, and the commands and orders that went out."""
    yield payload
    yield from (value for value in payload.values() if isinstance(value, dict))
    for message in sent:
        if isinstance(message, DoorCommand | OutputCommand | Order):
            yield {to_camel_case(key): value for key, value in msgspec.to_builtins(message).items()}


def told(given: Mapping[str, Any], shown: Mapping[str, Any], at: str = "") -> Iterator[Pair]:
    """Each value of an input that its answer shows under its name: where it is, as given and as shown."""
    for key, value in given.items():
        name, found = counterpart(key, shown)
        if f"{at}.{key}" in MEMBERS:
            continue
        if name is not None and not (isinstance(value, dict) and isinstance(found, str)):
            yield from pairs(value, found, f"{at}.{key}")
        elif isinstance(value, dict):
            yield from told(value, shown, f"{at}.{key}")


def counterpart(key: str, shown: Mapping[str, Any]) -> tuple[str | None, Any]:
    """What is shown of an input's field: under its name, or, of an id, the object that has it."""
    for name in (key, SHOWN_AS.get(key, key)):
        if name in shown and not key.endswith("Ids"):
            return name, shown[name]
    one, many = shown.get(key.removesuffix("Id")), SHOWN_AS.get(key, key.removesuffix("Ids") + "s")
    if key.endswith("Id") and isinstance(one, dict) and "id" in one:
        return key, one["id"]
    if key.endswith("Ids") and key in shown:
        return key, shown[key]
    if key.endswith("Ids") and many in shown and all("id" in each for each in shown[many]):
        return many, [each["id"] for each in shown[many]]
    return None, None


def pairs(given: Any, shown: Any, at: str) -> Iterator[Pair]:
    """The leaves of what was given and what is shown, side by side."""
    if isinstance(given, dict) and isinstance(shown, dict):
        yield from told(given, shown, at)
    elif isinstance(given, list) and isinstance(shown, list) and any(isinstance(each, dict) for each in given):
        shown = [each for each in shown if "weekday" not in each or each["intervals"]]
        assert len(given) == len(shown), f"{at}: {given} {shown}"
        for place, (one, other) in enumerate(zip(given, shown, strict=True)):
            yield from pairs(one, other, f"{at}[{place}]")
    elif isinstance(given, list) and isinstance(shown, list):
        yield at, sorted(given), sorted(shown)
    else:
        yield at, moment(given), moment(shown)


def moment(value: Any) -> Any:
    """Two ways to write one moment are one value."""
    return datetime.fromisoformat(value) if isinstance(value, str) and MOMENT.match(value) else value


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
