"""What every audit event says: what it is about, by id and name, and what changed."""

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.cameras.operations import set_camera_url
from doorward.acs.controllers.operations import (
    create_controller,
    delete_controller,
    issue_enrolment_code,
    rename_controller,
    revoke_controller,
)
from doorward.acs.decision.by_hand import HandAction
from doorward.acs.decision.door import DoorAction
from doorward.acs.devices import DeviceRole
from doorward.acs.doors.commands import Manual, record_command_failure, request_command
from doorward.acs.doors.models import Controller, Device
from doorward.acs.events.catalogue import Category
from doorward.acs.events.models import Event
from doorward.acs.identity import new_id
from doorward.acs.local_io.commands import ByHandOrder, record_output_failure, request_output_command
from doorward.acs.local_io.given import NewAuxOutput
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.messages import CommandStatus
from doorward.acs.users.operations import create_user, set_password
from doorward.acs.zones.commands import request_zone_command
from tests.acs.policy import walk as walks
from tests.acs.policy.walk import Walk
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

COLUMNS = {
    "door": "door",
    "reader": "door",
    "device": "door",
    "cardholder": "cardholder",
    "credential": "cardholder",
    "mobile": "cardholder",
    "presence": "cardholder",
    "camera": "camera",
    "clip": "camera",
}
"""Whose columns an event has, by its second word; of parts of these, besides a subject of their own."""
WHOLE = {"door", "cardholder", "presence", "camera", "clip"}
"""Those whose columns say all: the others of them are parts."""
AT_NO_DOOR = {"Pins", "Module"}
"""Devices of the walk that stand at no door."""
SITE_WIDE = {"audit.pin_rules.changed"}
"""About nothing but the site itself, of which there is one."""


def faults(event: Event) -> list[str]:
    """What the event does not say although it should."""
    data, word = event.data, event.type.value.split(".")[1]
    column, subject = COLUMNS.get(word), data.get("subject") or {}
    found = []
    if word == "device" and subject.get("name") in AT_NO_DOOR:
        column = None
    if column and not (getattr(event, f"{column}_id") and getattr(event, f"{column}_name")):
        found.append(f"names no {column}")
    needless = word in WHOLE or event.type.value in SITE_WIDE or (word == "passback" and forgives_people(event))
    if not needless and not (subject.get("id") and subject.get("name")):
        found.append("names no subject")
    before, after = data.get("before"), data.get("after")
    if event.type.value.endswith(".created") and (before is not None or not after):
        found.append("shows not what was created")
    if event.type.value.endswith(".deleted") and (after or not before):
        found.append("shows not what was deleted")
    if event.type.value.endswith((".updated", ".changed")) and (not before or not after or before == after):
        found.append("shows not what changed")
    return [f"{event.type.value} {fault}: {data}" for fault in found]


def forgives_people(event: Event) -> bool:
    """Everybody, or one who is named."""
    return event.data["after"]["whom"] == "everybody" or bool(event.cardholder_id and event.cardholder_name)


async def commands_and_the_rest(walk: Walk) -> None:
    """What the walk through the policy leaves out."""
    do, door = walk.do, walk.site.door
    _, command = await do(request_command, door.id, Manual(DoorAction.UNLOCK, "moving"), new_id())
    await do(record_command_failure, command, CommandStatus.FAILED, "The lock does not answer.")
    device = await Device.get(door_id=door.id, role=DeviceRole.DOOR_IO)
    siren = await do(create_aux_output, NewAuxOutput("Siren", device.id, 3))
    _, to_output = await do(request_output_command, siren.id, ByHandOrder(HandAction.ON, "a drill"), new_id())
    await do(record_output_failure, to_output, CommandStatus.FAILED, "The device does not answer.")
    await do(request_zone_command, walk.site.zones[0], Manual(DoorAction.LOCK), False, new_id())
    await do(create_user, "grace", "correct horse battery", Role.OPERATOR)
    await do(set_password, "grace", "another horse battery")
    await do(set_camera_url, walk.site.camera.id, "rtsp://camera/2")
    annexe = await do(create_controller, "Annexe 2")
    await do(rename_controller, annexe.id, "Annexe 3")
    await do(issue_enrolment_code, annexe.id)
    await do(revoke_controller, annexe.id)
    await do(delete_controller, annexe.id)


async def test_every_audit_event_names_what_it_is_about_and_what_changed(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        other = await Controller.create(id="other", name="Other")

        async def nothing(_: str) -> None:
            pass

        walk = Walk(world, site, other, nothing)
        for area in (*walks.AREAS, commands_and_the_rest):
            await area(walk)
        told = await Event.filter(category=Category.AUDIT).order_by("position")
        wrong = {fault.partition(":")[0]: fault for event in told for fault in faults(event)}
        assert not wrong, "\n".join(wrong.values())
        assert {event.user_name for event in told} == {COMMAND_LINE.name}
