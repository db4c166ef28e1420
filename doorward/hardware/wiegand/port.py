"""A port: the serial line of one converter, the readers on its channels, and the thread that serves them.

Every port has a thread of its own, so that one that is slow to open, dead or flooded never delays another. The thread
sleeps in poll() until bytes arrive, a command is submitted, or time matters to a reader.
"""

import logging
import os
import select
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence

from doorward.acs.devices import WiegandDevice
from doorward.hardware.driver import (
    CommandRefused,
    DeviceOffline,
    DriverCommand,
    EventSink,
    Feedback,
    SetOutput,
    ShowDoor,
)
from doorward.hardware.osdp.serial_port import SerialPort
from doorward.hardware.reopening import keep_serving
from doorward.hardware.wiegand.codec import Burst, Codec, Decoder, Heard, Noise, TamperInput
from doorward.hardware.wiegand.codecs import CODECS
from doorward.hardware.wiegand.reader import WiegandReader

logger = logging.getLogger(__name__)

READ_BYTES = 4_096
"""Taken in at a time, before anything else is looked at."""
PARTIAL_S = 0.5
"""A frame that has not ended this long after its last byte never will: at 1,200 baud a byte takes 10 ms."""
BEATS_MISSED = 3
"""So many heartbeats may be missing before the converter is lost."""
NOISE_TOLD_S = 60.0

_UNKNOWN_FRAMING = "This controller does not know the framing {}. Update the controller, or choose another framing."
_NO_HEARTBEAT = "The converter does not answer. Check its power, its cable, its baud rate and its framing."


class WiegandPort:
    """Serves the readers of one port from `start` to `stop`."""

    def __init__(self, devices: Sequence[WiegandDevice], sink: EventSink, monotonic: Callable[[], float]) -> None:
        """`devices` share one port, and so its baud rate and framing. `monotonic` is in seconds."""
        self.devices = tuple(devices)
        self._monotonic = monotonic
        self._readers = [WiegandReader(device, sink) for device in devices]
        self._by_id = {reader.device.id: reader for reader in self._readers}
        self._by_channel = {reader.device.channel: reader for reader in self._readers}
        self._codec: Codec | None = CODECS.get(devices[0].framing)
        self._sink = sink
        self._queue: deque[Feedback | ShowDoor] = deque()
        self._stopping = threading.Event()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        weakref.finalize(self, os.close, self._wake)
        self._heard_at = 0.0
        self._lost = False
        self._noise_told_at = float("-inf")
        self._noise = 0
        self._thread = threading.Thread(target=self._run, name=f"wiegand {devices[0].port}", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, and tell that the readers that were online are not driven any more."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        os.eventfd_write(self._wake, 1)
        if self._thread.is_alive():
            self._thread.join()
        for reader in self._readers:
            if reader.online:
                reader.online = False
                self._sink(DeviceOffline(reader.device.id, "The reader is no longer driven by this controller."))

    def submit(self, command: DriverCommand) -> None:
        """Check a command and hand it to the thread. Raises CommandRefused. From any thread."""
        if isinstance(command, SetOutput):
            raise CommandRefused("A Wiegand reader has no outputs. Wire the lock to a device that has.")
        if not self._by_id[command.device_id].online:
            raise CommandRefused(f"The reader at {self.devices[0].port} is offline; nothing was sent.")
        if self._codec is not None and self._codec.command is not None:
            self._queue.append(command)
            os.eventfd_write(self._wake, 1)

    def _run(self) -> None:
        if self._codec is None:
            self._all_down(_UNKNOWN_FRAMING.format(self.devices[0].framing))
            return
        codec = self._codec

        def serve() -> None:
            with SerialPort(self.devices[0].port, self.devices[0].baud, _ignore, _ignore) as port:
                self._serve(port, codec)

        keep_serving(self.devices[0].port, serve, self._all_down, self._stopping, self._monotonic)

    def _all_down(self, reason: str) -> None:
        for reader in self._readers:
            reader.went_down(reason)
        self._queue.clear()

    def _serve(self, port: SerialPort, codec: Codec) -> None:
        decoder = codec.decoder()
        poller = select.poll()
        poller.register(self._wake, select.POLLIN)
        poller.register(port.fileno, select.POLLIN)
        last_byte_at = self._heard_at = self._monotonic()
        self._lost = False
        if codec.framing.heartbeat_s is None:
            self._all_up(last_byte_at)
        while not self._stopping.is_set():
            self._drive(port, codec, self._monotonic())
            ready = dict(poller.poll(self._wait_ms(decoder, last_byte_at)))
            if self._wake in ready:
                os.eventfd_read(self._wake)
            data = port.read(READ_BYTES) if port.fileno in ready else b""
            port.check(ready.get(port.fileno, 0))
            now = self._monotonic()
            if data:
                last_byte_at = now
                self._take(decoder.feed(data), now)
            elif decoder.waits and now - last_byte_at >= PARTIAL_S:
                self._take(decoder.give_up(), now)
            self._pass_time(now)

    def _all_up(self, now: float) -> None:
        for reader in self._readers:
            reader.came_up(now)

    def _wait_ms(self, decoder: Decoder, last_byte_at: float) -> int | None:
        now = self._monotonic()
        dues = [reader.next_change(now) for reader in self._readers]
        dues.append(last_byte_at + PARTIAL_S if decoder.waits else None)
        dues.append(self._lost_at())
        known = [due for due in dues if due is not None]
        # One millisecond more, because poll() may wake a little early.
        return max(0, int((min(known) - now) * 1000) + 1) if known else None

    def _lost_at(self) -> float | None:
        """When the converter is lost, unless it is heard before."""
        heartbeat_s = self._codec.framing.heartbeat_s if self._codec is not None else None
        return None if heartbeat_s is None or self._lost else self._heard_at + heartbeat_s * BEATS_MISSED

    def _take(self, heard: Sequence[Heard], now: float) -> None:
        for one in heard:
            if isinstance(one, Noise):
                self._take_noise(one, now)
                continue
            self._heard_at, self._lost = now, False
            self._all_up(now)
            if isinstance(one, Burst | TamperInput) and one.channel in self._by_channel:
                self._by_channel[one.channel].take(one, now)

    def _take_noise(self, noise: Noise, now: float) -> None:
        for reader in self._readers:
            reader.doubt(now)
        self._noise += 1
        if now - self._noise_told_at >= NOISE_TOLD_S:
            logger.warning("noise on %s (%d times): %s", self.devices[0].port, self._noise, noise.reason)
            self._noise_told_at, self._noise = now, 0

    def _pass_time(self, now: float) -> None:
        lost_at = self._lost_at()
        if lost_at is not None and now >= lost_at:
            self._lost = True
            for reader in self._readers:
                reader.went_down(_NO_HEARTBEAT)
        for reader in self._readers:
            reader.pass_time(now)

    def _drive(self, port: SerialPort, codec: Codec, now: float) -> None:
        while self._queue:
            command = self._queue.popleft()
            reader = self._by_id[command.device_id]
            if reader.online:
                reader.show(command, now)
        if codec.command is None:
            return
        for reader in self._readers:
            wires = reader.wires_to_drive(now) if reader.online else None
            if wires is not None:
                port.write(codec.command(reader.device.channel, wires))


def _ignore(data: bytes) -> None:
    """What passes is taken where it is read."""
