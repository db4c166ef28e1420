"""A device of a simulated site: its cable and power, its outputs and inputs, and what is wrong with it."""

import random
from collections.abc import Callable, Sequence

import osdp_sys

from doorward.acs.decision.card_format import CardBits
from doorward.hardware.simulators.device import DeviceCommand, SimulatedDevice
from doorward.hardware.simulators.drop import Drop, Trunk
from doorward.hardware.simulators.fault import Disturbance, Faults
from doorward.hardware.simulators.happening import Colour, Happening, What
from doorward.hardware.simulators.output import ControlCode, TimedOutput
from doorward.hardware.simulators.site_spec import DeviceSpec

KEY_BYTES = 16
REFRESHES_MOST = 4
"""Frames of one device that are answered before the others have their turn."""

_COLOURS = {
    osdp_sys.LED_COLOR_RED: Colour.RED,
    osdp_sys.LED_COLOR_GREEN: Colour.GREEN,
    osdp_sys.LED_COLOR_AMBER: Colour.AMBER,
}


class SiteDevice:
    """One thread uses it. Times are monotonic seconds."""

    def __init__(self, spec: DeviceSpec, trunk: Trunk, dice: random.Random, monotonic: Callable[[], float]) -> None:
        """Hang it on its line."""
        self.spec = spec
        self.disturbance = Disturbance(dice)
        self.drop = Drop(trunk.line, self.disturbance, monotonic)
        self.online = False
        self.outputs_changed = False
        self._dice = dice
        self._key = bytes.fromhex(spec.key) if spec.key is not None else None
        self._cable, self._power = True, True
        self._inputs = [False] * spec.inputs
        self._inputs_told = True
        self._tampered = False
        self._outputs = [TimedOutput() for _ in range(spec.outputs)]
        self.disturbance.faults = spec.faults
        self._device = SimulatedDevice(self.drop, spec.address, *self._burnt_in(_capabilities(spec)))
        self._trunk = trunk
        self._trunk, self._address = trunk, spec.address
        trunk.drops[spec.address] = self.drop

    def refresh(self, now: float) -> list[Happening]:
        """Answer what arrived, and tell what happened."""
        self.drop.send_due(now)
        seen: list[Happening] = []
        for _ in range(REFRESHES_MOST):
            for command in self._device.refresh():
                self._take(command, now, seen)
            self._trunk.move(self.drop, self._device.address)
            if not self.drop.waiting:
                break
        heard = self.drop.heard_secure and not self.disturbance.faults.dead
        online = self.drop.plugged and heard and self._device.secure
        if online is not self.online:
            self.online = online
            seen.append(Happening(now, What.DEVICE_ONLINE if online else What.DEVICE_OFFLINE, self.spec.name))
            self._inputs_told = False
        if self.online and not self._inputs_told and self._inputs:
            self._device.report_inputs(self._inputs)
            self._inputs_told = True
        return seen

    def output_active(self, output: int, now: float) -> bool:
        """Whether an output is energised."""
        return self._outputs[output].active(now)

    def next_output_change(self, output: int, now: float) -> float | None:
        """When an output's running timer ends, or None."""
        return self._outputs[output].next_change(now)

    def set_input(self, number: int, active: bool) -> None:
        """A contact closes or opens; it is told with the next refresh, or once somebody listens."""
        if self._inputs[number] is not active:
            self._inputs[number] = active
            self._inputs_told = False

    def present(self, bits: CardBits) -> None:
        """A card is held to it; without power nothing happens."""
        if self._power:
            self._device.present(bits)

    def press(self, keys: str) -> None:
        """Keys of its keypad are pressed."""
        if self._power:
            self._device.press(keys)

    def tamper(self, active: bool) -> None:
        """Its housing is opened or shut."""
        self._tampered = active
        if self._power:
            self._device.report_tamper(active)

    def plug(self, plugged: bool) -> None:
        """Cut or mend its cable. What waits in it stays there."""
        self._cable = plugged
        self._connect()

    def power(self, powered: bool) -> None:
        """Take its power away, or give it back. Outputs fall off, and what waited in it is gone."""
        if powered is self._power:
            return
        self._power = powered
        self._connect()
        for output in self._outputs:
            output.reset()
        self.outputs_changed = True
        if powered:
            self._restart()
            if self._tampered:
                self._device.report_tamper(True)

    def suffer(self, faults: Faults) -> None:
        """From now on this is wrong with it, and nothing else."""
        before, self.disturbance.faults = self.disturbance.faults, faults
        if before.dead:
            self.drop.broke_off()
        if (before.wrong_key, before.install_mode) != (faults.wrong_key, faults.install_mode):
            self._restart()

    def _connect(self) -> None:
        self.drop.plugged = self._cable and self._power
        self.drop.broke_off()

    def _restart(self) -> None:
        self.drop.broke_off()
        self._device.restart(*self._key_and_flags())

    def _burnt_in(
        self, capabilities: Sequence[tuple[int, int, int]]
    ) -> tuple[bytes | None, Sequence[tuple[int, int, int]], int]:
        key, flags = self._key_and_flags()
        return key, capabilities, flags

    def _key_and_flags(self) -> tuple[bytes | None, int]:
        faults = self.disturbance.faults
        if faults.install_mode or (self._key is None and not faults.wrong_key):
            return None, osdp_sys.FLAG_INSTALL_MODE
        key = self._dice.randbytes(KEY_BYTES) if faults.wrong_key else self._key
        return key, osdp_sys.FLAG_ENFORCE_SECURE

    def _take(self, command: DeviceCommand, now: float, seen: list[Happening]) -> None:
        kind = command["command"]
        if kind == osdp_sys.CMD_OUTPUT and 0 <= command["output_no"] < len(self._outputs):
            output = self._outputs[command["output_no"]]
            output.command(ControlCode(command["control_code"]), command["timer_count"], now)
            self.outputs_changed = True
        elif kind == osdp_sys.CMD_LED and command["temporary"]:
            colour = _COLOURS.get(command["on_color"], Colour.OTHER)
            seen.append(Happening(now, What.LIGHT, self.spec.name, colour))
        elif kind == osdp_sys.CMD_KEYSET:
            self._key = bytes(command["data"])
        elif kind == osdp_sys.CMD_COMSET:
            self._move(command["address"])

    def _move(self, address: int) -> None:
        """It answers at another address from its next frame on, unless somebody is there already."""
        if address not in self._trunk.drops:
            del self._trunk.drops[self._address]
            self._trunk.drops[address] = self.drop
            self._address = address


def _capabilities(spec: DeviceSpec) -> list[tuple[int, int, int]]:
    found = [(osdp_sys.CAP_COMMUNICATION_SECURITY, 1, 1)]
    if spec.reader:
        found += [
            (osdp_sys.CAP_CARD_DATA_FORMAT, 1, 1),
            (osdp_sys.CAP_READER_LED_CONTROL, 1, 1),
            (osdp_sys.CAP_READER_AUDIBLE_OUTPUT, 1, 1),
        ]
    if spec.outputs:
        found.append((osdp_sys.CAP_OUTPUT_CONTROL, 4, spec.outputs))
    if spec.inputs:
        found.append((osdp_sys.CAP_CONTACT_STATUS_MONITORING, 1, spec.inputs))
    return found
