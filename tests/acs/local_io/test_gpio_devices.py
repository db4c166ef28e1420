"""Pins of a controller's own, as devices: what is taken, refused, and told to the controller."""

from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.devices import GpioDevice, InputLine, LockLine, MeasuredInput, PinInput, PinOutput
from doorward.acs.doors.gpio_devices import GpioLines, NewGpioDevice, create_gpio_device, update_gpio_device
from doorward.acs.doors.models import Device
from doorward.acs.doors.operations import NewDoor, create_door
from doorward.acs.doors.readers import delete_device
from doorward.acs.doors.rewiring import set_wiring
from doorward.acs.doors.wiring import InputPurpose, InputWire, LockWire
from doorward.acs.errors import AcsError, Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.local_io.given import NewAuxOutput
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.policy.parts import Scope, wiring_of
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

ADC = MeasuredInput("iio:device0", 1, 10_000, 3_300)
LINES = GpioLines((PinInput(17), ADC), (PinOutput(22), PinOutput(23, active_low=True)))


async def pins(world: World, lines: GpioLines = LINES, chip: str = "/dev/gpiochip0") -> Device:
    given = NewGpioDevice(world.controller.id, "Pins", chip, lines)
    return await create_gpio_device(world.domain, COMMAND_LINE, given)


async def test_a_door_on_pins_reaches_its_controller(database_url: str) -> None:
    async with open_world(database_url) as world:
        device = await pins(world)
        door = await create_door(world.domain, COMMAND_LINE, NewDoor("Shed", world.controller.id))
        contact = InputWire(InputPurpose.POSITION, 1, device_id=device.id)
        await set_wiring(world.domain, COMMAND_LINE, door.id, [LockWire(0, device_id=device.id)], [contact])
        wiring = await wiring_of(Scope(world.domain, world.controller.id))
        assert wiring.devices == (GpioDevice(device.id, "/dev/gpiochip0", LINES.inputs, LINES.outputs),)
        assert wiring.locks == (LockLine(door.id, device.id, 0),)
        assert wiring.inputs == (InputLine(door.id, InputPurpose.POSITION, device.id, 1),)


@pytest.mark.parametrize(
    "lines, chip, path",
    [
        (LINES, "gpiochip0", ("chip",)),
        (LINES, "/dev/../etc/passwd", ("chip",)),
        (GpioLines(), "/dev/gpiochip0", ("inputs",)),
        (GpioLines((PinInput(-1),)), "/dev/gpiochip0", ("inputs", "0", "pin")),
        (GpioLines((PinInput(17),), (PinOutput(17),)), "/dev/gpiochip0", ("outputs", "0")),
        (GpioLines((ADC, ADC)), "/dev/gpiochip0", ("inputs", "1")),
        (GpioLines((MeasuredInput("../x", 0, 1_000, 3_300),)), "/dev/gpiochip0", ("inputs", "0", "converter")),
        (GpioLines((MeasuredInput("iio:device0", 0, 1, 3_300),)), "/dev/gpiochip0", ("inputs", "0", "pullUpOhm")),
    ],
)
async def test_pins_that_cannot_be_are_refused(
    database_url: str, lines: GpioLines, chip: str, path: tuple[str, ...]
) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed) as caught:
            await pins(world, lines, chip)
        assert caught.value.path == path


async def test_a_chip_is_one_device_and_keeps_the_pins_that_are_used(database_url: str) -> None:
    async with open_world(database_url) as world:

        async def refused(kind: type[AcsError], operation: Any, *given: Any) -> AcsError:
            with pytest.raises(kind) as caught:
                await operation(world.domain, COMMAND_LINE, *given)
            return caught.value

        device = await pins(world)
        with pytest.raises(Conflict):
            await pins(world)
        lamp = await create_aux_output(world.domain, COMMAND_LINE, NewAuxOutput("Lamp", device.id, 1))
        fewer = GpioLines(LINES.inputs, LINES.outputs[:1])
        error = await refused(Conflict, update_gpio_device, device.id, "Pins", fewer)
        assert (error.path, "Lamp" in error.message) == (("outputs",), True)
        await update_gpio_device(world.domain, COMMAND_LINE, device.id, "Board", GpioLines((), LINES.outputs))
        told = await Event.get(type=EventType.GPIO_DEVICE_UPDATED)
        assert told.data["after"] == {"name": "Board", "inputs": []}
        await refused(Conflict, delete_device, device.id)
        await refused(NotFound, update_gpio_device, lamp.id, "Pins", LINES)
