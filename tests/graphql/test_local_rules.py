"""Auxiliary inputs and outputs and local rules as a client of the API meets them."""

from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import Role
from doorward.acs.decision.by_hand import ByHand
from doorward.acs.decision.supervision import InputState
from doorward.acs.devices import DeviceRole
from doorward.acs.doors.models import Device
from doorward.acs.messages import CommandResult, CommandStatus, InputStatus, OutputCommand, OutputStatus, ToController
from tests.api import Api, serve_api, soon
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

ERRORS = "errors { code message path }"
INPUT = "auxInput { id name deviceId controllerId number activeWhen debounceMs supervision resistorOhm version }"
OUTPUT = "auxOutput { id name deviceId controllerId number version }"
RULE = "localRule { id name enabled version action pulseMs outputId outputName trigger { kind inputId inputName inputActive doorId doorName doorFact event scheduleName threatLevelName } }"  # noqa: E501


LISTED = "{ localRules(first: 100) { nodes { name } } auxInputs(first: 100) { nodes { name } } auxOutputs(first: 100) { nodes { name } } localRuleEvents { type title category } }"  # noqa: E501


def mutation(field: str, kind: str, shown: str) -> str:
    return f"mutation($input: {kind}!) {{ {field}(input: $input) {{ {shown} {ERRORS} }} }}"


CREATE_INPUT = mutation("createAuxInput", "CreateAuxInputInput", INPUT)
UPDATE_INPUT = mutation("updateAuxInput", "UpdateAuxInputInput", INPUT)
CREATE_OUTPUT = mutation("createAuxOutput", "CreateAuxOutputInput", OUTPUT)
UPDATE_OUTPUT = mutation("updateAuxOutput", "UpdateAuxOutputInput", OUTPUT)
CREATE_RULE = mutation("createLocalRule", "CreateLocalRuleInput", RULE)
UPDATE_RULE = mutation("updateLocalRule", "UpdateLocalRuleInput", RULE)


def deletion(field: str) -> str:
    return f"mutation($id: ID!) {{ {field}(input: {{id: $id}}) {{ deletedId {ERRORS} }} }}"


async def payload(api: Api, document: str, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = next(iter((await api.data(document, **variables)).values()))
    return found


async def done(api: Api, document: str, **variables: Any) -> Any:
    """What a mutation that must succeed answers."""
    found = await payload(api, document, **variables)
    assert found.pop("errors") == []
    return next(iter(found.values()))


async def refusal(api: Api, document: str, **variables: Any) -> tuple[str, list[str]]:
    """Code and path of the one error of a mutation that must fail."""
    (error,) = (await payload(api, document, **variables))["errors"]
    return error["code"], error["path"]


async def ports(api: Api) -> tuple[dict[str, Any], dict[str, Any]]:
    """A button and a siren on the device of the site's door."""
    device = await Device.get(role=DeviceRole.DOOR_IO)
    button = await done(api, CREATE_INPUT, input={"name": "Button", "deviceId": device.id, "number": 5})
    siren = await done(api, CREATE_OUTPUT, input={"name": "Siren", "deviceId": device.id, "number": 3})
    return button, siren


def panic(button: dict[str, Any], siren: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "name": "Panic",
        "trigger": {"kind": "INPUT", "inputId": button["id"], "inputActive": True},
        "action": "PULSE",
        "pulseMs": 5_000,
        "outputId": siren["id"],
        **changes,
    }


async def test_inputs_outputs_and_rules_are_made_changed_shown_and_deleted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            button, siren = await ports(api)
            assert (button["activeWhen"], button["controllerId"]) == ("CLOSED", world.controller.id)
            changed = await done(api, UPDATE_INPUT, input={"id": button["id"], "debounceMs": 50, "activeWhen": "OPEN"})
            assert (changed["debounceMs"], changed["activeWhen"], changed["version"]) == (50, "OPEN", 2)
            assert (await done(api, UPDATE_OUTPUT, input={"id": siren["id"], "name": "Horn"}))["name"] == "Horn"
            rule = await done(api, CREATE_RULE, input=panic(button, siren))
            assert (rule["outputName"], rule["trigger"]["inputName"]) == ("Horn", "Button")
            forced = {"kind": "EVENT", "event": "door.forced", "doorId": site.door.id}
            rule = await done(
                api, UPDATE_RULE, input={"id": rule["id"], "trigger": forced, "action": "ON", "pulseMs": None}
            )
            assert rule["trigger"] == {
                "kind": "EVENT", "event": "door.forced", "doorId": site.door.id, "doorName": "Main entrance",
                "inputId": None, "inputName": None, "inputActive": None, "doorFact": None, "scheduleName": None,
                "threatLevelName": None,
            }  # fmt: skip
            listed = await api.data(LISTED)
            assert listed["localRules"]["nodes"] == [{"name": "Panic"}]
            events = {one["type"]: one["title"] for one in listed["localRuleEvents"]}
            assert events["input.active"] == "Input active"
            assert "output.on" not in events
            assert (await refusal(api, deletion("deleteAuxOutput"), id=siren["id"])) == ("CONFLICT", ["id"])
            for field, row in (("deleteLocalRule", rule), ("deleteAuxInput", button), ("deleteAuxOutput", siren)):
                assert await done(api, deletion(field), id=row["id"]) == row["id"]


async def test_what_cannot_be_is_refused_with_the_field_concerned(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            button, siren = await ports(api)
            for changes, path in (
                ({"trigger": {"kind": "EVENT", "event": "door.sung"}}, ["trigger", "event"]),
                ({"trigger": {"kind": "DOOR"}}, ["trigger", "doorId"]),
                ({"pulseMs": None}, ["pulseMs"]),
            ):
                given = panic(button, siren, **changes)
                assert await refusal(api, CREATE_RULE, input=given) == ("VALIDATION", path)
            strike = {"name": "Strike", "deviceId": button["deviceId"], "number": 0}
            assert await refusal(api, CREATE_OUTPUT, input=strike) == ("CONFLICT", ["number"])


async def test_operators_look_and_change_nothing(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        device = await Device.get(role=DeviceRole.DOOR_IO)
        async with serve_api(world, tmp_path, Role.OPERATOR) as api:
            await api.sign_in(Role.OPERATOR)
            given = {"name": "Siren", "deviceId": device.id, "number": 3}
            assert await refusal(api, CREATE_OUTPUT, input=given) == ("PERMISSION", [])


DEVICE = "device { id name chip controllerId inputs { pin activeLow bias converter channel pullUpOhm supplyMv } outputs { pin activeLow } }"  # noqa: E501
CREATE_DEVICE = mutation("createGpioDevice", "CreateGpioDeviceInput", DEVICE)
UPDATE_DEVICE = mutation("updateGpioDevice", "UpdateGpioDeviceInput", DEVICE)


async def test_pins_of_a_controller_are_made_and_shown(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        given = {
            "controllerId": world.controller.id,
            "name": "Pins",
            "chip": "/dev/gpiochip0",
            "inputs": [{"pin": 17}, {"converter": "iio:device0", "channel": 1, "pullUpOhm": 10_000, "supplyMv": 3_300}],
            "outputs": [{"pin": 22, "activeLow": True}],
        }
        device = await done(api, CREATE_DEVICE, input=given)
        assert [one["pin"] for one in device["inputs"]] == [17, None]
        assert device["inputs"][0]["bias"] == "PULL_UP"
        changes = {"id": device["id"], "name": "Board", "inputs": [{"pin": 18}], "outputs": [{"pin": 22}]}
        assert (await done(api, UPDATE_DEVICE, input=changes))["name"] == "Board"
        listed = (
            await api.data("{ gpioDevices(first: 100) { nodes { name inputs { pin } outputs { activeLow } } } }")
        )["gpioDevices"]["nodes"]
        assert listed == [{"name": "Board", "inputs": [{"pin": 18}], "outputs": [{"activeLow": False}]}]
        both = {**given, "chip": "/dev/gpiochip1", "inputs": [{"pin": 17, "channel": 1}]}
        assert await refusal(api, CREATE_DEVICE, input=both) == ("VALIDATION", ["inputs", "0"])


STATES = "{ inputs { name state } outputs { name on ruleName hold { action until setBy } } }"
COMMAND = f"mutation($input: CommandAuxOutputInput!) {{ commandAuxOutput(input: $input) {{ command {{ status detail }} output {{ name on hold {{ action setBy }} }} {ERRORS} }} }}"  # noqa: E501


async def test_states_come_first_whole_and_again_as_they_change(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            button, siren = await ports(api)
            lines = world.domain.lines
            async with api.subscribe(f"subscription {{ auxStates {STATES} }}") as results:
                unknown = {"name": "Siren", "on": None, "ruleName": None, "hold": None}
                assert (await soon(results))["auxStates"] == {
                    "inputs": [{"name": "Button", "state": "UNKNOWN"}],
                    "outputs": [unknown],
                }
                lines.update(world.controller.id, InputStatus(button["id"], InputState.ACTIVE))
                assert (await soon(results))["auxStates"]["inputs"] == [{"name": "Button", "state": "ACTIVE"}]
                lines.update(world.controller.id, OutputStatus(siren["id"], True))
                assert (await soon(results))["auxStates"]["outputs"] == [{**unknown, "on": True}]
            assert (await api.data(f"{{ auxStates {STATES} }}"))["auxStates"]["inputs"][0]["state"] == "ACTIVE"


async def test_an_output_is_switched_by_hand_by_who_may_command_doors(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            _, siren = await ports(api)
            await api.sign_in(Role.OPERATOR)
            operator = (await api.data("{ viewer { id } }"))["viewer"]["id"]

            def answer(message: ToController) -> None:
                assert isinstance(message, OutputCommand)
                held = ByHand(message.action, None, operator, message.id)
                world.domain.lines.update(world.controller.id, OutputStatus(siren["id"], True, None, held))
                world.domain.doors.resolve(CommandResult(message.id, CommandStatus.CONFIRMED))

            on = {"outputId": siren["id"], "action": "ON"}
            assert await refusal(api, COMMAND, input=on) == ("CONTROLLER_OFFLINE", [])
            world.domain.doors.attach(world.controller.id, answer)
            found = await payload(api, COMMAND, input=on)
            assert found == {
                "command": {"status": "CONFIRMED", "detail": ""},
                "output": {"name": "Siren", "on": True, "hold": {"action": "ON", "setBy": "operator"}},
                "errors": [],
            }
            assert await refusal(api, COMMAND, input={**on, "action": "PULSE"}) == ("VALIDATION", ["pulseMs"])
            await api.sign_in(Role.VIEWER)
            assert (await refusal(api, COMMAND, input=on))[0] == "PERMISSION"
            await api.sign_in(Role.ADMINISTRATOR)
            wanted = '{types: ["audit.aux_output.commanded"]}'
            told = await api.data(f"{{ events(first: 5, filter: {wanted}) {{ nodes {{ subjectName userName }} }} }}")
            assert told["events"]["nodes"][0] == {"subjectName": "Siren", "userName": "operator"}
