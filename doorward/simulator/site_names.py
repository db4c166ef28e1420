"""Finding what people call things: doors, devices, readers by their door and side, ports."""

from collections.abc import Iterable

from doorward.hardware.simulators.site_spec import AuxInputSpec, DeviceSpec, SiteSpec
from doorward.simulator.errors import SimulatorError

MOST_NAMES = 12


class UnknownName(SimulatorError):
    """Nothing of that kind is called so; the message says what there is."""


class SiteNames:
    """The names of a sound site. Capitals do not matter."""

    def __init__(self, spec: SiteSpec) -> None:
        self._wiegand = {reader.name.casefold(): reader.name for reader in spec.wiegand_readers}
        self.readers = (*(device.name for device in spec.devices if device.reader), *self._wiegand.values())
        self._doors = {door.name.casefold(): door for door in spec.doors}
        self._devices = {device.name.casefold(): device for device in spec.devices}
        self._aux_inputs = {line.name.casefold(): line for line in spec.aux_inputs}
        self._aux_outputs = {line.name.casefold(): line.name for line in spec.aux_outputs}
        self._by_side = {
            f"{door.name} {reader.side.value}".casefold(): reader.device
            for door in spec.doors
            for reader in door.readers
        }
        self._door_of_reader = {reader.device: door.name for door in spec.doors for reader in door.readers}
        self._on_port: dict[str, list[str]] = {}
        for device in spec.devices:
            self._on_port.setdefault(device.port.casefold(), []).append(device.name)
        for reader in spec.wiegand_readers:
            self._on_port.setdefault(reader.port.casefold(), []).append(reader.name)

    def door(self, wanted: str) -> str:
        """The door that is called so. Raises UnknownName."""
        found = self._doors.get(wanted.strip().casefold())
        if found is None:
            raise UnknownName(f"There is no door called {wanted}. {_there_are('doors', self._names_of_doors())}")
        return found.name

    def device(self, wanted: str) -> DeviceSpec:
        """The device that is called so, or is the reader of such a door and side. Raises UnknownName."""
        name = wanted.strip().casefold()
        found = self._devices.get(name) or self._devices.get(self._by_side.get(name, "").casefold())
        if found is None:
            names = [device.name for device in self._devices.values()]
            raise UnknownName(f"There is no device called {wanted}. {_there_are('devices', names)}")
        return found

    def aux_input(self, wanted: str) -> AuxInputSpec:
        """The auxiliary input that is called so. Raises UnknownName."""
        found = self._aux_inputs.get(wanted.strip().casefold())
        if found is None:
            names = [line.name for line in self._aux_inputs.values()]
            raise UnknownName(
                f"There is no auxiliary input called {wanted}. {_there_are('auxiliary inputs', names)} "
                "An input of a device is told by its number (input)."
            )
        return found

    def aux_output(self, wanted: str) -> str:
        """The auxiliary output that is called so. Raises UnknownName."""
        found = self._aux_outputs.get(wanted.strip().casefold())
        if found is None:
            known = _there_are("auxiliary outputs", self._aux_outputs.values())
            raise UnknownName(f"There is no auxiliary output called {wanted}. {known}")
        return found

    def reader(self, wanted: str) -> str:
        """The reader that is called so, or is at such a door and side. Raises UnknownName."""
        if (wiegand := self._wiegand_reader(wanted)) is not None:
            return wiegand
        try:
            found = self.device(wanted)
        except UnknownName as error:
            raise UnknownName(f"There is no reader called {wanted}. {_there_are('readers', self.readers)}") from error
        if not found.reader:
            raise UnknownName(f"{found.name} is not a reader. {_there_are('readers', self.readers)}")
        return found.name

    def devices(self, wanted: str) -> tuple[str, ...]:
        """The device that is called so, or all of such a door, or on such a port. Raises UnknownName."""
        name = wanted.strip().casefold()
        door = self._doors.get(name)
        if (wiegand := self._wiegand_reader(wanted)) is not None:
            return (wiegand,)
        if name in self._devices or name in self._by_side:
            return (self.device(wanted).name,)
        if door is not None:
            parts = [part.device for part in door.locks] + [part.device for part in door.contacts]
            return tuple(dict.fromkeys([*parts, *(part.device for part in door.readers)]))
        if name in self._on_port:
            return tuple(self._on_port[name])
        return (self.device(wanted).name,)

    def osdp_devices(self, wanted: str) -> tuple[str, ...]:
        """As `devices`, for what only an OSDP device can suffer. Raises UnknownName."""
        found = self.devices(wanted)
        for name in found:
            if name.casefold() in self._wiegand:
                raise UnknownName(f"{name} is a Wiegand reader: its cable can be cut and its housing opened, no more.")
        return found

    def _wiegand_reader(self, wanted: str) -> str | None:
        name = wanted.strip().casefold()
        return self._wiegand.get(name) or self._wiegand.get(self._by_side.get(name, "").casefold())

    def door_of_reader(self, reader: str) -> str | None:
        """The door that a reader is at, if it is at one."""
        return self._door_of_reader.get(reader)

    def has_lock(self, door: str) -> bool:
        """Whether a strike can be seen at a door."""
        return bool(self._doors[door.casefold()].locks)

    def _names_of_doors(self) -> list[str]:
        return [door.name for door in self._doors.values()]


def _there_are(what: str, names: Iterable[str]) -> str:
    known = list(names)
    if not known:
        return f"There are no {what}."
    more = f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else ""
    return f"The {what} are: {', '.join(known[:MOST_NAMES])}{more}."
