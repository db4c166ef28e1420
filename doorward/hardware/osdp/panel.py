"""One libosdp control panel: the typed face of `osdp_sys.ControlPanel` for the devices of one port."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import osdp_sys

from doorward.acs.messages import Capability, DeviceIdentity
from doorward.hardware.osdp.command import OUTPUT_TIMED_LEVELS, Capabilities, OsdpCommand
from doorward.hardware.osdp.port import Port
from doorward.hardware.reopening import PortUnusable

MAX_ADDRESS = 0x7E
MAX_DEVICES = 32
"""The binding reports the status of so many."""
KEY_BYTES = 16
FUNCTION_CODES = range(1, 17)
"""OSDP 2.2's capabilities."""

logger = logging.getLogger(__name__)

osdp_sys.set_loglevel(osdp_sys.LOG_EMERG)  # it writes to standard error what we report as events


@dataclass(frozen=True, slots=True)
class Seat:
    """A device's place on the port. `relaxed`: it may be given its key under the default key."""

    port: str
    address: int
    key: bytes = field(repr=False)
    relaxed: bool = False


class Panel:
    """A control panel on an open port. One thread uses it; devices are named by their position.

    The channel is enforced: without that libosdp falls back to the default key and hands the device's key to
    whatever answers in install mode. That is just what an operator's window for one device is for.
    """

    def __init__(self, port: Port, seats: Sequence[Seat], on_event: Callable[[int, OsdpCommand], None]) -> None:
        """Raises PortUnusable when these devices cannot be on one port."""
        _check(seats)
        self._has_file: set[int] = set()
        self._panel = osdp_sys.ControlPanel(
            [
                {
                    "name": f"address {seat.address}",
                    "address": seat.address,
                    "flags": osdp_sys.FLAG_ENABLE_NOTIFICATION if seat.relaxed else osdp_sys.FLAG_ENFORCE_SECURE,
                    "scbk": seat.key,
                    "channel": port,
                }
                for seat in seats
            ]
        )
        self._panel.set_event_callback(_guarded(on_event))

    def refresh(self) -> None:
        """Let libosdp work. Events arrive in the callback, inside this call."""
        self._panel.refresh()

    def secure_mask(self) -> int:
        """Bit n is set when device n is online with an active secure channel."""
        return int(self._panel.status() & self._panel.sc_status())

    def submit(self, index: int, command: OsdpCommand) -> bool:
        """Hand over a command; False when libosdp does not take it."""
        return bool(self._panel.submit_command(index, command))

    def flush_commands(self, index: int) -> None:
        """Forget the commands that were not sent yet."""
        self._panel.flush_commands(index)

    def capabilities(self, index: int) -> Capabilities:
        """What device `index` reported when it came online."""

        def reported(code: int) -> tuple[int, int]:
            level, items = self._panel.check_capability(index, code)
            return int(level), int(items)

        declared = ((code, *reported(code)) for code in FUNCTION_CODES)
        output_level, outputs = reported(osdp_sys.CAP_OUTPUT_CONTROL)
        input_level, inputs = reported(osdp_sys.CAP_CONTACT_STATUS_MONITORING)
        return Capabilities(
            outputs if output_level else 0,
            output_level in OUTPUT_TIMED_LEVELS,
            inputs if input_level else 0,
            reported(osdp_sys.CAP_READER_LED_CONTROL)[0] > 0,
            reported(osdp_sys.CAP_READER_AUDIBLE_OUTPUT)[0] > 0,
            text=reported(osdp_sys.CAP_READER_TEXT_OUTPUT)[0] > 0,
            declared=tuple(Capability(*one) for one in declared if one[1] or one[2]),
        )

    def identity(self, index: int) -> DeviceIdentity:
        """Who device `index` said it is when it came online."""
        told = self._panel.get_pd_id(index)
        firmware = int(told["firmware_version"])
        return DeviceIdentity(
            f"{int(told['vendor_code']) & 0xFFFFFF:06x}",
            int(told["model"]),
            int(told["version"]),
            int(told["serial_number"]) & 0xFFFFFFFF,
            ".".join(str(firmware >> shift & 0xFF) for shift in (16, 8, 0)),
        )

    def give_key(self, index: int, key: bytes) -> bool:
        """Send a new key over the secure channel; what libosdp then says of the channel comes as notifications."""
        self._panel.set_flag(index, osdp_sys.FLAG_ENABLE_NOTIFICATION)
        return self.submit(index, {"command": osdp_sys.CMD_KEYSET, "type": 1, "data": key})

    def move(self, index: int, address: int, baud: int) -> bool:
        """Tell a device to go to another place; whether it did comes as a notification. libosdp then goes there too."""
        self._panel.set_flag(index, osdp_sys.FLAG_ENABLE_NOTIFICATION)
        return self.submit(index, {"command": osdp_sys.CMD_COMSET, "address": address, "baud_rate": baud})

    def send_file(self, index: int, file_type: int, data: bytes) -> bool:
        """Begin to send a file; libosdp takes its pieces from `data`. False when it does not take it."""

        def take(size: int, offset: int) -> bytes:
            return data[offset : offset + size]

        callbacks = {
            "open": lambda _file, _size: len(data),
            "read": take,
            "write": lambda _data, _offset: 0,
            "close": lambda _file: 0,
        }
        self._panel.register_file_ops(index, callbacks)
        self._has_file.add(index)
        return self.submit(index, {"command": osdp_sys.CMD_FILE_TX, "id": file_type, "flags": 0})

    def file_offset(self, index: int) -> int | None:
        """How many bytes of a file the device has taken; None when libosdp sends it none (any more)."""
        if index not in self._has_file:
            return None  # libosdp reads through a null pointer here
        status = self._panel.get_file_tx_status(index)
        return int(status["offset"]) if status is not None else None

    def cancel_file(self, index: int, file_type: int) -> None:
        """Send no more of a file."""
        if self.file_offset(index) is not None:
            flags = osdp_sys.CMD_FILE_TX_FLAG_CANCEL
            self.submit(index, {"command": osdp_sys.CMD_FILE_TX, "id": file_type, "flags": flags})

    def disable(self, index: int) -> None:
        """Unplug a device, as soon as libosdp has given up on its pending command."""
        self._panel.disable_pd(index)

    def is_disabled(self, index: int) -> bool:
        """Whether a device is unplugged."""
        return not self._panel.is_pd_enabled(index)

    def enable(self, index: int) -> None:
        """Plug a device in again."""
        self._panel.enable_pd(index)


def _check(seats: Sequence[Seat]) -> None:
    """What libosdp answers with nothing but a failure is said here."""
    if len({seat.address for seat in seats}) < len(seats):
        raise PortUnusable(f"Two devices on {seats[0].port} have the same address. Give each its own.")
    if len(seats) > MAX_DEVICES:
        raise PortUnusable(f"{seats[0].port} has more than {MAX_DEVICES} devices. Move some to another port.")
    for device in seats:
        if not 0 <= device.address <= MAX_ADDRESS:
            raise PortUnusable(f"An OSDP address is 0 to {MAX_ADDRESS}, not {device.address}. Correct it.")
        if len(device.key) != KEY_BYTES:
            raise PortUnusable(
                f"The key of the device at address {device.address} has {len(device.key)} bytes, "
                f"not {KEY_BYTES}. Pair the device again."
            )


def _guarded(on_event: Callable[[int, OsdpCommand], None]) -> Callable[[int, dict[str, Any]], int]:
    """The callback for C, which loses exceptions and never frees the dict: log the one, empty the other."""

    def callback(index: int, event: dict[str, Any]) -> int:
        try:
            on_event(index, event)
        except Exception:
            logger.exception("an event of an OSDP device was not understood: %s", event)
        event.clear()
        return 0

    return callback
