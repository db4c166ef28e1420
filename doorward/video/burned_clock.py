"""The machine-readable clock in a simulated camera's picture.

Geometry, for readers in any language, as fractions of the picture's width W and height H (drawn for
640x360, where a block is 10 x 20 pixels):

- A strip across the top: x from 0 to W, y from 0 to H/18. It is cut into 64 blocks of width W/64.
  Block i covers x from i*W/64 to (i+1)*W/64. White (luma > threshold) is 1, black is 0.
- Read a block as the mean luma of its middle: x from (i+0.3)*W/64 to (i+0.7)*W/64, y from 0.3*H/18 to
  0.7*H/18.
- Blocks 0..7 are the sync pattern 1 0 1 0 1 1 0 0. The threshold is the middle between the mean luma of
  its four white and its four black blocks; if these differ by less than 60 (of 255) or the pattern does not
  come out, the picture carries no readable clock.
- Blocks 8..55 are the Unix time in milliseconds, 48 bits, most significant bit first.
- Blocks 56..63 are a CRC-8 of those 6 bytes (polynomial 0x07, initial value 0xFF, not reflected, no final
  xor), most significant bit first. A picture whose CRC differs carries no readable clock.
"""

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

BLOCKS = 64
STRIP_FRACTION = 18
SYNC = (1, 0, 1, 0, 1, 1, 0, 0)
TIME_BITS = 48
MIN_CONTRAST = 60

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def clock_bits(moment: datetime) -> list[int]:
    """The 64 blocks of a moment, left to right, cut down to whole milliseconds."""
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    payload = milliseconds.to_bytes(TIME_BITS // 8, "big")
    coded = payload + bytes([_crc8(payload)])
    return [*SYNC, *(byte >> (7 - bit) & 1 for byte in coded for bit in range(8))]


def draw_clock(rgb: npt.NDArray[np.uint8], moment: datetime) -> None:
    """Draw the strip into an H x W x 3 picture, W a multiple of 64."""
    height, width, _ = rgb.shape
    row = np.repeat(np.array(clock_bits(moment), dtype=np.uint8) * 255, width // BLOCKS)
    rgb[: height // STRIP_FRACTION] = row[None, :, None]


def read_clock(rgb_frame: npt.NDArray[np.uint8]) -> datetime | None:
    """The moment in an H x W x 3 RGB picture of any size; None where none can be read for certain."""
    height, width, _ = rgb_frame.shape
    strip = height / STRIP_FRACTION
    block = width / BLOCKS
    rows = rgb_frame[int(strip * 0.3) : max(int(strip * 0.7), int(strip * 0.3) + 1)]
    luma = (rows.astype(np.float32) @ _LUMA).mean(axis=0)
    means = np.array(
        [
            luma[int((i + 0.3) * block) : max(int((i + 0.7) * block), int((i + 0.3) * block) + 1)].mean()
            for i in range(BLOCKS)
        ]
    )
    sync = np.array(SYNC, dtype=bool)
    white, black = means[: len(SYNC)][sync].mean(), means[: len(SYNC)][~sync].mean()
    if white - black < MIN_CONTRAST:
        return None
    bits = means > (white + black) / 2
    if not np.array_equal(bits[: len(SYNC)], sync):
        return None
    coded = np.packbits(bits[len(SYNC) :]).tobytes()
    payload, check = coded[:-1], coded[-1]
    if _crc8(payload) != check:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=int.from_bytes(payload, "big"))
    except OverflowError:
        return None


def _crc8(data: bytes) -> int:
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc
