"""Which device does what at which door."""

from collections.abc import Iterable

from doorward.acs.decision.door import Strike, StrikeEffect
from doorward.acs.decision.supervision import InputState
from doorward.acs.messages import DeviceRole, OsdpDevice
from doorward.hardware.driver import OutputState, SetOutput

_OUTPUT_OF_STRIKE = {
    Strike.PULSE: OutputState.PULSE,
    Strike.RELEASE: OutputState.ON,
    Strike.LOCK: OutputState.OFF,
}


class Wiring:
    """The devices of a controller, with their indexes. Immutable by convention."""

    __slots__ = ("_by_id", "_door_io", "_readers", "devices")

    def __init__(self, devices: Iterable[OsdpDevice] = ()) -> None:
        self.devices = tuple(devices)
        self._by_id = {device.id: device for device in self.devices}
        self._door_io = {device.door_id: device for device in self.devices if device.role is DeviceRole.DOOR_IO}
        self._readers: dict[str, list[OsdpDevice]] = {}
        for device in self.devices:
            if device.role is DeviceRole.READER:
                self._readers.setdefault(device.door_id, []).append(device)

    def device(self, device_id: str) -> OsdpDevice | None:
        """The device with this id, if it is wired."""
        return self._by_id.get(device_id)

    def io_of(self, door_id: str) -> OsdpDevice | None:
        """The device that has the strike and the contacts of a door, if it has one."""
        return self._door_io.get(door_id)

    def readers_of(self, door_id: str) -> list[OsdpDevice]:
        """The readers of a door, on either side."""
        return self._readers.get(door_id, [])


def output_for(device: OsdpDevice, effect: StrikeEffect) -> SetOutput:
    """The command that does to the strike wired to `device` what the door machine wants."""
    return SetOutput(device.id, device.strike_output, _OUTPUT_OF_STRIKE[effect.strike], effect.duration_ms)


def position_and_rex(device: OsdpDevice, inputs: tuple[bool, ...]) -> tuple[InputState, InputState]:
    """What the door position sensor and the exit button say. An input that the device lacks reads normal."""

    def state(number: int) -> InputState:
        is_active = number < len(inputs) and inputs[number]
        return InputState.ACTIVE if is_active else InputState.NORMAL

    return state(device.position_input), state(device.rex_input)
