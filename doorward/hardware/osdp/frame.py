"""OSDP frames as they stand on the wire, read without any key. (IEC 60839-11-5, OSDP 2.2: frame structure.)

SOM, address (its high bit: a reply), length of the whole frame (least significant byte first), control, an
optional security block, a code, data, an optional MAC of four bytes, and a CRC-16 or a checksum.
"""

from dataclasses import dataclass

START_OF_MESSAGE = 0x53
REPLY_BIT = 0x80
CHECK_IS_CRC = 0x04
HAS_SECURITY_BLOCK = 0x08
SEQUENCE_BITS = 0x03
HEADER_BYTES = 5
MIN_FRAME_BYTES = 7
MAX_FRAME_BYTES = 1440
MAC_BYTES = 4

POLL, KEYSET, CHALLENGE = 0x60, 0x75, 0x76
ACK, NAK, CLIENT_CRYPTOGRAM = 0x40, 0x41, 0x76
SCS_CHALLENGE, SCS_CRYPTOGRAM, SCS_WITH_MAC = 0x11, 0x12, range(0x15, 0x19)

_CRC_START, _CRC_POLYNOMIAL = 0x1D0F, 0x1021


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ (_CRC_POLYNOMIAL if crc & 0x8000 else 0)
        table.append(crc & 0xFFFF)
    return tuple(table)


_CRC = _crc_table()


def crc16(data: bytes) -> int:
    """OSDP's CRC-16 (polynomial 1021h, start 1D0Fh)."""
    crc = _CRC_START
    for byte in data:
        crc = (crc << 8 ^ _CRC[crc >> 8 ^ byte]) & 0xFFFF
    return crc


def with_check(data: bytes) -> bytes:
    """A frame whose header says CRC or checksum, given without it, with it."""
    if data[4] & CHECK_IS_CRC:
        return data + crc16(data).to_bytes(2, "little")
    return data + bytes((-sum(data) & 0xFF,))


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame. `raw` begins with SOM and is as long as its header says."""

    raw: bytes

    @property
    def address(self) -> int:
        """The device that it is for, or from."""
        return self.raw[1] & ~REPLY_BIT

    @property
    def is_reply(self) -> bool:
        """Whether a device sent it."""
        return bool(self.raw[1] & REPLY_BIT)

    @property
    def sequence(self) -> int:
        """0 begins anew; then 1, 2, 3, 1 ..."""
        return self.raw[4] & SEQUENCE_BITS

    @property
    def check_bytes(self) -> int:
        """How long its CRC or checksum is."""
        return 2 if self.raw[4] & CHECK_IS_CRC else 1

    @property
    def intact(self) -> bool:
        """Whether its CRC or checksum is right and it has room for a code."""
        return self._code_at < len(self.raw) - self.check_bytes and (
            with_check(self.raw[: -self.check_bytes]) == self.raw
        )

    @property
    def security(self) -> bytes:
        """The security block without its length: its type, and its data. Empty: none."""
        if not self.raw[4] & HAS_SECURITY_BLOCK:
            return b""
        return self.raw[HEADER_BYTES + 1 : self._code_at]

    @property
    def code(self) -> int:
        """The command or reply. It is never encrypted."""
        return self.raw[self._code_at]

    @property
    def data(self) -> bytes:
        """What follows the code: encrypted in a secure channel."""
        return self.raw[self._code_at + 1 : len(self.raw) - self.check_bytes - len(self.mac)]

    @property
    def mac(self) -> bytes:
        """The message authentication code; empty outside of a secure channel."""
        security = self.security
        if not security or security[0] not in SCS_WITH_MAC:
            return b""
        end = len(self.raw) - self.check_bytes
        return self.raw[end - MAC_BYTES : end]

    @property
    def _code_at(self) -> int:
        if not self.raw[4] & HAS_SECURITY_BLOCK:
            return HEADER_BYTES
        return HEADER_BYTES + max(2, self.raw[HEADER_BYTES])


class Framer:
    """Fed with bytes in any pieces, cuts them into frames. Bytes between frames are passed over."""

    __slots__ = ("_pending",)

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that ended in `data`, whether intact or not."""
        self._pending += data
        frames: list[Frame] = []
        while True:
            start = self._pending.find(START_OF_MESSAGE)
            if start < 0:
                self._pending.clear()
                return frames
            del self._pending[:start]
            if len(self._pending) < HEADER_BYTES:
                return frames
            length = self._pending[2] | self._pending[3] << 8
            if not MIN_FRAME_BYTES <= length <= MAX_FRAME_BYTES:
                del self._pending[0]
                continue
            if len(self._pending) < length:
                return frames
            frames.append(Frame(bytes(self._pending[:length])))
            del self._pending[:length]

    def drop(self) -> bool:
        """Forget a frame that was begun. Whether there was one."""
        begun = len(self._pending) >= HEADER_BYTES
        self._pending.clear()
        return begun
