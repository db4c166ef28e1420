"""Auxiliary inputs and outputs and local rules: making them, what is refused, and what a controller gets."""

from dataclasses import replace
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.decision import local_rules as pure
from doorward.acs.decision.local_rules import DoorFact, LocalAction
from doorward.acs.devices import DeviceRole
from doorward.acs.doors.changes import delete_door
from doorward.acs.doors.models import Controller, Device, Door, DoorInput, DoorLock
from doorward.acs.doors.operations import NewDoor, create_door
from doorward.acs.doors.readers import delete_device
from doorward.acs.doors.rewiring import set_wiring
from doorward.acs.doors.wiring import InputPurpose, InputWire, LockWire, Supervision
from doorward.acs.errors import AcsError, Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.local_io.given import NewAuxInput, NewAuxOutput, NewLocalRule, RuleTrigger
from doorward.acs.local_io.inputs import create_aux_input, delete_aux_input, update_aux_input
from doorward.acs.local_io.models import AuxInput, AuxOutput, TriggerKind
from doorward.acs.local_io.operations import create_local_rule, delete_local_rule, update_local_rule
from doorward.acs.local_io.outputs import create_aux_output, delete_aux_output, update_aux_output
from doorward.acs.local_io.queries import list_aux_inputs, list_aux_outputs, list_local_rules
from doorward.acs.policy.parts import Scope, wiring_of
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.schedules.operations import delete_schedule
from doorward.acs.threats.models import RuleSwitch, ThreatColour
from doorward.acs.threats.operations import NewThreatLevel, create_threat_level, delete_threat_level
from tests.world import Site, World, make_site, only, open_world

pytestmark = pytest.mark.anyio


class Bench:
    """The site with a push button on input 5 and a siren on output 3 of its door's device."""

    def __init__(self, world: World, site: Site, device: Device) -> None:
        self.world, self.site, self.device = world, site, device
        self.button: AuxInput
        self.siren: AuxOutput

    @classmethod
    async def of(cls, world: World) -> "Bench":
        site = await make_site(world)
        bench = cls(world, site, await Device.get(role=DeviceRole.DOOR_IO))
        bench.button = await bench.do(create_aux_input, NewAuxInput("Button", bench.device.id, 5))
        bench.siren = await bench.do(create_aux_output, NewAuxOutput("Siren", bench.device.id, 3))
        return bench

    async def do(self, operation: Any, *given: Any) -> Any:
        return await operation(self.world.domain, COMMAND_LINE, *given)

    async def refused(self, kind: type[AcsError], operation: Any, *given: Any) -> AcsError:
        with pytest.raises(kind) as caught:
            await self.do(operation, *given)
        return caught.value

    @property
    def pressed(self) -> NewLocalRule:
        trigger = RuleTrigger(TriggerKind.INPUT, input_id=self.button.id, input_active=True)
        return NewLocalRule("Panic", trigger, LocalAction.PULSE, self.siren.id, 5_000)

    async def wiring(self) -> Any:
        return await wiring_of(Scope(self.world.domain, self.world.controller.id))


async def audit(kind: EventType) -> dict[str, Any]:
    return (await Event.filter(type=kind).order_by("-position").first()).data  # type: ignore[no-any-return, union-attr]


async def test_a_controller_gets_inputs_outputs_and_the_rules_that_are_enabled(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        rule = await bench.do(create_local_rule, bench.pressed)
        wiring = await bench.wiring()
        assert [(line.input_id, line.device_id, line.number) for line in wiring.aux_inputs] == [
            (bench.button.id, bench.device.id, 5)
        ]
        assert [(line.output_id, line.output) for line in wiring.aux_outputs] == [(bench.siren.id, 3)]
        assert wiring.local_rules == (
            pure.LocalRule(
                rule.id, "Panic", pure.InputTrigger(bench.button.id), LocalAction.PULSE, bench.siren.id, 5_000, 1
            ),
        )
        await bench.do(update_local_rule, rule.id, {"enabled": False})
        assert (await bench.wiring()).local_rules == ()


async def test_each_kind_of_trigger_reaches_the_controller(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        schedule = await ScheduleRow.get(name="Always")
        red = await bench.do(create_threat_level, NewThreatLevel("Red", 3, ThreatColour.ORANGE, 100))
        door_id = bench.site.door.id
        kind = TriggerKind
        wanted = (
            (
                RuleTrigger(kind.DOOR, door_id=door_id, door_fact=DoorFact.FORCED),
                pure.DoorTrigger(door_id, DoorFact.FORCED),
            ),
            (RuleTrigger(kind.EVENT, event=EventType.DOOR_HELD), pure.EventTrigger(EventType.DOOR_HELD)),
            (
                RuleTrigger(kind.EVENT, event=EventType.ACCESS_DENIED, door_id=door_id),
                pure.EventTrigger(EventType.ACCESS_DENIED, door_id),
            ),
            (RuleTrigger(kind.SCHEDULE, schedule_id=schedule.id), pure.ScheduleTrigger(schedule.id)),
            (RuleTrigger(kind.THREAT_LEVEL, threat_level_id=red.id), pure.ThreatTrigger("Red")),
            (RuleTrigger(kind.THREAT_LEVEL), pure.ThreatTrigger()),
        )
        rule = await bench.do(create_local_rule, replace(bench.pressed, action=LocalAction.ON, pulse_ms=None))
        for version, (given, expected) in enumerate(wanted, 2):
            await bench.do(update_local_rule, rule.id, {"trigger": given})
            (sent,) = (await bench.wiring()).local_rules
            assert (sent.trigger, sent.version) == (expected, version)


async def test_everything_is_audited_with_before_and_after(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        assert (await audit(EventType.AUX_INPUT_CREATED))["after"]["name"] == "Button"
        await bench.do(update_aux_input, bench.button.id, {"debounce_ms": 100})
        told = await audit(EventType.AUX_INPUT_UPDATED)
        assert (told["before"], told["after"]) == ({"debounce_ms": 0}, {"debounce_ms": 100})
        await bench.do(update_aux_output, bench.siren.id, {"name": "Horn"})
        assert (await audit(EventType.AUX_OUTPUT_UPDATED))["after"] == {"name": "Horn"}
        rule = await bench.do(create_local_rule, bench.pressed)
        await bench.do(update_local_rule, rule.id, {"pulse_ms": 700})
        assert (await audit(EventType.LOCAL_RULE_UPDATED))["before"] == {"pulse_ms": 5_000}
        await bench.do(delete_local_rule, rule.id)
        assert (await audit(EventType.LOCAL_RULE_DELETED))["before"]["name"] == "Panic"
        await bench.do(delete_aux_input, bench.button.id)
        await bench.do(delete_aux_output, bench.siren.id)
        assert (await audit(EventType.AUX_OUTPUT_DELETED))["before"]["number"] == 3


async def test_what_changes_nothing_is_not_told_and_an_old_version_is_refused(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        rule = await bench.do(create_local_rule, bench.pressed)
        same = await bench.do(update_local_rule, rule.id, {"name": "Panic"})
        assert same.version == 1
        assert not await Event.filter(type=EventType.LOCAL_RULE_UPDATED).exists()
        for operation, row in (
            (update_local_rule, rule),
            (update_aux_input, bench.button),
            (update_aux_output, bench.siren),
        ):
            assert (await bench.refused(Conflict, operation, row.id, {"name": "New"}, 7)).path == ("expectedVersion",)


async def test_no_rule_ever_gets_at_a_lock(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        lock = await DoorLock.get(door_id=bench.site.door.id)
        error = await bench.refused(Conflict, create_aux_output, NewAuxOutput("Strike", bench.device.id, lock.output))
        assert "Main entrance" in error.message
        await bench.refused(Conflict, update_aux_output, bench.siren.id, {"number": lock.output})
        moved = [LockWire(3, device_id=bench.device.id)]
        error = await bench.refused(Conflict, set_wiring, bench.site.door.id, moved, [])
        assert (error.message, error.path) == (
            "This port has the auxiliary output Siren. Delete that, or take another port.", ("locks", "0", "output"),
        )  # fmt: skip


async def test_an_input_has_one_contact(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        contact = await DoorInput.filter(door_id=bench.site.door.id).first()
        assert contact is not None
        await bench.refused(Conflict, create_aux_input, NewAuxInput("Twin", bench.device.id, contact.port))
        await bench.refused(Conflict, create_aux_input, NewAuxInput("Twin", bench.device.id, 5))
        wires = [InputWire(InputPurpose.POSITION, 5, device_id=bench.device.id)]
        error = await bench.refused(Conflict, set_wiring, bench.site.door.id, [], wires)
        assert error.path == ("inputs", "0", "port")
        await bench.refused(Conflict, create_aux_output, NewAuxOutput("Twin", bench.device.id, 3))


@pytest.mark.parametrize(
    "changes, path",
    [
        ({"number": 256}, ("number",)),
        ({"debounce_ms": 401}, ("debounceMs",)),
        ({"supervision": Supervision.SERIAL}, ("resistorOhm",)),
        ({"resistor_ohm": 4_700}, ("resistorOhm",)),
        ({"name": " "}, ("name",)),
    ],
)
async def test_an_input_that_cannot_be_is_refused(
    database_url: str, changes: dict[str, Any], path: tuple[str, ...]
) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        assert (await bench.refused(ValidationFailed, update_aux_input, bench.button.id, changes)).path == path


@pytest.mark.parametrize(
    "changes, path",
    [
        ({"pulse_ms": None}, ("pulseMs",)),
        ({"pulse_ms": 99}, ("pulseMs",)),
        ({"action": LocalAction.ON}, ("pulseMs",)),
        ({"trigger": RuleTrigger(TriggerKind.INPUT)}, ("trigger", "inputId")),
        ({"trigger": RuleTrigger(TriggerKind.SCHEDULE)}, ("trigger", "scheduleId")),
        ({"trigger": RuleTrigger(TriggerKind.THREAT_LEVEL, door_id="x")}, ("trigger", "doorId")),
        ({"trigger": RuleTrigger(TriggerKind.EVENT)}, ("trigger", "event")),
        ({"trigger": RuleTrigger(TriggerKind.EVENT, event=EventType.OUTPUT_ON)}, ("trigger", "event")),
        ({"trigger": RuleTrigger(TriggerKind.EVENT, event=EventType.USER_CREATED)}, ("trigger", "event")),
        (
            {
                "trigger": RuleTrigger(TriggerKind.EVENT, event=EventType.DOOR_HELD),
                "action": LocalAction.FOLLOW,
                "pulse_ms": None,
            },
            ("action",),
        ),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(
    database_url: str, changes: dict[str, Any], path: tuple[str, ...]
) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        rule = await bench.do(create_local_rule, bench.pressed)
        assert (await bench.refused(ValidationFailed, update_local_rule, rule.id, changes)).path == path


async def test_what_a_rule_names_must_exist_on_the_controller_of_its_output(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        other = await Controller.create(id="other", name="Other")
        far = await bench.do(create_door, NewDoor("Far", other.id))
        device = await Device.create(
            id="far-io", controller_id=other.id, role=DeviceRole.DOOR_IO, port="/dev/far", address=1
        )
        button = await bench.do(create_aux_input, NewAuxInput("Far button", device.id, 0))
        for trigger, kind, path in (
            (RuleTrigger(TriggerKind.INPUT, input_id="no", input_active=True), NotFound, "inputId"),
            (RuleTrigger(TriggerKind.INPUT, input_id=button.id, input_active=True), ValidationFailed, "inputId"),
            (RuleTrigger(TriggerKind.DOOR, door_id=far.id, door_fact=DoorFact.OPEN), ValidationFailed, "doorId"),
            (RuleTrigger(TriggerKind.SCHEDULE, schedule_id="no"), NotFound, "scheduleId"),
            (RuleTrigger(TriggerKind.THREAT_LEVEL, threat_level_id="no"), NotFound, "threatLevelId"),
        ):
            error = await bench.refused(kind, create_local_rule, replace(bench.pressed, trigger=trigger))
            assert error.path == ("trigger", path)
        await bench.refused(NotFound, create_local_rule, replace(bench.pressed, output_id="no"))
        await bench.do(create_local_rule, bench.pressed)
        for operation, row in ((update_aux_input, bench.button), (update_aux_output, bench.siren)):
            error = await bench.refused(ValidationFailed, operation, row.id, {"device_id": device.id})
            assert error.path == ("deviceId",)


async def test_what_is_used_is_not_deleted_and_the_refusal_names_its_users(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        schedule = await ScheduleRow.get(name="Always")
        red = await bench.do(create_threat_level, NewThreatLevel("Red", 3, ThreatColour.ORANGE, 100))
        assert red.rule_switch is RuleSwitch.ALL
        spare = await bench.do(create_door, NewDoor("Spare", world.controller.id))
        rule = await bench.do(create_local_rule, bench.pressed)
        for trigger, operation, entity in (
            (None, delete_aux_input, bench.button),
            (None, delete_aux_output, bench.siren),
            (RuleTrigger(TriggerKind.SCHEDULE, schedule_id=schedule.id), delete_schedule, schedule),
            (RuleTrigger(TriggerKind.THREAT_LEVEL, threat_level_id=red.id), delete_threat_level, red),
            (RuleTrigger(TriggerKind.DOOR, door_id=spare.id, door_fact=DoorFact.OPEN), delete_door, spare),
        ):
            if trigger is not None:
                await bench.do(update_local_rule, rule.id, {"trigger": trigger})
            error = await bench.refused(Conflict, operation, entity.id)
            assert "local rule Panic" in error.message
        await bench.do(delete_local_rule, rule.id)
        for operation, entity in ((delete_threat_level, red), (delete_door, spare)):
            await bench.do(operation, entity.id)


async def test_a_device_with_auxiliary_ports_is_not_deleted_under_them(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        await bench.do(set_wiring, bench.site.door.id, [], [])
        error = await bench.refused(Conflict, delete_device, bench.device.id)
        assert "auxiliary input Button, auxiliary output Siren" in error.message
        door = await bench.do(create_door, NewDoor("Plain", world.controller.id))
        assert await Door.filter(id=door.id).exists()
        await Device.filter(id=bench.device.id).update(door_id=door.id)
        error = await bench.refused(Conflict, delete_door, door.id)
        assert "auxiliary output Siren" in error.message
        await bench.do(delete_aux_input, bench.button.id)
        await bench.do(delete_aux_output, bench.siren.id)
        await bench.do(delete_device, bench.device.id)


async def test_looking_takes_the_permission_to_view_the_configuration(database_url: str) -> None:
    async with open_world(database_url) as world:
        bench = await Bench.of(world)
        await bench.do(create_local_rule, bench.pressed)
        viewer = only(Permission.CONFIGURATION_VIEW)
        assert [row.name for row in await list_aux_inputs(viewer)] == ["Button"]
        assert [row.name for row in await list_aux_outputs(viewer)] == ["Siren"]
        assert [row.output.name for row in await list_local_rules(viewer)] == ["Siren"]
        for query in (list_aux_inputs, list_aux_outputs, list_local_rules):
            with pytest.raises(NotPermitted):
                await query(only(Permission.DOOR_VIEW))
