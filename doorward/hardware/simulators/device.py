"""A simulated OSDP device: libosdp's peripheral side on a serial line."""

from collections.abc import Sequence
from typing import Any

import osdp_sys

from doorward.acs.decision.card_format import CardBits
from doorward.acs.devices import DEFAULT_BAUD
from doorward.hardware.osdp.hub import VENDOR_CODE, LockReport, encode_report
from doorward.hardware.simulators.line import SerialLine

READER_CAPABILITIES = (
    (osdp_sys.CAP_CARD_DATA_FORMAT, 1, 1),
    (osdp_sys.CAP_READER_LED_CONTROL, 1, 1),
    (osdp_sys.CAP_READER_AUDIBLE_OUTPUT, 1, 1),
    (osdp_sys.CAP_COMMUNICATION_SECURITY, 1, 1),
)
DOOR_IO_CAPABILITIES = (
    (osdp_sys.CAP_OUTPUT_CONTROL, 4, 4),
    (osdp_sys.CAP_CONTACT_STATUS_MONITORING, 1, 4),
    (osdp_sys.CAP_COMMUNICATION_SECURITY, 1, 1),
)
HUB_CAPABILITIES = (
    (osdp_sys.CAP_OUTPUT_CONTROL, 4, 16),
    (osdp_sys.CAP_CONTACT_STATUS_MONITORING, 1, 16),
    (osdp_sys.CAP_COMMUNICATION_SECURITY, 1, 1),
)
"""A communication hub with 16 wireless locks: an output and an input each."""
INPUTS = 4

DeviceCommand = dict[str, Any]

osdp_sys.set_loglevel(osdp_sys.LOG_EMERG)  # it writes to standard error when a control panel goes away


class SimulatedDevice:
    """One device on a line, with its own key. One thread uses it."""

    def __init__(
        self,
        line: SerialLine,
        address: int,
        key: bytes | None,
        capabilities: Sequence[tuple[int, int, int]],
        flags: int = osdp_sys.FLAG_ENFORCE_SECURE,
    ) -> None:
        """`capabilities` are OSDP's (function code, compliance level, number of items)."""
        self.line = line
        self._commands: list[DeviceCommand] = []
        self._was_secure = False
        self.refuses: set[int] = set()
        self.files: list[tuple[int, bytes]] = []
        self.address = address
        """As it was last set: a device keeps what a control panel told it, also without power."""
        self.baud = DEFAULT_BAUD
        self._capabilities = [
            {"function_code": code, "compliance_level": level, "num_items": items}
            for code, level, items in capabilities
        ]
        self.restart(key, flags)

    def restart(self, key: bytes | None, flags: int = osdp_sys.FLAG_ENFORCE_SECURE) -> None:
        """Begin anew, as after a loss of power, with this key. What it had not told yet is forgotten."""
        self._commands.clear()
        self._was_secure = False
        self._device = osdp_sys.PeripheralDevice(
            {
                "name": f"address {self.address}",
                "address": self.address,
                "flags": flags,
                "scbk": key,
                "channel": self.line,
                "version": 1,
                "model": 1,
                "vendor_code": 0x00D00D,
                "serial_number": self.address,
                "firmware_version": 1,
            },
            capabilities=self._capabilities,
        )
        self._device.set_command_callback(self._take)

    @property
    def secure(self) -> bool:
        """Whether a control panel speaks with it over the secure channel, as far as the device knows."""
        return bool(self._device.is_sc_active())

    def refresh(self) -> list[DeviceCommand]:
        """Answer what arrived. Returns the commands that were in it."""
        self._device.refresh()
        commands, self._commands = self._commands, []
        return commands

    def became_secure(self) -> bool:
        """Whether the secure channel came up since this was last asked."""
        before, self._was_secure = self._was_secure, self.secure
        return self._was_secure and not before

    def present(self, bits: CardBits) -> None:
        """A card is held to it. A reader keeps the read until a control panel fetches it."""
        self._device.submit_event(
            {
                "event": osdp_sys.EVENT_CARDREAD,
                "reader_no": 0,
                "format": osdp_sys.CARD_FMT_RAW_WIEGAND,
                "direction": 0,
                "length": bits.bit_count,
                "data": bits.data,
            }
        )

    def press(self, keys: str) -> None:
        """Keys of its keypad are pressed, one after the other, as OSDP codes them (# is CR, * is DEL)."""
        codes = keys.encode().replace(b"#", b"\r").replace(b"*", b"\x7f")
        self._device.submit_event({"event": osdp_sys.EVENT_KEYPRESS, "reader_no": 0, "data": codes})

    def report_inputs(self, inputs: Sequence[bool]) -> None:
        """Tell all the declared inputs with the next poll."""
        self._device.submit_event(
            {"event": osdp_sys.EVENT_STATUS, "type": osdp_sys.STATUS_REPORT_INPUT, "report": bytes(inputs)}
        )

    def report_tamper(self, active: bool) -> None:
        """Tell the tamper contact with the next poll."""
        self._device.submit_event(
            {
                "event": osdp_sys.EVENT_STATUS,
                "type": osdp_sys.STATUS_REPORT_LOCAL,
                "report": bytes((active, False)),
            }
        )

    def report_lock(self, report: LockReport) -> None:
        """As a communication hub: tell of one of its wireless locks with the next poll."""
        self._device.submit_event(
            {
                "event": osdp_sys.EVENT_MFGREP,
                "vendor_code": VENDOR_CODE,
                "mfg_command": 0,
                "data": encode_report(report),
            }
        )

    def take_files(self) -> None:
        """Take files from now on; whole ones are in `files`, with their types."""
        arriving: dict[str, Any] = {}

        def opened(file_type: int, size: int) -> int:
            arriving.update(type=file_type, data=bytearray(size))
            return size

        def written(data: bytes, offset: int) -> int:
            arriving["data"][offset : offset + len(data)] = data
            return len(data)

        def closed(_: int) -> int:
            self.files.append((arriving["type"], bytes(arriving["data"])))
            return 0

        callbacks = {"open": opened, "read": lambda _size, _offset: b"", "write": written, "close": closed}
        self._device.register_file_ops(0, callbacks)

    def close(self) -> None:
        """Take the device and its port away."""
        self.line.close()

    def _take(self, command: DeviceCommand) -> tuple[int, None]:
        # Called from C, which crashes on an exception, and which drops a reference to the reply that it
        # was not given: only a tuple made for this call makes up for that, a constant one wears None out.
        self._commands.append(command)
        if command["command"] == osdp_sys.CMD_COMSET_DONE:
            self.address, self.baud = int(command["address"]), int(command["baud_rate"])
        accepted, reply = -1 if command["command"] in self.refuses else 0, None
        return accepted, reply
