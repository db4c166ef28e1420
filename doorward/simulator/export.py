"""The hardware that a server has configured, as a site to be simulated."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

import msgspec

from doorward.acs.devices import OsdpDevice, WiegandDevice, Wiring
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Controller, Device, Door, Reader
from doorward.acs.doors.policy import controller_wiring
from doorward.acs.local_io.policy import aux_input_lines, aux_output_lines
from doorward.hardware.simulators.site_spec import (
    MAX_NAME,
    AuxInputSpec,
    AuxOutputSpec,
    ContactSpec,
    DeviceSpec,
    DoorReaderSpec,
    LockSpec,
    SiteDoorSpec,
    SiteSpec,
    WiegandReaderSpec,
)
from doorward.server.domain import open_domain
from doorward.server.settings import Settings
from doorward.simulator.errors import SimulatorError

SerialDevice = OsdpDevice | WiegandDevice
_NOT_IN_PORT_NAMES = re.compile(r"[^A-Za-z0-9_.:-]")


@dataclass(frozen=True, slots=True)
class Exported:
    """A site, the directories that the server opens its ports in, and how many devices are on no serial line."""

    site: SiteSpec
    directories: tuple[str, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Names:
    devices: dict[str, str]
    doors: dict[str, str]
    sides: dict[str, Reader]


async def export_site(settings: Settings, controller: str | None, with_keys: bool) -> Exported:
    """The hardware of one controller, or of all. Raises SimulatorError when there is none."""
    if not settings.data_key.exists():
        raise SimulatorError(f"{settings.data} is no data directory of a Doorward server. Name it with --data.")
    async with open_domain(settings) as domain:
        return await export_from(domain, controller, with_keys)


async def export_from(domain: Domain, wanted: str | None, with_keys: bool) -> Exported:
    """The same, from an open domain."""
    controllers = await Controller.all().order_by("name")
    chosen = [row for row in controllers if wanted in (None, row.name)]
    if not chosen:
        names = ", ".join(row.name for row in controllers) or "none"
        raise SimulatorError(f"There is no such controller. The controllers are: {names}.")
    wirings = [await controller_wiring(domain.sealer, row.id) for row in chosen]
    wiring = Wiring(
        tuple(device for one in wirings for device in one.devices),
        tuple(line for one in wirings for line in one.readers),
        tuple(line for one in wirings for line in one.locks),
        tuple(line for one in wirings for line in one.inputs),
        tuple([line for row in chosen for line in await aux_input_lines(row.id)]),
        tuple([line for row in chosen for line in await aux_output_lines(row.id)]),
    )
    lines = [device for device in wiring.devices if isinstance(device, OsdpDevice | WiegandDevice)]
    if not lines:
        raise SimulatorError("No OSDP device and no Wiegand reader is configured there: there is nothing to simulate.")
    site = _site(wanted or chosen[0].name, lines, wiring, await _names(lines), with_keys)
    directories = tuple(dict.fromkeys(str(PurePath(device.port).parent) for device in lines))
    others = await Device.filter(controller_id__in=[row.id for row in chosen]).count() - len(lines)
    return Exported(site, directories, others)


async def _names(devices: Iterable[SerialDevice]) -> _Names:
    rows = {row.id: row for row in await Device.all()}
    doors = {row.id: row.name for row in await Door.all()}
    readers = {row.id: row for row in await Reader.all()}
    taken = {name.casefold() for name in doors.values()}
    named: dict[str, str] = {}
    for device in devices:
        row = rows[device.id]
        reader, door = readers.get(row.reader_id or ""), doors.get(row.door_id or "")
        name = row.name or (reader.name if reader else "") or (f"{door} I/O" if door else "Device")
        named[device.id] = _unique(name[: MAX_NAME - 5], taken)
    return _Names(named, doors, readers)


def _unique(name: str, taken: set[str], between: str = " ") -> str:
    """The name, or with a number after it what nobody else has; it is taken from now on."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name}{between}{number}"
    taken.add(found.casefold())
    return found


def _site(name: str, lines: list[SerialDevice], wiring: Wiring, names: _Names, with_keys: bool) -> SiteSpec:
    ports = _port_names(lines)
    devices = [device for device in lines if isinstance(device, OsdpDevice)]
    readers = {line.device_id for line in wiring.readers}
    specs = tuple(
        DeviceSpec(
            name=names.devices[device.id],
            port=ports[device.port],
            address=device.address,
            key=device.key.hex() if with_keys else None,
            reader=device.id in readers,
            outputs=_many(
                [line.output for line in wiring.locks if line.device_id == device.id]
                + [line.output for line in wiring.aux_outputs if line.device_id == device.id]
            ),
            inputs=_many(
                [line.number for line in wiring.inputs if line.device_id == device.id]
                + [line.number for line in wiring.aux_inputs if line.device_id == device.id]
            ),
        )
        for device in devices
    )
    wiegand_readers = tuple(
        WiegandReaderSpec(
            name=names.devices[device.id],
            port=ports[device.port],
            framing=device.framing,
            channel=device.channel,
            keypad=device.keypad,
            pin_facility=device.pin_facility,
        )
        for device in lines
        if isinstance(device, WiegandDevice)
    )
    doors = tuple(_doors(wiring, names))
    taken = {name.casefold() for name in [*names.devices.values(), *(door.name for door in doors)]}
    return SiteSpec(
        name=name,
        devices=specs,
        wiegand_readers=wiegand_readers,
        doors=doors,
        aux_inputs=tuple(_aux_inputs(wiring, names, taken)),
        aux_outputs=tuple(_aux_outputs(wiring, names, taken)),
    )


def _aux_inputs(wiring: Wiring, names: _Names, taken: set[str]) -> Iterable[AuxInputSpec]:
    for line in sorted(wiring.aux_inputs, key=lambda line: line.name.casefold()):
        if (device := names.devices.get(line.device_id)) is not None:
            name = _unique(line.name[: MAX_NAME - 5], taken)
            yield AuxInputSpec(name=name, device=device, input=line.number, active_when=line.active_when)


def _aux_outputs(wiring: Wiring, names: _Names, taken: set[str]) -> Iterable[AuxOutputSpec]:
    for line in sorted(wiring.aux_outputs, key=lambda line: line.name.casefold()):
        if (device := names.devices.get(line.device_id)) is not None:
            yield AuxOutputSpec(name=_unique(line.name[: MAX_NAME - 5], taken), device=device, output=line.output)


def _doors(wiring: Wiring, names: _Names) -> Iterable[SiteDoorSpec]:
    known = names.devices
    ends = [(line.door_id, line.device_id) for line in wiring.locks]
    ends += [(line.door_id, line.device_id) for line in wiring.inputs]
    ends += [(line.door_id, line.device_id) for line in wiring.readers]
    wired = {door_id for door_id, device_id in ends if device_id in known}
    for door_id in sorted(wired, key=lambda door_id: names.doors[door_id]):
        yield SiteDoorSpec(
            name=names.doors[door_id],
            locks=tuple(
                LockSpec(device=known[line.device_id], output=line.output)
                for line in wiring.locks
                if line.door_id == door_id and line.device_id in known
            ),
            contacts=tuple(
                ContactSpec(
                    purpose=line.purpose,
                    device=known[line.device_id],
                    input=line.number,
                    active_when=line.active_when,
                )
                for line in wiring.inputs
                if line.door_id == door_id and line.device_id in known
            ),
            readers=tuple(
                DoorReaderSpec(side=names.sides[line.reader_id].side, device=known[line.device_id])
                for line in wiring.readers
                if line.door_id == door_id and line.device_id in known
            ),
        )


def _many(numbers: Iterable[int]) -> int:
    return max(numbers, default=-1) + 1


def _port_names(devices: Iterable[SerialDevice]) -> dict[str, str]:
    taken: set[str] = set()
    named: dict[str, str] = {}
    for device in devices:
        if device.port not in named:
            name = _NOT_IN_PORT_NAMES.sub("_", PurePath(device.port).name).lstrip(".:-") or "port"
            named[device.port] = _unique(name, taken, "_")
    return named


def save_site(path: Path, exported: Exported, with_keys: bool) -> None:
    """Write a new file, for its owner only. Raises SimulatorError, also when there is one already."""
    lines = ["# The hardware of a Doorward server, for `doorward simulator`."]
    if with_keys:
        lines.append("# It holds the keys of the devices' secure channels: keep it like a password.")
    if len(exported.directories) == 1:
        lines.append(f"# The server opens its ports in {exported.directories[0]}: use that as --ports.")
    else:
        lines.append(f"# The server opens ports in {', '.join(exported.directories)}: give the devices ports in one.")
    text = "\n".join(lines).encode() + b"\n" + msgspec.yaml.encode(exported.site)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
    except FileExistsError as error:
        raise SimulatorError(f"{path} exists already. Choose another name with --out, or remove it.") from error
    except OSError as error:
        raise SimulatorError(f"{path} cannot be written: {error.strerror}. Choose another place with --out.") from error
