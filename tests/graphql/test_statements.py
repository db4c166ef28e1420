"""A list costs the same number of SQL statements however many rows it has."""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLList, GraphQLNonNull, get_named_type, is_composite_type, is_leaf_type
from starlette.requests import Request
from starlette.responses import Response
from tortoise import connections

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.cameras.operations import create_camera
from doorward.acs.controllers.operations import create_controller
from doorward.acs.credentials.operations import NewCard, create_card
from doorward.acs.decision.policy import DoorSide, IdentificationType, Method, Side
from doorward.acs.devices import DeviceRole, PinInput
from doorward.acs.doors.elevators import NewFloor, create_elevator
from doorward.acs.doors.gpio_devices import GpioLines, NewGpioDevice, create_gpio_device
from doorward.acs.doors.operations import NewDevice, NewDoor, NewReader, create_device, create_door, create_reader
from doorward.acs.doors.signal_sets import choose_signals, create_signal_set
from doorward.acs.events.operations import store_records
from doorward.acs.identity import new_id
from doorward.acs.jobs.models import JobKind
from doorward.acs.jobs.operations import create_job
from doorward.acs.local_io.given import NewAuxInput, NewAuxOutput
from doorward.acs.local_io.inputs import create_aux_input
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.people.models import CustomFieldKind
from doorward.acs.people.operations import (
    NewCardholder,
    NewCustomField,
    create_cardholder,
    create_custom_field,
    create_group,
    update_cardholder,
)
from doorward.acs.profiles.operations import NewProfile, create_profile
from doorward.acs.reach import Place, PlaceKind
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.schedules.operations import create_schedule
from doorward.acs.signals import DEFAULT_SIGNALS
from doorward.acs.threats.models import ThreatColour
from doorward.acs.threats.operations import NewThreatLevel, create_threat_level
from doorward.acs.users.grants import Grant
from doorward.acs.users.models import OidcLink, Passkey
from doorward.acs.users.oidc_providers import NewProvider, create_oidc_provider
from doorward.acs.users.operations import create_service_account
from doorward.acs.users.role_operations import Assigned, NewRole, assign_roles, create_role, create_user_group
from doorward.acs.users.sessions import Caller, open_session
from doorward.acs.users.tokens import NewToken, create_service_token
from doorward.acs.webhooks.models import WebhookDelivery
from doorward.acs.webhooks.operations import NewWebhook, create_webhook
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.interlock_operations import create_interlock
from doorward.acs.zones.operations import create_zone, set_zone_doors
from doorward.acs.zones.presence_operations import set_presence
from doorward.graphql.context import ApiContext
from doorward.graphql.schema import build_schema
from tests.acs.test_event_log import granted
from tests.graphql.test_hostile_input import SCOPE
from tests.world import Site, World, make_site, open_world

pytestmark = pytest.mark.anyio

SCHEMA = build_schema()
FEW, MANY = 2, 12
DEPTH = 4
PER_ROW = {"Schedule.inUseBy"}
"""Fields that ask for each row by itself as yet: what finds users does not say of which of several objects."""
GROWN_ELSEWHERE = {
    "bookmarks", "cardFormats", "commandReasons", "eventTypes", "holidayCalendars", "holidayCountries", "ipDevices",
    "localRuleEvents", "localRules", "osdpBuses", "osdpDevices", "overrideSchedules", "ownOidcLinks", "ownPasskeys",
    "ownSessions", "ownTokens", "pinRules", "privileges", "rateLimit", "readerSignals", "signInRules", "site",
    "threat", "viewer", "wiegandDevices", "wiegandFramings",
}  # fmt: skip
"""Of these the world below has no more with more rows: nothing is shown of them here."""


async def grow(world: World, site: Site, first: int, last: int) -> None:
    """One more of everything for each number, tied to those that are there."""
    domain, actor = world.domain, COMMAND_LINE

    async def do(operation: Any, *given: Any, **named: Any) -> Any:
        return await operation(domain, actor, *given, **named)

    groups, doors, places = [site.group.id], [site.door.id], [DoorSide(site.door.id, Side.A)]
    for number in range(first, last):
        await do(create_controller, f"Controller {number}")
        importer = replace(actor, user_id=f"user-{number}")
        await create_job(domain, importer, new_id(), JobKind.GROUPS, 1, dry_run=True)
        zone = await do(create_zone, f"Zone {number}")
        door = await do(create_door, NewDoor(f"Door {number}", world.controller.id))
        entry = await do(create_reader, NewReader(door.id, Side.A, "Entry", zone.id))
        exit_reader = await do(create_reader, NewReader(door.id, Side.B, "Exit"))
        await do(choose_signals, exit_reader.id, (await do(create_signal_set, f"Signals {number}", DEFAULT_SIGNALS)).id)
        path = f"/dev/line{number}"
        await do(create_device, NewDevice(DeviceRole.READER, door.id, path, 1, b"r" * 16, reader_id=entry.id))
        io = await do(create_device, NewDevice(DeviceRole.DOOR_IO, door.id, f"{path}io", 0, b"i" * 16))
        await do(set_zone_doors, zone.id, [GivenDoor(door.id, Side.A)])
        await do(create_interlock, f"Lock {number}", [site.door.id, door.id])
        await do(create_elevator, f"Lift {number}", world.controller.id, [NewFloor("1"), NewFloor("2")])
        pins = GpioLines((PinInput(17),))
        await do(
            create_gpio_device, NewGpioDevice(world.controller.id, f"Pins {number}", f"/dev/gpiochip{number}", pins)
        )
        await do(create_aux_input, NewAuxInput(f"Input {number}", io.id, 5))
        await do(create_aux_output, NewAuxOutput(f"Output {number}", io.id, 3))
        doors.append(door.id)
        places.append(DoorSide(door.id, Side.A))
        await do(create_camera, f"Camera {number}", f"rtsp://camera/{number}", places)
        groups.append((await do(create_group, f"Group {number}")).id)
        hours = await do(create_schedule, f"Hours {number}", [[(0, 1440)]] * 7, {})
        field = await do(create_custom_field, NewCustomField(f"Field {number}", CustomFieldKind.TEXT))
        person = await do(create_cardholder, NewCardholder(f"P-{number}", "Grace", "Hopper", "", tuple(groups)))
        await do(update_cardholder, person.id, {"custom_fields": {field.id: "x"}})
        await do(create_card, NewCard(person.id, 17, 5_000 + number))
        await do(create_card, NewCard(site.ada.id, 17, 6_000 + number))
        await do(set_presence, person.id, zone.id, "seen")
        named = {"cardholder_ids": [person.id, site.ada.id]}
        await do(create_access_rule, f"Rule {number}", groups, [hours.id], places, **named)
        card = Method((IdentificationType.CARD,), ())
        await do(create_profile, NewProfile(f"Profile {number}", (card,), (card,)))
        service = await do(create_service_account, f"Program {number}", Role.VIEWER)
        soon = world.clock() + timedelta(days=1)
        await do(create_service_token, service.id, NewToken(f"Token {number}", [Permission.DOOR_VIEW], soon))
        await Passkey.create(
            id=new_id(), user_id=service.id, name="Phone", credential_id=service.id, handle=b"h", public_key=b"k",
            sign_count=0, transports=[], backed_up=False, rp_id="doors.example", created_at=world.clock(),
        )  # fmt: skip
        elsewhere = NewProvider(f"Firm {number}", f"https://id{number}.example", "doorward")
        provider = await do(create_oidc_provider, elsewhere)
        await OidcLink.create(
            id=new_id(), user_id=service.id, provider_id=provider.id, issuer=provider.issuer, subject="s",
            created_at=world.clock(),
        )  # fmt: skip
        place = Place(PlaceKind.DOOR, door.id)
        role = await do(create_role, NewRole(f"Role {number}", (Grant(Permission.DOOR_VIEW, (place,)),)))
        assigned = [Assigned(role.id, (place,))]
        await do(assign_roles, service.id, assigned)
        await do(create_user_group, f"User group {number}", "", [service.id], assigned)
        await open_session(connections.get("default"), service, Caller(), world.clock())
        hook = await do(create_webhook, NewWebhook(f"Hook {number}", f"https://example.org/{number}"))
        await WebhookDelivery.create(
            id=f"delivery-{number}",
            webhook_id=hook.webhook.id,
            number=1,
            message_id=f"msg-{number}",
            type="webhook.test",
            created_at=world.clock(),
        )
        await do(create_threat_level, NewThreatLevel(f"Level {number}", 10 + number, ThreatColour.VERMILION, number))
    await store_records(domain, world.controller.id, [granted(site, number) for number in range(first, last)])


def everything(kind: Any, depth: int, above: tuple[str, ...] = ()) -> str:
    """A selection of all that needs no argument."""
    chosen = ["__typename"]
    for name, field in getattr(kind, "fields", {}).items():
        below = get_named_type(field.type)
        if f"{kind.name}.{name}" in PER_ROW or any(
            isinstance(argument.type, GraphQLNonNull) for argument in field.args.values()
        ):
            continue
        if is_leaf_type(below):
            chosen.append(name)
        elif depth and is_composite_type(below) and below.name not in above:
            paged = "(first: 100)" if "first" in field.args else ""
            chosen.append(f"{name}{paged} {everything(below, depth - 1, (*above, below.name))}")
    return f"{{ {' '.join(chosen)} }}"


def lists() -> dict[str, str]:
    """A request for each field of the root that needs no argument but the length of its page."""
    root = SCHEMA._schema.query_type
    assert root is not None
    requests = {}
    for name, field in root.fields.items():
        needed = {key for key, given in field.args.items() if isinstance(given.type, GraphQLNonNull)}
        kind = get_named_type(field.type)
        if needed <= {"first"} and not (is_leaf_type(kind) and not isinstance(field.type, GraphQLList)):
            paged = "(first: 100)" if "first" in field.args else ""
            below = "" if is_leaf_type(kind) else everything(kind, DEPTH, (kind.name,))
            requests[name] = f"{{ {name}{paged} {below} }}"
    return requests


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile, without its values."""
    sent: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told = record.args[0] if isinstance(record.args, tuple) and record.args else ""
            sent.append(re.sub(r"(\?|\$\d+|'[^']*'|\d+)(,\s*(\?|\$\d+|'[^']*'|\d+))*", "?", str(told)))

    log, listener = logging.getLogger("tortoise.db_client"), Listener()
    level, log.propagate = log.level, False
    log.addHandler(listener)
    log.setLevel(logging.DEBUG)
    try:
        yield sent
    finally:
        log.removeHandler(listener)
        log.setLevel(level)
        log.propagate = True


async def measure(world: World, text: str) -> tuple[list[str], int]:
    """The statements of a request, and how long its answer is."""
    context = ApiContext(world.domain, COMMAND_LINE, Request(SCOPE), Response())
    await world.domain.rules.now()  # read anew every two seconds, whatever is asked
    with statements() as sent:
        result = await SCHEMA.execute(text, context_value=context)
    assert result.data is not None, result.errors
    return sent, len(str(result.data))


async def test_no_list_asks_once_for_every_row(database_url: str) -> None:
    requests = lists()
    async with open_world(database_url) as world:
        site = await make_site(world)
        await grow(world, site, 1, FEW)
        few = {name: await measure(world, text) for name, text in requests.items()}
        await grow(world, site, FEW, MANY)
        many = {name: await measure(world, text) for name, text in requests.items()}
    more = {
        f"{name}: {count} times more: {text:.300}"
        for name in requests
        if len(many[name][0]) > len(few[name][0])
        for text, count in (Counter(many[name][0]) - Counter(few[name][0])).items()
    }
    grown = {name for name in requests if many[name][1] > 1.2 * few[name][1]}
    assert not more, "\n".join(sorted(more))
    assert set(requests) - grown <= GROWN_ELSEWHERE, set(requests) - grown - GROWN_ELSEWHERE
