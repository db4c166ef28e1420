"""Reading the file that describes a site's hardware, and checking that such a site can be."""

from pathlib import Path

from doorward.acs.decision.policy import Side
from doorward.acs.doors.wiegand import FRAMINGS
from doorward.acs.doors.wiring import InputPurpose
from doorward.hardware.simulators.site_spec import (
    MAX_READERS,
    AuxInputSpec,
    AuxOutputSpec,
    DeviceSpec,
    SiteDoorSpec,
    SiteSpec,
)
from doorward.simulator.strict_yaml import Place, Read, parse_yaml, read_yaml

Named = SiteDoorSpec | AuxInputSpec | AuxOutputSpec


def read_site(path: Path) -> SiteSpec:
    """The site in a file. Raises SimulatorError with file, line and what to do."""
    return check_site(read_yaml(path, SiteSpec))


def parse_site(path: Path, data: bytes) -> SiteSpec:
    """The site in some bytes that `path` holds. Raises SimulatorError."""
    return check_site(parse_yaml(path, data, SiteSpec))


def check_site(read: Read[SiteSpec]) -> SiteSpec:
    """The site, if it can be built so. Raises SimulatorError."""
    _check_devices(read)
    _check_wiegand_readers(read)
    wires = _Wires(read)
    names = {device.name.casefold() for device in read.document.devices}
    names |= {reader.name.casefold() for reader in read.document.wiegand_readers}
    for position, door in enumerate(read.document.doors):
        if door.name.casefold() in names:
            raise read.mistake(f"{door.name} is the name of something else too. Rename one.", "doors", position, "name")
        names.add(door.name.casefold())
        wires.check(door, ("doors", position))
    for part in ("aux_inputs", "aux_outputs"):
        for position, line in enumerate(getattr(read.document, part)):
            place: Place = (part, position)
            if line.name.casefold() in names:
                raise read.mistake(f"{line.name} is the name of something else too. Rename one.", *place, "name")
            names.add(line.name.casefold())
            wires.check_line(line, place)
    return read.document


def _check_devices(read: Read[SiteSpec]) -> None:
    if not read.document.devices and not read.document.wiegand_readers:
        raise read.mistake("The site has no devices. List some under `devices` or `wiegand_readers`.")
    names: set[str] = set()
    addresses: set[tuple[str, int]] = set()
    readers = 0
    for position, device in enumerate(read.document.devices):
        place: Place = ("devices", position)
        if device.name.casefold() in names:
            raise read.mistake(f"Two devices are called {device.name}. Rename one.", *place, "name")
        if (device.port, device.address) in addresses:
            raise read.mistake(
                f"Two devices on {device.port} have address {device.address}. Give each its own.", *place, "address"
            )
        names.add(device.name.casefold())
        addresses.add((device.port, device.address))
        readers += device.reader
    readers += len(read.document.wiegand_readers)
    if readers > MAX_READERS:
        raise read.mistake(
            f"There are {readers} readers; one simulator plays {MAX_READERS}. Make two sites of it.", "devices"
        )


def _check_wiegand_readers(read: Read[SiteSpec]) -> None:
    names = {device.name.casefold() for device in read.document.devices}
    osdp_ports = {device.port for device in read.document.devices}
    framings: dict[str, str] = {}
    channels: set[tuple[str, int]] = set()
    for position, reader in enumerate(read.document.wiegand_readers):
        place: Place = ("wiegand_readers", position)
        framing = FRAMINGS.get(reader.framing)
        if reader.name.casefold() in names:
            raise read.mistake(f"Two devices are called {reader.name}. Rename one.", *place, "name")
        if framing is None:
            raise read.mistake(f"There is no such framing. Choose one of {', '.join(FRAMINGS)}.", *place, "framing")
        if reader.port in osdp_ports:
            raise read.mistake(f"{reader.port} has OSDP devices. Give Wiegand readers another.", *place, "port")
        if framings.setdefault(reader.port, reader.framing) != reader.framing:
            raise read.mistake(f"Readers on {reader.port} have different framings; a line has one.", *place, "framing")
        if reader.channel >= framing.channels:
            raise read.mistake(f"{framing.title} has {framing.channels} channels, from 0.", *place, "channel")
        if (reader.port, reader.channel) in channels:
            raise read.mistake(f"Two readers are on channel {reader.channel} of {reader.port}.", *place, "channel")
        names.add(reader.name.casefold())
        channels.add((reader.port, reader.channel))


class _Wires:
    """What doors and auxiliary lines hang on; each output, input and reader serves one purpose."""

    def __init__(self, read: Read[SiteSpec]) -> None:
        self._read = read
        self._devices = {device.name: device for device in read.document.devices}
        self._wiegand = {reader.name for reader in read.document.wiegand_readers}
        self._users: dict[tuple[str, str, int], str] = {}

    def check(self, door: SiteDoorSpec, place: Place) -> None:
        """Wire one door. Raises SimulatorError."""
        for position, lock in enumerate(door.locks):
            at: Place = (*place, "locks", position)
            self._take(door, "output", lock.output, self._device(door, lock.device, at), at)
        for position, contact in enumerate(door.contacts):
            at = (*place, "contacts", position)
            self._take(door, "input", contact.input, self._device(door, contact.device, at), at)
        if sum(contact.purpose is InputPurpose.POSITION for contact in door.contacts) > 1:
            raise self._read.mistake(f"{door.name} has two position contacts. A door has one leaf.", *place, "contacts")
        sides: set[Side] = set()
        for position, reader in enumerate(door.readers):
            at = (*place, "readers", position)
            if reader.side in sides:
                raise self._read.mistake(f"{door.name} has two readers on side {reader.side.value}. One each.", *at)
            sides.add(reader.side)
            if reader.device not in self._wiegand and not (device := self._device(door, reader.device, at)).reader:
                raise self._read.mistake(f"{device.name} is not a reader. Write `reader: true` at the device.", *at)
            self._use(door, reader.device, "reader", 0, at)

    def check_line(self, line: AuxInputSpec | AuxOutputSpec, place: Place) -> None:
        """Wire what is on no door. Raises SimulatorError."""
        device = self._device(line, line.device, place)
        if isinstance(line, AuxInputSpec):
            self._take(line, "input", line.input, device, place)
        else:
            self._take(line, "output", line.output, device, place)

    def _device(self, user: Named, name: str, place: Place) -> DeviceSpec:
        if name not in self._devices:
            raise self._read.mistake(
                f"{user.name} needs a device called {name}, which is not in the list of devices. Add it, or correct "
                "the name.",
                *place,
                "device",
            )
        return self._devices[name]

    def _take(self, by: Named, what: str, number: int, device: DeviceSpec, place: Place) -> None:
        have = device.outputs if what == "output" else device.inputs
        if number >= have:
            raise self._read.mistake(
                f"{device.name} has {have} {what}s, numbered from 0; there is no {what} {number}.", *place, what
            )
        self._use(by, device.name, what, number, place)

    def _use(self, by: Named, device: str, what: str, number: int, place: Place) -> None:
        user = self._users.get((device, what, number))
        if user is not None:
            raise self._read.mistake(
                f"The {what} {number} of {device} is used by {user} already. Each serves one purpose.", *place
            )
        self._users[device, what, number] = by.name
