"""The recorder's end of live pictures: a Unix socket, and a stream to each who connects, apart from the recording."""

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from doorward.video.capture import Arrived
from doorward.video.fanout import Fanout, Lost, Taker
from doorward.video.live_muxer import LiveMuxer
from doorward.video.live_wire import LiveMessage, Watch, encode_frame, socket_address

REQUEST_S = 5.0
_NAME = "live-*.sock"

logger = logging.getLogger(__name__)

Find = Callable[[str], Fanout[Arrived] | None]


class LiveSource:
    """Owns the socket `path` and the thread that serves it, between `start` and `stop`.

    `find` gives a camera's packets; it is called in that thread.
    """

    def __init__(self, directory: Path, find: Find) -> None:
        self.path = directory / f"live-{os.getpid()}.sock"
        self._find = find
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._listening = _listen(self.path)
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._thread = threading.Thread(target=self._run, name="live")

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End every stream and remove the socket."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self.path.unlink(missing_ok=True)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        except Exception:
            logger.exception("live pictures ended; recording goes on")

    async def _serve(self) -> None:
        server = await asyncio.start_unix_server(self._accept, sock=self._listening)
        await self._stop.wait()
        server.close()
        for task, writer in self._open.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._answer(reader, writer))
        self._open[task] = writer
        task.add_done_callback(self._open.pop)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_S):
                wanted = msgspec.json.decode(await reader.readline(), type=Watch)
            packets = self._find(wanted.camera_id)
            if packets is not None and wanted.one:
                await _send_one(packets, writer)
            elif packets is not None:
                await self._stream(packets, reader, writer)
        except (OSError, TimeoutError, msgspec.DecodeError) as error:
            logger.debug("a stream of live pictures ended: %s", error)
        except Exception:
            logger.exception("a stream of live pictures failed; it is asked for again")
        finally:
            writer.close()

    async def _stream(
        self, packets: Fanout[Arrived], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        bell = asyncio.Event()

        def ring() -> None:
            # The loop is closed when the recorder ends.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(bell.set)

        taker = packets.add(ring)
        bell.set()
        gone = asyncio.create_task(_until_gone(reader, bell))
        muxer = LiveMuxer()
        try:
            while not gone.done():
                await bell.wait()
                bell.clear()
                await _send_all(taker, muxer, writer)
                if taker.ended:
                    return
        finally:
            packets.remove(taker)
            gone.cancel()


async def _send_all(taker: Taker[Arrived], muxer: LiveMuxer, writer: asyncio.StreamWriter) -> None:
    while (arrived := taker.take()) is not None:
        if isinstance(arrived, Lost):
            continue  # The next picture is a keyframe, and the muxer stretches the one before.
        for message in muxer.add(arrived):
            writer.write(encode_frame(message))
        await writer.drain()


async def _send_one(packets: Fanout[Arrived], writer: asyncio.StreamWriter) -> None:
    muxer = LiveMuxer()
    messages: list[LiveMessage] = []
    for arrived in packets.group()[:1]:
        messages += [*muxer.add(arrived), *muxer.finish()]
    for message in messages:
        writer.write(encode_frame(message))
    await writer.drain()


async def _until_gone(reader: asyncio.StreamReader, bell: asyncio.Event) -> None:
    """Return when the other end has closed; it says nothing after its request."""
    with suppress(OSError):
        await reader.read(1)
    bell.set()


def _listen(path: Path) -> socket.socket:
    """The socket, for its owner alone. Those that a recorder which died has left are removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in path.parent.glob(_NAME):
        if not _is_served(other):
            other.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with socket_address(path) as address:
            listening.bind(address)
        path.chmod(0o600)  # Nobody gets in before it listens.
        listening.listen()
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def _is_served(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as attempt, socket_address(path) as address:
        return attempt.connect_ex(address) == 0
