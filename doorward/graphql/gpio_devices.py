"""GPIO devices in the API: pins of a controller's own."""

from collections.abc import Sequence

import strawberry

from doorward.acs import devices as wires
from doorward.acs.devices import DeviceKind, MeasuredInput, PinInput, PinOutput
from doorward.acs.doors import models
from doorward.acs.doors.gpio_devices import (
    GpioLines,
    NewGpioDevice,
    create_gpio_device,
    lines_of,
    update_gpio_device,
)
from doorward.acs.errors import ValidationFailed
from doorward.graphql.context import ApiInfo
from doorward.graphql.device_filter import DeviceFilter, of_kind
from doorward.graphql.enums import PinBias, PlacedOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import each, listed


@strawberry.type(description="An input: a pin, or (pin null) a channel of an analogue converter.")
class GpioInput:
    """See GpioInputInput."""

    pin: int | None = None
    """The line of the chip, from 0 to 1023. Null: it is a channel of a converter."""
    active_low: bool | None = None
    """Whether the input is closed when the pin is low. Null: it is no pin."""
    bias: PinBias | None = None
    """What the pin is pulled to. Null: it is no pin."""
    converter: str | None = None
    """Its analogue converter, such as iio:device0. Null: it is a pin."""
    channel: int | None = None
    """The converter's channel, from 0 to 255. Null: it is a pin."""
    pull_up_ohm: int | None = None
    """The resistor from the channel to the supply, in ohm: 100 to 1000000. Null: it is a pin."""
    supply_mv: int | None = None
    """The voltage of that supply, in millivolts: 1000 to 24000. Null: it is a pin."""


@strawberry.type(description="A pin as an output.")
class GpioOutput:
    """See GpioOutputInput."""

    pin: int
    """The line of the chip, from 0 to 1023."""
    active_low: bool
    """Whether the output is on when the pin is low."""


@strawberry.type(description="Pins of a controller's own. It is deleted as any device.")
class GpioDevice:
    """Inputs and outputs are numbered from 0, in these orders."""

    id: strawberry.ID
    name: str
    controller_id: strawberry.ID | None
    """The controller whose pins they are."""
    chip: str = strawberry.field(description="Its device file, such as /dev/gpiochip0.")
    inputs: list[GpioInput]
    """The place in this list is the number by which an input is found, from 0."""
    outputs: list[GpioOutput]
    """The place in this list is the number by which an output is found, from 0."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.Device) -> "GpioDevice":
        """The device as the API shows it."""
        lines = lines_of(row)
        return cls(
            version=row.version,
            id=strawberry.ID(row.id),
            name=row.name,
            controller_id=strawberry.ID(row.controller_id) if row.controller_id is not None else None,
            chip=row.port or "",
            inputs=[_shown(given) for given in lines.inputs],
            outputs=[GpioOutput(pin=given.pin, active_low=given.active_low) for given in lines.outputs],
        )


@strawberry.input(
    description="An input: a pin, or a channel of an analogue converter by which the resistance of a line is measured."
)
class GpioInputInput:
    """Either `pin`, or all four of converter, channel, pullUpOhm and supplyMv."""

    pin: int | None = None
    """The line of the chip, from 0 to 1023. Null: it is a channel of a converter."""
    active_low: bool = True
    """Whether the input is closed when the pin is low."""
    bias: PinBias = strawberry.field(default=wires.Bias.PULL_UP, description="What the pin is pulled to.")
    converter: str | None = None
    """Its analogue converter, as in /sys/bus/iio/devices: iio:device0. Null: it is a pin."""
    channel: int | None = None
    """The converter's channel, from 0 to 255."""
    pull_up_ohm: int | None = None
    """The resistor from the channel to the supply, in ohm: 100 to 1000000."""
    supply_mv: int | None = None
    """The voltage of that supply, in millivolts: 1000 to 24000."""


@strawberry.input(description="A pin as an output.")
class GpioOutputInput:
    """See GpioOutput."""

    pin: int
    active_low: bool = False


@strawberry.input(description="A chip of a controller, and those of its pins that are used.")
class CreateGpioDeviceInput(Keyed):
    """See GpioDevice."""

    controller_id: strawberry.ID
    name: str
    chip: str
    inputs: list[GpioInputInput] = strawberry.field(default_factory=list)
    outputs: list[GpioOutputInput] = strawberry.field(default_factory=list)


@strawberry.input(description="Another name, and all pins anew.")
class UpdateGpioDeviceInput(Keyed):
    """See GpioDevice."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str
    inputs: list[GpioInputInput]
    outputs: list[GpioOutputInput]


@strawberry.type(description="The GPIO device as it now is, or why nothing was done.")
class GpioDevicePayload:
    """Result of a change to a GPIO device."""

    device: GpioDevice | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _shown(given: wires.LocalInput) -> GpioInput:
    if isinstance(given, PinInput):
        return GpioInput(pin=given.pin, active_low=given.active_low, bias=given.bias)
    return GpioInput(
        converter=given.converter,
        channel=given.channel,
        pull_up_ohm=given.pull_up_ohm,
        supply_mv=given.supply_mv,
    )


def _input(given: GpioInputInput, place: int) -> wires.LocalInput:
    measured = (given.converter, given.channel, given.pull_up_ohm, given.supply_mv)
    if given.pin is not None and all(part is None for part in measured):
        return PinInput(given.pin, given.active_low, given.bias)
    converter, channel, pull_up_ohm, supply_mv = measured
    if given.pin is None and converter is not None and channel is not None and pull_up_ohm and supply_mv:
        return MeasuredInput(converter, channel, pull_up_ohm, supply_mv)
    raise ValidationFailed(
        "An input is a pin, or a converter with channel, pullUpOhm and supplyMv.", "inputs", str(place)
    )


def _lines(inputs: Sequence[GpioInputInput], outputs: Sequence[GpioOutputInput]) -> GpioLines:
    return GpioLines(
        tuple(_input(given, place) for place, given in enumerate(inputs)),
        tuple(PinOutput(given.pin, given.active_low) for given in outputs),
    )


@strawberry.type
class GpioDeviceQuery:
    """Queries about GPIO devices."""

    gpio_devices = listed(
        GpioDevice,
        of_kind(DeviceKind.GPIO),
        each(GpioDevice.of),
        "GPIO devices, by controller and chip. Permission: configuration.view.",
        filter=DeviceFilter,
        order=PlacedOrder,
        search="name and chip",
    )


@strawberry.type
class GpioDeviceMutation:
    """Adding and changing GPIO devices."""

    @mutation(description="Use pins of a controller's own. Permission: configuration.write.")
    async def create_gpio_device(self, info: ApiInfo, input: CreateGpioDeviceInput) -> GpioDevicePayload:
        lines = _lines(input.inputs, input.outputs)
        given = NewGpioDevice(input.controller_id, input.name, input.chip, lines)
        row = await create_gpio_device(info.context.domain, info.context.actor, given)
        return GpioDevicePayload(device=GpioDevice.of(row))

    @mutation(
        description="Rename a GPIO device and give its pins anew. Refused where a lock or an input would lose its pin. "
        "Permission: configuration.write."
    )
    async def update_gpio_device(self, info: ApiInfo, input: UpdateGpioDeviceInput) -> GpioDevicePayload:
        lines = _lines(input.inputs, input.outputs)
        row = await update_gpio_device(
            info.context.domain, info.context.actor, input.id, input.name, lines, input.expected_version
        )
        return GpioDevicePayload(device=GpioDevice.of(row))
