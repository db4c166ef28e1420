"""A camera made of software: encodes a drawn scene as it goes, and sends it to any number of viewers."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from fractions import Fraction

import av
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from doorward.video.scene import HEIGHT, WIDTH, DoorScene
from doorward.video.wall_time import utc_now

QUEUED_CHUNKS = 100
"""A viewer this many pictures behind is dropped."""
_TICK = Fraction(1, 90_000)
# With its length written, a picture can be passed on without waiting for the next one.
_MPEG_TS = {"flush_packets": "1", "omit_video_pes_length": "0"}
_ENCODER = {
    "preset": "ultrafast",
    "tune": "zerolatency",
    "crf": "27",
    "x264-params": "scenecut=0:keyint=infinite:threads=1",
}


class SimulatedCamera:
    """Owns one encoding thread between `start` and `stop`; viewers `subscribe` from any event loop."""

    def __init__(
        self,
        name: str,
        fps: int = 10,
        clock: Callable[[], datetime] = utc_now,
        size: tuple[int, int] = (WIDTH, HEIGHT),
    ) -> None:
        self.name = name
        self._fps = fps
        self._clock = clock
        self._size = size
        self._scene = DoorScene(name)
        self._lock = threading.Lock()
        self._viewers: set[_Viewer] = set()
        self._group: list[bytes] = []
        self._moves: list[bool] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to encode."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name=f"camera-{self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the encoding thread and every viewer's stream."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def door_moved(self, is_open: bool) -> None:
        """Show the door opening (and somebody walking through) or closing, from the next picture on."""
        with self._lock:
            self._moves.append(is_open)

    def resize(self, size: tuple[int, int]) -> None:
        """Send pictures of another size (width a multiple of 64) from the next key picture on."""
        with self._lock:
            self._size = size

    async def subscribe(self) -> AsyncIterator[bytes]:
        """MPEG-TS from the latest key picture on; ends when the camera stops or the viewer is too slow."""
        viewer = _Viewer(asyncio.get_running_loop())
        with self._lock:
            for chunk in self._group:
                viewer.queue.put_nowait(chunk)
            self._viewers.add(viewer)
        if self._stop.is_set():
            viewer.end()
        try:
            while (chunk_or_end := await viewer.queue.get()) is not None:
                yield chunk_or_end
        finally:
            with self._lock:
                self._viewers.discard(viewer)

    def _run(self) -> None:
        began = time.monotonic()
        count = 0
        encoder: _Encoder | None = None
        while not self._stop.is_set():
            keyframe = count % self._fps == 0
            if encoder is None or (keyframe and encoder.size != self._size):
                encoder = _Encoder(self._fps, self._size)
            self._send(keyframe, encoder.encode(self._draw(time.monotonic()), count, keyframe))
            count += 1
            self._stop.wait(max(0.0, began + count / self._fps - time.monotonic()))
        with self._lock:
            self._group = []
            for viewer in self._viewers:
                viewer.end()

    def _draw(self, at_s: float) -> av.VideoFrame:
        with self._lock:
            moves, self._moves = self._moves, []
        for is_open in moves:
            self._scene.door_moved(is_open, at_s)
        return av.VideoFrame.from_ndarray(self._scene.draw(self._clock(), at_s), format="rgb24")

    def _send(self, keyframe: bool, chunk: bytes) -> None:
        with self._lock:
            self._group = [chunk] if keyframe else [*self._group, chunk]
            for viewer in self._viewers:
                viewer.give(chunk)


class _Viewer:
    """One subscription: chunks cross from the encoding thread to the viewer's event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._dropped = False

    def give(self, chunk: bytes) -> None:
        self._call(self._put, chunk)

    def end(self) -> None:
        self._call(self._put, None)

    def _call(self, function: Callable[[bytes | None], None], chunk: bytes | None) -> None:
        # A loop that was closed meanwhile has no viewer any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, chunk)

    def _put(self, chunk: bytes | None) -> None:
        if self._dropped:
            return
        if chunk is not None and self.queue.qsize() >= QUEUED_CHUNKS:
            self._dropped = True
            chunk = None
        self.queue.put_nowait(chunk)


class _Encoder:
    """H.264 in MPEG-TS at one picture size; every picture's bytes come out at once."""

    def __init__(self, fps: int, size: tuple[int, int]) -> None:
        self.size = size
        self._fps = fps
        self._bytes = bytearray()
        self._container = av.open(self, "w", format="mpegts", options=dict(_MPEG_TS))
        self._stream = self._container.add_stream("libx264", rate=fps, options=dict(_ENCODER))
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _TICK

    def write(self, data: bytes) -> int:
        """Where libavformat puts the stream."""
        self._bytes += data
        return len(data)

    def encode(self, picture: av.VideoFrame, count: int, keyframe: bool) -> bytes:
        """Encode the picture number `count` since the camera started."""
        width, height = self.size
        frame = picture.reformat(width=width, height=height, format="yuv420p")
        frame.pts = count * 90_000 // self._fps
        frame.time_base = _TICK
        frame.pict_type = av.video.frame.PictureType.I if keyframe else av.video.frame.PictureType.NONE
        for packet in self._stream.encode(frame):
            self._container.mux_one(packet)
        data = bytes(self._bytes)
        self._bytes.clear()
        return data


def camera_routes(cameras: Mapping[str, SimulatedCamera]) -> list[Route]:
    """`GET /cameras/<slug>.ts`: each camera's live MPEG-TS, by the slug it is listed under."""

    async def stream(request: Request) -> Response:
        camera = cameras.get(request.path_params["slug"])
        if camera is None:
            return PlainTextResponse("There is no such camera.\n", status_code=404)
        return StreamingResponse(camera.subscribe(), media_type="video/mp2t")

    return [Route("/cameras/{slug}.ts", stream)]
