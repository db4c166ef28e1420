"""The WebSocket of a device: reads and heartbeats in, outcomes and the state of the door out.

Who speaks was proved by the request that opened it, and TLS holds the order of what is said; nothing is signed again.
"""

import asyncio
import logging
from collections.abc import Iterator

import msgspec
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Protocol, Side
from websockets.utils import accept_key

from doorward.acs.devices import PeripheralKey
from doorward.hardware.ip.bucket import Bucket
from doorward.hardware.ip.message import (
    MAX_MESSAGE_BYTES,
    BadMessage,
    Heartbeat,
    Outcome,
    ReadMessage,
    parse_message,
)
from doorward.hardware.ip.peripheral import SILENCE_S, NotDriven, Peripheral, TooMany

_MOST_UNSENT_BYTES = 65_536
"""A device that does not take in what it is told is let go."""
_MOST_FAULTS = 10
_FRAMES_BURST, _FRAMES_PER_S = 60, 20
"""Whoever sends more than this, if only pings, is let go."""
_READ_BYTES = 4096

_frames = logging.getLogger(f"{__name__}.frames")
_frames.setLevel(logging.WARNING)  # below it, the library writes down every frame: PINs among them
_frames.propagate = False


def accept_headers(key: str) -> dict[str, str]:
    """The headers of the answer that opens a WebSocket; `key` is the request's Sec-WebSocket-Key."""
    return {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept_key(key)}


class WebSocket:
    """One open WebSocket, in the listener's thread, from `run` until either side ends it."""

    def __init__(
        self,
        peripheral: Peripheral,
        key: PeripheralKey,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """`key` is the one that it was opened with: it ends with it."""
        self.key = key
        self._peripheral = peripheral
        self._reader, self._writer = reader, writer
        self._protocol = Protocol(Side.SERVER, max_size=MAX_MESSAGE_BYTES, logger=_frames)
        self._bucket = Bucket(_FRAMES_BURST, _FRAMES_PER_S)
        self._faults = 0
        self._ended = False

    def tell(self, payload: dict[str, object]) -> None:
        """Send a message, unless nobody takes it in."""
        if self._ended:
            return
        if self._writer.transport.get_write_buffer_size() > _MOST_UNSENT_BYTES:
            self.end()
            return
        self._protocol.send_text(msgspec.json.encode(payload))
        self._flush()

    def end(self) -> None:
        """Close it."""
        if not self._ended:
            self._ended = True
            self._peripheral.sessions.discard(self)
            self._protocol.fail(CloseCode.POLICY_VIOLATION)
            self._flush()
            self._writer.close()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data and not self._writer.is_closing():
                self._writer.write(data)

    async def run(self, arrived: bytes) -> None:
        """Serve it to its end; `arrived` came with the request. A device that says nothing for 45 s is gone."""
        self._peripheral.greet(self)
        try:
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(SILENCE_S) as patience:
                data = arrived
                while not self._ended:
                    if data:
                        self._protocol.receive_data(data)
                        for _ in self._take_frames():
                            patience.reschedule(loop.time() + SILENCE_S)
                        self._flush()
                    if self._protocol.close_expected():
                        break
                    data = await self._reader.read(_READ_BYTES)
                    if not data:
                        break
        except (TimeoutError, OSError):
            pass  # it is gone; that it is silent is told by the device's own clock
        finally:
            self.end()

    def _take_frames(self) -> Iterator[None]:
        """Heed every frame; yields for each that shows that the device is there."""
        now = asyncio.get_running_loop().time()
        for frame in self._protocol.events_received():
            if not self._bucket.take(now):
                self.end()
                return
            if not isinstance(frame, Frame) or frame.opcode in {Opcode.PING, Opcode.PONG, Opcode.CLOSE}:
                continue
            if self._ended or frame.opcode is not Opcode.TEXT or not frame.fin:
                self._protocol.fail(CloseCode.UNSUPPORTED_DATA)
                return
            if self._heed(bytes(frame.data)):
                yield

    def _heed(self, text: bytes) -> bool:
        if not self._peripheral.guard.is_good(self.key):
            self.end()
            return False
        try:
            message = parse_message(text)
        except BadMessage as error:
            self._fault(None, str(error))
            return False
        self._peripheral.heard()
        if isinstance(message, Heartbeat):
            self.tell({"kind": "heartbeat"})
        else:
            self._put(message)
        return True

    def _put(self, message: ReadMessage) -> None:
        try:
            future = self._peripheral.take(message)
        except (BadMessage, TooMany, NotDriven) as error:
            self._fault(message.id, str(error))
            return
        if future.done():  # ignored, or sent once more: then nothing else will tell
            outcome: Outcome = future.result()
            self.tell({"kind": "outcome", "id": message.id, "outcome": outcome.value})

    def _fault(self, message_id: str | None, problem: str) -> None:
        self._faults += 1
        self.tell({"kind": "problem", "id": message_id, "problem": problem})
        if self._faults > _MOST_FAULTS:
            self.end()
