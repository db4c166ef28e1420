"""Reads QR codes off one stream, in a process of its own: a busy decoder must never hold up a door.

`python -m doorward.hardware.ip.barcode` takes a StreamJob as a line of JSON on standard input, and tells what it sees
as lines of JSON on standard output, until standard input ends: whoever started it is then gone.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import av
import msgspec
import numpy as np
import zxingcpp
from av.error import FFmpegError
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from doorward.acs.devices import WHOLE_PICTURE, Region
from doorward.hardware.ip.sightings import Sightings, Timeliness
from doorward.hardware.ip.stream_messages import Alive, Lost, Seen, Sighting, StreamJob

LOOKS_PER_S = 5
OPEN_S, READ_S = 10.0, 5.0
ALIVE_EVERY_S = 1.0
MOST_LATE_S = 10.0
"""A stream whose pictures are all late for this long is opened anew: then it may be prompt again."""
MAX_TEXT = 2000
_OPTIONS = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    "protocol_whitelist": "rtsp,rtsps,rtp,tcp,udp,tls,http,https,httpproxy,crypto",
    "fflags": "nobuffer",
}


_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def codes_in(picture: NDArray[np.uint8], region: Region = WHOLE_PICTURE) -> set[str]:
    """The texts of the QR codes in a region of a grey picture (rows x columns, 8 bits)."""
    height, width = picture.shape
    rows = slice(height * region.top // 100, -(-height * region.bottom // 100))
    columns = slice(width * region.left // 100, -(-width * region.right // 100))
    part = np.ascontiguousarray(picture[rows, columns])
    if not part.size:
        return set()
    found = zxingcpp.read_barcodes(part, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
    return {one.text for one in found if one.valid and 0 < len(one.text) <= MAX_TEXT and _has_utf8(one.text)}


def _has_utf8(text: str) -> bool:
    with suppress(UnicodeEncodeError):
        text.encode()
        return True
    return False


class _Watcher:
    """Looks at the pictures of one stream, from its opening to its end."""

    def __init__(self, region: Region, tell: Callable[[Sighting], None]) -> None:
        self._region = region
        self._tell = tell
        self._sightings, self._timeliness = Sightings(), Timeliness()
        self._look_at = self._alive_at = 0.0
        self._prompt_at = time.monotonic()

    def take(self, frame: VideoFrame) -> bool:
        """Look at a picture, if it is time to. False: the stream has been late for too long."""
        now = time.monotonic()
        prompt = self._timeliness.prompt(frame.time, now)
        if prompt:
            self._prompt_at = now
        if now >= self._alive_at:
            self._alive_at = now + ALIVE_EVERY_S
            self._tell(Alive())
        if now >= self._look_at:
            self._look_at = now + 1 / LOOKS_PER_S
            codes = codes_in(frame.to_ndarray(format="gray").astype(np.uint8, copy=False), self._region)
            self._tell_all(self._sightings.look(codes, now, prompt))
        return now - self._prompt_at <= MOST_LATE_S

    def end(self) -> None:
        """The stream has ended."""
        self._tell_all(self._sightings.left())

    def _tell_all(self, seen: list[tuple[str, bool]]) -> None:
        for text, prompt in seen:
            self._tell(Seen(text, prompt))


def watch(job: StreamJob, tell: Callable[[Sighting], None]) -> str:
    """Look at a stream until it ends; the reason why, which never has the stream's address."""
    try:
        with av.open(job.url, options=_OPTIONS, timeout=(OPEN_S, READ_S)) as container:
            if not container.streams.video:
                return "The stream has no picture."
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            watcher = _Watcher(job.region, tell)
            try:
                if not _all_taken(container.demux(stream), watcher):
                    return "The stream's pictures come later and later. It is opened anew."
            finally:
                watcher.end()
    except (FFmpegError, OSError, ValueError) as error:
        # What PyAV says has the address in it, and with that the password.
        return f"The stream cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}."
    return "The stream has ended."


def _all_taken(packets: Iterable[Any], watcher: _Watcher) -> bool:
    return all(watcher.take(frame) for packet in packets for frame in _decoded(packet))


def _decoded(packet: Any) -> list[VideoFrame]:
    """Its pictures; a broken one is left out, as any viewer does."""
    try:
        return list(packet.decode())
    except FFmpegError:
        return []


def main() -> int:
    """Do the job on standard input."""
    av.logging.set_level(None)
    os.nice(10)
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=StreamJob)

    def leave() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=leave, daemon=True).start()

    def tell(sighting: Sighting) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(sighting) + b"\n")
        sys.stdout.buffer.flush()

    try:
        tell(Lost(watch(job, tell)))
    except BrokenPipeError:
        os._exit(0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
