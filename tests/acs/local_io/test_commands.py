"""Switching auxiliary outputs by hand: what is sent, what is answered, what is refused, what is written down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.decision.by_hand import ByHand, HandAction
from doorward.acs.decision.supervision import InputState
from doorward.acs.devices import DeviceRole
from doorward.acs.doors.models import Device
from doorward.acs.errors import ControllerOffline, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.local_io.commands import ByHandOrder, command_output
from doorward.acs.local_io.given import NewAuxInput, NewAuxOutput
from doorward.acs.local_io.inputs import create_aux_input
from doorward.acs.local_io.models import AuxOutput
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.local_io.queries import lines_now
from doorward.acs.messages import (
    CommandResult,
    CommandStatus,
    InputStatus,
    OutputCommand,
    OutputStatus,
    ToController,
)
from doorward.acs.requests.keyed import keyed_request
from doorward.acs.users.operations import create_user
from tests.world import START, World, make_site, only, open_world, user

pytestmark = pytest.mark.anyio

OPERATOR = user(Role.OPERATOR)


class Peer:
    """A controller that answers every command at once, and keeps what it was sent."""

    def __init__(self, world: World, answer: Callable[[OutputCommand], CommandResult]) -> None:
        self.sent: list[OutputCommand] = []
        self._world, self._answer = world, answer
        world.domain.doors.attach(world.controller.id, self._receive)

    def _receive(self, message: ToController) -> None:
        assert isinstance(message, OutputCommand)
        self.sent.append(message)
        self._world.domain.doors.resolve(self._answer(message))


def confirmed(command: OutputCommand) -> CommandResult:
    return CommandResult(command.id, CommandStatus.CONFIRMED)


def failed(command: OutputCommand) -> CommandResult:
    return CommandResult(command.id, CommandStatus.FAILED, "The output's device is offline.")


async def siren_of(world: World) -> AuxOutput:
    await make_site(world)
    device = await Device.get(role=DeviceRole.DOOR_IO)
    return await create_aux_output(world.domain, COMMAND_LINE, NewAuxOutput("Siren", device.id, 3))


async def test_a_command_reaches_the_controller_and_the_audit(database_url: str) -> None:
    async with open_world(database_url) as world:
        siren, peer = await siren_of(world), Peer(world, confirmed)
        until = datetime(2026, 11, 23, 18, 0, tzinfo=timezone(timedelta(hours=2)))
        on = ByHandOrder(HandAction.ON, " a drill ", until)
        result = await command_output(world.domain, OPERATOR, siren.id, on)
        assert result.status is CommandStatus.CONFIRMED
        (sent,) = peer.sent
        assert (sent.output_id, sent.action, sent.reason) == (siren.id, HandAction.ON, "a drill")
        assert (sent.until, sent.until and sent.until.tzinfo) == (until, UTC)
        assert sent.expires_at == START + timedelta(seconds=5)
        told = await Event.get(type=EventType.AUX_OUTPUT_COMMANDED)
        assert told.data["after"] == {"action": "on", "reason": "a drill", "until": "2026-11-23T16:00:00+00:00"}
        assert told.data["subject"] == {"id": siren.id, "name": "Siren"}
        assert (told.user_name, told.correlation, told.data["command_id"]) == ("Operator", sent.id, sent.id)


async def test_the_same_key_is_the_same_command(database_url: str) -> None:
    async with open_world(database_url) as world:
        siren, peer = await siren_of(world), Peer(world, confirmed)
        for _ in range(2):
            pulse = ByHandOrder(HandAction.PULSE, pulse_ms=3_000)
            with keyed_request(world.domain, OPERATOR, "commandAuxOutput", "key", b"the same"):
                result = await command_output(world.domain, OPERATOR, siren.id, pulse)
        (sent,) = peer.sent
        assert (result.command_id, result.status) == (sent.id, CommandStatus.CONFIRMED)
        assert sent.pulse_ms == 3_000


@pytest.mark.parametrize(
    "order, path",
    [
        (ByHandOrder(HandAction.ON, until=START), "until"),
        (ByHandOrder(HandAction.OFF, until=START + timedelta(days=367)), "until"),
        (ByHandOrder(HandAction.ON, until=(START + timedelta(hours=1)).replace(tzinfo=None)), "until"),
        (ByHandOrder(HandAction.PULSE, until=START + timedelta(hours=1), pulse_ms=1_000), "until"),
        (ByHandOrder(HandAction.AUTO, until=START + timedelta(hours=1)), "until"),
        (ByHandOrder(HandAction.PULSE), "pulseMs"),
        (ByHandOrder(HandAction.PULSE, pulse_ms=99), "pulseMs"),
        (ByHandOrder(HandAction.PULSE, pulse_ms=3_600_001), "pulseMs"),
        (ByHandOrder(HandAction.ON, pulse_ms=1_000), "pulseMs"),
        (ByHandOrder(HandAction.ON, "x" * 501), "reason"),
    ],
)
async def test_a_senseless_command_is_refused_and_nothing_is_sent(
    database_url: str, order: ByHandOrder, path: str
) -> None:
    async with open_world(database_url) as world:
        siren, peer = await siren_of(world), Peer(world, confirmed)
        with pytest.raises(ValidationFailed) as caught:
            await command_output(world.domain, OPERATOR, siren.id, order)
        assert caught.value.path == (path,)
        assert not peer.sent
        assert not await Event.filter(type=EventType.AUX_OUTPUT_COMMANDED)


async def test_what_fails_is_written_down(database_url: str) -> None:
    async with open_world(database_url) as world:
        siren = await siren_of(world)
        with pytest.raises(ControllerOffline, match="output's controller is not connected"):
            await command_output(world.domain, OPERATOR, siren.id, ByHandOrder(HandAction.ON))
        Peer(world, failed)
        result = await command_output(world.domain, OPERATOR, siren.id, ByHandOrder(HandAction.OFF))
        assert result.status is CommandStatus.FAILED
        told = await Event.filter(type=EventType.AUX_OUTPUT_COMMAND_FAILED).order_by("position")
        assert [event.data["after"]["action"] for event in told] == ["on", "off"]
        assert told[1].data["after"]["detail"] == "The output's device is offline."


async def test_who_may_not_command_doors_switches_no_output_and_an_unknown_one_is_named(database_url: str) -> None:
    async with open_world(database_url) as world:
        siren, peer = await siren_of(world), Peer(world, confirmed)
        with pytest.raises(NotPermitted):
            await command_output(world.domain, only(Permission.DOOR_VIEW), siren.id, ByHandOrder(HandAction.ON))
        with pytest.raises(NotFound) as caught:
            await command_output(world.domain, OPERATOR, "nowhere", ByHandOrder(HandAction.ON))
        assert caught.value.path == ("outputId",)
        assert not peer.sent


async def test_states_are_shown_with_names_and_are_unknown_without_their_controller(database_url: str) -> None:
    async with open_world(database_url) as world:
        siren = await siren_of(world)
        button = await create_aux_input(world.domain, COMMAND_LINE, NewAuxInput("Button", siren.device_id, 5))
        ann = await create_user(world.domain, COMMAND_LINE, "ann", "correct horse battery", Role.OPERATOR)
        lines, viewer = world.domain.lines, only(Permission.IO_READ)
        before = lines.versions.count
        held = ByHand(HandAction.ON, None, ann.id, "command-1")
        lines.update(world.controller.id, InputStatus(button.id, InputState.OPEN))
        lines.update(world.controller.id, OutputStatus(siren.id, True, None, held))
        assert lines.versions.since(before) == [button.id, siren.id]
        now = await lines_now(world.domain, viewer)
        assert [(one.name, one.status.state) for one in now.inputs] == [("Button", InputState.OPEN)]
        assert [(one.name, one.status.on, one.held_by) for one in now.outputs] == [("Siren", True, "ann")]
        lines.detach("another")
        assert lines.input(button.id).state is InputState.OPEN
        lines.detach(world.controller.id)
        now = await lines_now(world.domain, viewer)
        assert (now.inputs[0].status.state, now.outputs[0].status.on) == (InputState.UNKNOWN, None)
        with pytest.raises(NotPermitted):
            await lines_now(world.domain, only(Permission.CONFIGURATION_VIEW))
