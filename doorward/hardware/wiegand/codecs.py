"""The codec of every framing that is declared in `doorward/acs/doors/wiegand.py`."""

from doorward.acs.doors.wiegand import FRAMINGS
from doorward.hardware.wiegand import (
    binary_digits,
    channel_frames,
    channel_lines,
    facility_number,
    hex_24,
    hex_count,
    hex_left,
    hex_xor,
)
from doorward.hardware.wiegand.codec import Codec

CODECS: dict[str, Codec] = {
    module.CODEC.framing.name: module.CODEC
    for module in (
        hex_count,
        hex_left,
        hex_24,
        binary_digits,
        facility_number,
        hex_xor,
        channel_lines,
        channel_frames,
    )
}
"""By the name of the framing."""

if CODECS.keys() != FRAMINGS.keys():
    raise RuntimeError(f"framings without a codec, or codecs without a framing: {CODECS.keys() ^ FRAMINGS.keys()}")
