"""Who answers on a bus: the addresses of the reply frames that pass by.

libosdp notices a dead device after more than eight seconds. Listening to the frames themselves
tells it within one, also where several devices share a port. (OSDP 2.2, frame header: SOM,
address with the reply bit, length of the whole frame in two bytes, least significant first.)
"""

START_OF_MESSAGE = 0x53
REPLY_BIT = 0x80
HEADER_BYTES = 5
MIN_FRAME_BYTES = 7
MAX_FRAME_BYTES = 1440


class ReplyListener:
    """Fed with received bytes in any pieces, names the devices whose replies began in them."""

    __slots__ = ("_header", "_skip")

    def __init__(self) -> None:
        self._header = bytearray()
        self._skip = 0

    def feed(self, data: bytes) -> set[int]:
        """The addresses that replied in `data`. Bytes between frames are passed over."""
        heard: set[int] = set()
        at = 0
        while at < len(data):
            if self._skip:
                passed = min(self._skip, len(data) - at)
                self._skip -= passed
                at += passed
                continue
            self._header.append(data[at])
            at += 1
            if self._header[0] != START_OF_MESSAGE:
                self._header.clear()
            elif len(self._header) == HEADER_BYTES:
                self._read_header(heard)
        return heard

    def _read_header(self, heard: set[int]) -> None:
        length = self._header[2] | self._header[3] << 8
        if MIN_FRAME_BYTES <= length <= MAX_FRAME_BYTES:
            if self._header[1] & REPLY_BIT:
                heard.add(self._header[1] & ~REPLY_BIT)
            self._skip = length - HEADER_BYTES
        self._header.clear()
