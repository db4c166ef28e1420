"""What a communication hub says of its wireless locks over OSDP: the manufacturer's reply that the driver understands.

OSDP has no words for the battery of a lock behind a device, so this is Doorward's own declaration of one (osdp_MFGREP
with the vendor code below). Four bytes: 0x01 (version), the number of the lock, its battery in percent (255: not
known), and flags: bit 0 battery low, bit 1 battery critical, bit 2 jammed, bit 3 out of radio reach. Other bits are 0.
No hub of any maker is known to send it: one that says the same in other bytes needs a codec of its own here.
"""

from dataclasses import dataclass

from doorward.hardware.driver import BatteryChanged, BatteryLevel, LockJammed, RadioChanged

VENDOR_CODE = 0x00D00D
VERSION = 1
UNKNOWN_PERCENT = 255
_LOW, _CRITICAL, _JAMMED, _UNREACHABLE = 1, 2, 4, 8
_ALL_FLAGS = 15


@dataclass(frozen=True, slots=True)
class LockReport:
    """All that a hub says of a lock at once. `percent` None: not known."""

    lock: int
    battery: BatteryLevel = BatteryLevel.GOOD
    percent: int | None = None
    jammed: bool = False
    reachable: bool = True

    def events(self, device_id: str) -> tuple[BatteryChanged, LockJammed, RadioChanged]:
        """The same as a driver tells it."""
        return (
            BatteryChanged(device_id, self.lock, self.battery, self.percent),
            LockJammed(device_id, self.lock, self.jammed),
            RadioChanged(device_id, self.lock, self.reachable),
        )


def encode_report(report: LockReport) -> bytes:
    """The reply's bytes."""
    flags = {BatteryLevel.GOOD: 0, BatteryLevel.LOW: _LOW, BatteryLevel.CRITICAL: _CRITICAL}[report.battery]
    flags |= (_JAMMED if report.jammed else 0) | (0 if report.reachable else _UNREACHABLE)
    percent = UNKNOWN_PERCENT if report.percent is None else report.percent
    return bytes((VERSION, report.lock, percent, flags))


def decode_report(data: bytes) -> LockReport | None:
    """What the bytes say; None for any others than the declared ones."""
    if len(data) != 4 or data[0] != VERSION:
        return None
    _, lock, percent, flags = data
    if flags & ~_ALL_FLAGS or (percent > 100 and percent != UNKNOWN_PERCENT):
        return None
    battery = BatteryLevel.LOW if flags & _LOW else BatteryLevel.GOOD
    battery = BatteryLevel.CRITICAL if flags & _CRITICAL else battery
    known = None if percent == UNKNOWN_PERCENT else percent
    return LockReport(lock, battery, known, bool(flags & _JAMMED), not flags & _UNREACHABLE)
