"""A capture of a bus, as a pcap file that Wireshark reads: one record a frame, from its SOM on.

Link type 162 (USER15) is what OSDP's Lua dissectors for Wireshark register for. Frames of a secure channel are in it
as they passed, encrypted. A frame that carries a key is not: under the published default key anybody could read it,
so its data and MAC are zeros, and its CRC is that of the frame so changed.
"""

import struct
from collections.abc import Callable

from doorward.acs.messages import Captured, CaptureOrder, OrderProgress, OrderStep
from doorward.hardware.osdp.frame import KEYSET, MAX_FRAME_BYTES, Frame, with_check

LINK_TYPE = 162
PIECE_BYTES = 65_536
_FILE_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, MAX_FRAME_BYTES, LINK_TYPE)

News = OrderProgress | Captured


class Capture:
    """Takes frames until its time or its bytes are used up, or it is stopped. The thread of the bus uses it."""

    def __init__(
        self,
        order: CaptureOrder,
        now: float,
        unix_time: Callable[[], float],
        tell: Callable[[News], None],
    ) -> None:
        self.order = order
        self.ends_at = now + order.seconds
        self.over = False
        self._unix_time = unix_time
        self._tell = tell
        self._written = bytearray(_FILE_HEADER)
        self._progress(OrderStep.RUNNING)

    def take(self, frame: Frame) -> None:
        """Write a frame down."""
        if self.over:
            return
        raw = masked(frame).raw
        seconds, fraction = divmod(self._unix_time(), 1)
        record = struct.pack("<IIII", int(seconds), int(fraction * 1_000_000), len(raw), len(raw)) + raw
        if len(self._written) + len(record) > self.order.most_bytes:
            self.end(OrderStep.DONE)
            return
        self._written += record

    def pass_time(self, now: float) -> None:
        """End it when its time has come."""
        if now >= self.ends_at:
            self.end(OrderStep.DONE)

    def end(self, step: OrderStep, detail: str = "") -> None:
        """Hand over what was captured, and say that it is over."""
        if self.over:
            return
        self.over = True
        for at in range(0, len(self._written), PIECE_BYTES):
            self._tell(Captured(self.order.id, bytes(self._written[at : at + PIECE_BYTES])))
        self._progress(step, detail)

    def _progress(self, step: OrderStep, detail: str = "") -> None:
        self._tell(OrderProgress(self.order.id, step, detail, len(self._written), self.order.most_bytes))


def masked(frame: Frame) -> Frame:
    """The frame, without the key if it carries one."""
    if not frame.intact or frame.is_reply or frame.code != KEYSET:
        return frame
    hidden = len(frame.data) + len(frame.mac)
    bare = frame.raw[: -frame.check_bytes - hidden]
    return Frame(with_check(bare + bytes(hidden)))
