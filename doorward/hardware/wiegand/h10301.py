"""26-bit cards whose parity bits a converter removes."""

from doorward.acs.decision.card_format import H10301_BITS, CardToken, decode
from doorward.hardware.wiegand.codec import Frame, only_burst


def facility_and_number(frame: Frame) -> tuple[int, int]:
    """What a converter makes of a burst. Raises ValueError for one that it would not pass on."""
    bits = only_burst(frame)
    token = decode(bits)
    if bits.bit_count != H10301_BITS or not isinstance(token, CardToken) or token.facility is None:
        raise ValueError("this framing carries 26-bit cards with right parity only")
    return token.facility, token.number
