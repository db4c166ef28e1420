"""What devices tell of themselves, within a turn: there or not, tampered with, without power, maintained.

Each is written down at the readers and doors that the device serves.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from doorward.acs.decision.door import PowerChanged
from doorward.acs.devices import ReaderLine
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.hardware.driver import (
    FloodChanged,
    InstallModeChanged,
    KeyRefused,
    KeyTaken,
    PlaceTaken,
    SupplyChanged,
    TamperChanged,
)
from doorward.hardware.situation import Situation

if TYPE_CHECKING:
    from doorward.hardware.turn import Turn

News = TamperChanged | SupplyChanged | FloodChanged | InstallModeChanged | KeyTaken | PlaceTaken | KeyRefused


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The same happening to a reader, and to a device that is none."""

    reader: EventType
    device: EventType


_ONLINE = _Kinds(EventType.READER_ONLINE, EventType.DEVICE_ONLINE)
_OFFLINE = _Kinds(EventType.READER_OFFLINE, EventType.DEVICE_OFFLINE)
_KEY_REFUSED = _Kinds(EventType.READER_KEY_REFUSED, EventType.DEVICE_KEY_REFUSED)


_INSTALL_MODE = _Kinds(EventType.READER_INSTALL_MODE, EventType.DEVICE_INSTALL_MODE)
_INSTALL_MODE_ENDED = _Kinds(EventType.READER_INSTALL_MODE_ENDED, EventType.DEVICE_INSTALL_MODE_ENDED)
_KEY_CHANGED = _Kinds(EventType.READER_KEY_CHANGED, EventType.DEVICE_KEY_CHANGED)
_MOVED = _Kinds(EventType.READER_MOVED, EventType.DEVICE_MOVED)


class DeviceNews:
    """The part of a turn that writes down what becomes of devices."""

    def __init__(self, turn: "Turn", situation: Situation) -> None:
        self._turn = turn
        self._wiring = situation.wiring
        self._readers = situation.policy.readers

    def came_online(self, device_id: str) -> None:
        """It is there."""
        self._device_records(device_id, _ONLINE)

    def went_offline(self, device_id: str, reason: str) -> None:
        """It is gone."""
        self._device_records(device_id, _OFFLINE, {"reason": reason})

    def take(self, given: News) -> None:
        """It tells something."""
        match given:
            case TamperChanged(device_id, active):
                self._tampered(device_id, active)
            case SupplyChanged(device_id, present):
                self._supplied(device_id, present)
            case FloodChanged(device_id, active):
                self._flooded(device_id, active)
            case InstallModeChanged(device_id, active):
                self._maintenance_records(device_id, _INSTALL_MODE if active else _INSTALL_MODE_ENDED)
            case KeyTaken(device_id, number):
                self._maintenance_records(device_id, _KEY_CHANGED, {"number": number})
            case PlaceTaken(device_id, address, baud):
                self._maintenance_records(device_id, _MOVED, {"address": address, "baud": baud})
            case KeyRefused(device_id, source):
                self._device_records(device_id, _KEY_REFUSED, {"address": source})

    def _tampered(self, device_id: str, active: bool) -> None:
        readers = self._wiring.readers_on(device_id)
        for line in readers:
            self._reader_record(line, EventType.READER_TAMPER if active else EventType.READER_TAMPER_CLEARED)
        for door_id in () if readers else self._turn.doors_on(device_id):
            kind = EventType.DOOR_TAMPER if active else EventType.DOOR_TAMPER_CLEARED
            self._turn.record(kind, new_id(), door_id=door_id)

    def _supplied(self, device_id: str, present: bool) -> None:
        for door_id in self._turn.doors_on(device_id):
            self._turn.step(door_id, PowerChanged(present, new_id()))
        for line in self._wiring.readers_on(device_id):
            self._reader_record(line, EventType.READER_POWER_RESTORED if present else EventType.READER_POWER_LOST)

    def _flooded(self, device_id: str, active: bool) -> None:
        for line in self._wiring.readers_on(device_id):
            self._reader_record(line, EventType.READER_FLOODED if active else EventType.READER_FLOOD_ENDED)

    def _device_records(self, device_id: str, kinds: _Kinds, data: dict[str, Any] | None = None) -> None:
        """What happened to a device, at each reader that it is; or about itself, if nothing else tells of it."""
        readers = self._wiring.readers_on(device_id)
        for line in readers:
            self._reader_record(line, kinds.reader, data)
        if not readers and not self._turn.doors_on(device_id):
            self._turn.record(kinds.device, new_id(), data={**(data or {}), "device": device_id})

    def _maintenance_records(self, device_id: str, kinds: _Kinds, data: dict[str, Any] | None = None) -> None:
        """What concerns the device itself, at its first reader or at no door; once, whatever it serves."""
        told = {**(data or {}), "device": device_id}
        for line in self._wiring.readers_on(device_id)[:1]:
            self._reader_record(line, kinds.reader, told)
        if not self._wiring.readers_on(device_id):
            door_id = next(iter(self._turn.doors_on(device_id)), None)
            self._turn.record(kinds.device, new_id(), door_id=door_id, data=told)

    def _reader_record(self, line: ReaderLine, kind: EventType, data: dict[str, Any] | None = None) -> None:
        reader = self._readers.get(line.reader_id)
        side = reader.side if reader else None
        self._turn.record(kind, new_id(), door_id=line.door_id, side=side, reader_id=line.reader_id, data=data or {})
