"""Which device does what at which door: the wiring with its indexes, and what readings on its lines mean."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from doorward.acs import devices
from doorward.acs.decision.door import Strike, StrikeEffect
from doorward.acs.decision.supervision import CircuitState, Connection, InputState, Supervision, read_contact, read_line
from doorward.acs.devices import AuxInputLine, AuxOutputLine, Device, InputLine, LockLine, ReaderLine
from doorward.acs.doors import wiring as words
from doorward.hardware.driver import OutputState, Reading, SetOutput

_OUTPUT_OF_STRIKE = {
    Strike.PULSE: OutputState.PULSE,
    Strike.RELEASE: OutputState.ON,
    Strike.LOCK: OutputState.OFF,
}
_Line = TypeVar("_Line", ReaderLine, LockLine, InputLine, AuxInputLine)
ContactLine = InputLine | AuxInputLine
"""A contact, of a door or of none."""
_CIRCUITS = {words.Circuit.OPEN: CircuitState.OPEN, words.Circuit.CLOSED: CircuitState.CLOSED}


class Wiring:
    """The wiring of a controller, with its indexes. Immutable by convention."""

    __slots__ = (
        "_aux_on", "_by_id", "_doors_on", "_inputs_of", "_inputs_on", "_locks", "_readers_of", "_readers_on",
        "aux_outputs", "plan",
    )  # fmt: skip

    def __init__(self, plan: devices.Wiring = devices.Wiring()) -> None:  # noqa: B008 - frozen
        self.plan = plan
        self._by_id = {device.id: device for device in plan.devices}
        self._locks = _by(plan.locks, lambda line: line.door_id)
        self._inputs_of = _by(plan.inputs, lambda line: line.door_id)
        self._inputs_on = _by(plan.inputs, lambda line: line.device_id)
        self._aux_on = _by(plan.aux_inputs, lambda line: line.device_id)
        locks = {(line.device_id, line.output) for line in plan.locks}
        self.aux_outputs: dict[str, AuxOutputLine] = {
            # Whatever the server says: no rule moves a lock.
            line.output_id: line
            for line in plan.aux_outputs
            if (line.device_id, line.output) not in locks
        }
        self._readers_of = _by(plan.readers, lambda line: line.door_id)
        self._readers_on = _by(plan.readers, lambda line: line.device_id)
        self._doors_on: dict[str, set[str]] = {}
        for door_id in {*self._locks, *self._inputs_of}:
            for device_id in self.carriers_of(door_id):
                self._doors_on.setdefault(device_id, set()).add(door_id)

    def device(self, device_id: str) -> Device | None:
        """The device with this id, if it is wired."""
        return self._by_id.get(device_id)

    def reader_at(self, device_id: str, number: int) -> ReaderLine | None:
        """The reader that is this one of a device's."""
        return next((line for line in self._readers_on.get(device_id, ()) if line.number == number), None)

    def readers_on(self, device_id: str) -> Sequence[ReaderLine]:
        """The readers that a device is."""
        return self._readers_on.get(device_id, ())

    def readers_of(self, door_id: str) -> Sequence[ReaderLine]:
        """The readers of a door, on either side."""
        return self._readers_of.get(door_id, ())

    def locks_of(self, door_id: str) -> Sequence[LockLine]:
        """The locks of a door."""
        return self._locks.get(door_id, ())

    def inputs_of(self, door_id: str) -> Sequence[InputLine]:
        """The contacts of a door."""
        return self._inputs_of.get(door_id, ())

    def inputs_on(self, device_id: str) -> Sequence[InputLine]:
        """The contacts on a device, of whatever door."""
        return self._inputs_on.get(device_id, ())

    def contacts_on(self, device_id: str) -> Sequence[ContactLine]:
        """The contacts on a device, of doors and of none."""
        return [*self._inputs_on.get(device_id, ()), *self._aux_on.get(device_id, ())]

    def is_lock(self, device_id: str, output: int) -> bool:
        """Whether an output is a door's lock."""
        return any((line.device_id, line.output) == (device_id, output) for line in self.plan.locks)

    def doors_of_lock(self, device_id: str, output: int) -> list[str]:
        """The doors that an output locks."""
        return [line.door_id for line in self.plan.locks if (line.device_id, line.output) == (device_id, output)]

    def carriers_of(self, door_id: str) -> frozenset[str]:
        """The devices without which a door is offline: those of its locks, or (without any) of its sensor."""
        locks = self._locks.get(door_id)
        if locks:
            return frozenset(line.device_id for line in locks)
        lines = self._inputs_of.get(door_id, ())
        return frozenset(line.device_id for line in lines if line.purpose is words.InputPurpose.POSITION)

    def doors_on(self, device_id: str) -> frozenset[str]:
        """The doors that are offline without this device."""
        return frozenset(self._doors_on.get(device_id, ()))


def _by(lines: Iterable[_Line], key: Callable[[_Line], str]) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    for line in lines:
        found.setdefault(key(line), []).append(line)
    return found


def output_for(lock: LockLine, effect: StrikeEffect) -> SetOutput:
    """The command that does to a lock what the door machine wants."""
    return SetOutput(lock.device_id, lock.output, _OUTPUT_OF_STRIKE[effect.strike], effect.duration_ms)


def state_of(line: ContactLine, inputs: Sequence[Reading]) -> InputState:
    """What the inputs of a line's device say of its contact. An input that the device lacks, or cannot read, is a
    fault: a wire that leads nowhere must not pass for a contact at rest."""
    reading = inputs[line.number] if 0 <= line.number < len(inputs) else None
    if reading is None:
        return InputState.FAULT
    active_when = _CIRCUITS[line.active_when]
    if isinstance(reading, bool):
        return read_contact(CircuitState.CLOSED if reading else CircuitState.OPEN, active_when)
    if line.supervision is words.Supervision.NONE:
        return read_contact(_circuit(reading), active_when)
    return read_line(reading, _supervision(line), active_when)


_CLOSED_BELOW_OHM = 1_000.0
"""An unsupervised contact that is measured counts as closed below this: far above any wire, far below any leak."""


def _circuit(ohms: float) -> CircuitState:
    return CircuitState.CLOSED if ohms < _CLOSED_BELOW_OHM else CircuitState.OPEN


def _supervision(line: ContactLine) -> Supervision:
    if line.supervision is words.Supervision.SERIAL:
        return Supervision(Connection.SERIAL_FIRST, line.resistor_ohm)
    return Supervision(Connection.PARALLEL_FIRST)
