"""What comes before an example, what else is seen of it than its answer, and what happens for who follows."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from doorward.acs.cameras.models import Camera
from doorward.acs.decision.door import DoorMode, Position
from doorward.acs.decision.supervision import InputState
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.operations import store_records
from doorward.acs.jobs.models import Job, JobState
from doorward.acs.messages import DoorStatus, InputStatus, JournalRecord, OrderStop
from doorward.acs.people.models import Cardholder
from doorward.acs.users.models import RoleAssignment, User
from doorward.acs.webhooks.models import WebhookDelivery
from doorward.graphql.context import CEREMONY_COOKIE, ERRAND_COOKIE
from doorward.server.importer import Importer
from tests.graphql.example_making import ADMINISTRATOR, NOW, PASSWORD, Prepared
from tests.graphql.example_server import Example
from tests.graphql.example_webhooks import send

Given = Mapping[str, Any]
_PLACE = Path(__file__).parents[2] / "docs/reference/api/examples"
EXAMPLES = {path.stem: path.read_text() for path in sorted(_PLACE.glob("*.graphql"))}
"""Of queries and mutations, by the field's name; a further one of the same field has a point and a word behind it."""
FOLLOWING = {path.stem: path.read_text() for path in sorted(_PLACE.glob("subscriptions/*.graphql"))}
"""Of subscriptions."""


async def _second_factor_waits(_: Example, __: Given) -> bool:
    user = await User.get(name=ADMINISTRATOR)
    return user.sealed_next_totp is not None


async def _order_was_stopped(example: Example, _: Given) -> bool:
    return any(isinstance(message, OrderStop) for message in example.sent)


async def _browser_is_known_again(example: Example, _: Given) -> bool:
    return bool({CEREMONY_COOKIE, ERRAND_COOKIE} & set(example.http.cookies))


async def _provider_was_asked(example: Example, _: Given) -> bool:
    return len(example.issuer.asked) == 2


async def _has_the_role(_: Example, variables: Given) -> bool:
    given = await RoleAssignment.get(user_id=variables["userId"])
    return (given.role_id, given.places) == (variables["roleId"], [f"zone:{variables['zoneId']}"])


async def _receiver_was_challenged(example: Example, _: Given) -> bool:
    return [each.said["type"] for each in example.receiver.got] == ["webhook.verification"]


async def _test_arrives(example: Example, variables: Given) -> bool:
    await send(example.world.domain, variables["webhookId"])
    return [each.said["type"] for each in example.receiver.got] == ["webhook.test"]


async def _event_arrives_again(example: Example, _: Given) -> bool:
    before = await WebhookDelivery.get()
    await send(example.world.domain, before.webhook_id)
    return [(each.said["type"], each.id) for each in example.receiver.got] == [("access.granted", before.message_id)]


async def _work_off(example: Example) -> None:
    importer = Importer(example.world.domain)
    while await importer.step():
        pass


async def _people_are_imported(example: Example, _: Given) -> bool:
    await _work_off(example)
    job = await Job.get()
    made = await Cardholder.filter(number__in=["E-20", "E-21"]).order_by("number")
    names = [cardholder.last_name for cardholder in made]
    return (job.state, job.failed, names) == (JobState.DONE, 0, ["Clarke", "Dijkstra"])


async def _nothing_is_imported(example: Example, _: Given) -> bool:
    await _work_off(example)
    return not await Cardholder.filter(number="E-20").exists()


SEEN: dict[str, Callable[[Example, Given], Awaitable[bool]]] = {
    "assignRoles": _has_the_role,
    "beginOidcLink": _browser_is_known_again,
    "beginPasskey": _browser_is_known_again,
    "beginPasskeySignIn": _browser_is_known_again,
    "beginSecondFactor": _second_factor_waits,
    "cancelJob": _nothing_is_imported,
    "enableWebhook": _receiver_was_challenged,
    "import": _people_are_imported,
    "replayWebhook": _event_arrives_again,
    "replayWebhookDelivery": _event_arrives_again,
    "stopDeviceOrder": _order_was_stopped,
    "testOidcProvider": _provider_was_asked,
    "testWebhook": _test_arrives,
}
"""What else is seen of those whose answers and rows do not tell all."""


async def _file(_: Example, __: Prepared) -> dict[str, Any]:
    """The lines of a file that an example has among its comments."""
    lines = [line[2:] for line in EXAMPLES["import"].splitlines() if line.startswith("# {")]
    return {"file": "\n".join(lines).encode()}


async def _job(example: Example, prepared: Prepared) -> dict[str, Any]:
    payload = await example.ask(EXAMPLES["import"], await _file(example, prepared))
    return {"jobId": payload["import"]["job"]["id"]}


async def _new_passkey(example: Example, prepared: Prepared) -> dict[str, Any]:
    begun = await example.ask(EXAMPLES["beginPasskey"], {"password": PASSWORD})
    return {"credential": prepared.device.register(begun["beginPasskey"]["options"])}


async def _passkey_answer(example: Example, prepared: Prepared) -> dict[str, Any]:
    begun = await example.ask(EXAMPLES["beginPasskeySignIn"], {})
    return {"credential": prepared.device.sign(begun["beginPasskeySignIn"]["options"], prepared.device.passkeys[0])}


FIRST: dict[str, Callable[[Example, Prepared], Awaitable[dict[str, Any]]]] = {
    "addPasskey": _new_passkey,
    "cancelJob": _job,
    "import": _file,
    "job": _job,
    "signInWithPasskey": _passkey_answer,
}
"""What comes before an example, and brings a value that only this copy of the site has."""


FOUND: dict[str, Callable[[Any, Given], bool]] = {
    "bookmarks": lambda found, _: found["nodes"][0]["camera"]["name"] == "Entrance",
    "cardholders.byNumber": lambda found, _: "E-1" in [node["number"] for node in found["nodes"]],
    "cardsNumbered": lambda found, _: found["nodes"][0]["cardholder"]["number"] == "E-1",
    "events.alarms": lambda found, _: [node["type"] for node in found["nodes"]] == ["threat.raised", "door.forced"],
    "events.audit": lambda found, _: all(node["data"] and node["userName"] for node in found["nodes"]),
    "events.since": lambda found, _: found["edges"][0]["node"]["type"] == "access.granted",
    "groups": lambda found, _: [node["name"] for node in found["nodes"]] == ["Staff"],
    "nodes": lambda found, given: [node["id"] for node in found] == [given["doorId"], given["cardholderId"]],
    "users": lambda found, _: ADMINISTRATOR in [node["name"] for node in found["nodes"]],
    "webhookDeliveries": lambda found, _: [node["status"] for node in found["nodes"]] == ["DELIVERED"],
    "webhookMessages": lambda found, _: [edge["node"]["type"] for edge in found["edges"]] == ["access.granted"],
}
"""What else is found by those that ask for something in particular."""


async def _record(example: Example, turn: int, type: EventType, door_id: str) -> None:
    number = 3 + turn  # After what has happened already.
    record = JournalRecord(number, "boot", NOW, number, type, f"correlation-{turn}", door_id=door_id)
    await store_records(example.world.domain, example.world.controller.id, [record])


async def _events(example: Example, prepared: Prepared, turn: int) -> Given:
    kind = (EventType.DOOR_OPENED, EventType.DOOR_CLOSED)[turn]
    await _record(example, turn, kind, prepared.values["doorId"])
    return {"node": {"type": kind.value, "doorName": "Main entrance"}}


async def _alarms(example: Example, prepared: Prepared, turn: int) -> Given:
    kind = (EventType.DOOR_FORCED, EventType.DOOR_FORCED_CLEARED)[turn]
    await _record(example, turn, kind, prepared.values["doorId"])
    return {"event": {"type": kind.value, "doorName": "Main entrance"}, "ends": ["door.forced"] * turn}


async def _changes(example: Example, prepared: Prepared, turn: int) -> Given:
    name, change = (("updateCardholder", "UPDATED"), ("deleteCardholder", "DELETED"))[turn]
    cardholder_id = prepared.of(name)["cardholderId"]
    await example.ask(EXAMPLES[name], {"cardholderId": cardholder_id})
    return {"kind": "CARDHOLDER", "change": change, "id": cardholder_id, "userName": ADMINISTRATOR}


async def _door_states(example: Example, prepared: Prepared, turn: int) -> Given:
    position, condition = ((Position.OPEN, "OPEN"), (Position.CLOSED, "LOCKED"))[turn]
    door_id = prepared.values["doorId"]
    status = DoorStatus(door_id, DoorMode.LOCKED, position, True, False, False, False)
    example.world.domain.doors.update(example.world.controller.id, status)
    return {"node": {"id": door_id, "state": {"condition": condition}}}


async def _camera_states(example: Example, _: Prepared, turn: int) -> Given:
    camera, state = await Camera.get(), ("lost", "recording")[turn]
    example.world.domain.cameras.update(camera.id, state, "")
    return {"node": {"id": camera.id, "name": "Entrance", "state": state.upper()}}


async def _aux_states(example: Example, prepared: Prepared, turn: int) -> Given:
    state, input_id = (InputState.ACTIVE, InputState.NORMAL)[turn], prepared.values["auxInputId"]
    example.world.domain.lines.update(example.world.controller.id, InputStatus(input_id, state))
    return {"inputs": [{"id": input_id, "state": state.name}]}


async def _jobs(example: Example, prepared: Prepared, turn: int) -> Given:
    if turn == 0:
        await _job(example, prepared)
    else:
        await _work_off(example)
    return {"node": {"id": (await Job.get()).id, "state": ("QUEUED", "DONE")[turn], "total": 2, "failed": 0}}


HAPPENINGS: dict[str, Callable[[Example, Prepared, int], Awaitable[Given]]] = {
    "alarms": _alarms,
    "auxStates": _aux_states,
    "cameraStates": _camera_states,
    "changes": _changes,
    "doorStates": _door_states,
    "events": _events,
    "jobs": _jobs,
}
"""What happens for who follows, at the turns 0 and 1, and what they are to be told of it."""


def has(told: Any, wanted: Any) -> bool:
    """Whether what is told has all that is wanted; of a list, one row for each."""
    if isinstance(wanted, Mapping):
        return all(has(told[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return len(told) >= len(wanted) and all(any(has(row, value) for row in told) for value in wanted)
    return bool(told == wanted)
