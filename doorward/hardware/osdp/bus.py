"""A bus: one serial port, the devices on it, and the thread that serves them.

Every port has a thread and a control panel of its own, so that a port that is slow to open, dead or
flooded never delays another. The thread sleeps in poll() until bytes arrive, a command is submitted,
or libosdp's timers must be looked at.
"""

import logging
import os
import select
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from doorward.acs import messages
from doorward.acs.devices import OsdpDevice
from doorward.acs.messages import (
    Captured,
    CaptureOrder,
    FileOrder,
    KeyOrder,
    MoveOrder,
    Order,
    OrderProgress,
    OrderStep,
)
from doorward.acs.signals import Signals
from doorward.hardware.driver import (
    CommandRefused,
    DeviceOffline,
    DriverCommand,
    EventSink,
    Feedback,
    Maintained,
    SetOutput,
    ShowDoor,
)
from doorward.hardware.osdp.capture import Capture
from doorward.hardware.osdp.command import (
    Capabilities,
    OsdpCommand,
    feedback_commands,
    input_query,
    output_command,
    show_commands,
)
from doorward.hardware.osdp.device_link import NO_SECURE_CHANNEL, DeviceLink
from doorward.hardware.osdp.file_transfer import FileTransfer
from doorward.hardware.osdp.key_window import KeyWindow
from doorward.hardware.osdp.move import Move
from doorward.hardware.osdp.panel import Panel, Seat
from doorward.hardware.osdp.port import Port
from doorward.hardware.osdp.serial_port import SerialPort
from doorward.hardware.osdp.socket_port import SocketPort, is_socket
from doorward.hardware.osdp.tap import Tap
from doorward.hardware.osdp.upkeep import Upkeep
from doorward.hardware.reopening import keep_serving

logger = logging.getLogger(__name__)

TICK_MS = 5
"""libosdp's own timers (a poll every 50 ms, a reply within 200 ms) are looked at this often."""
REFRESHES_A_WAKE = 2
"""The first takes in a reply, the second sends the command that waited for it."""
REVIVE_S = 1.0
"""libosdp tries a lost device again after 300 s; we do after this."""
REVIVE_SHARED_S = 3.0
"""... on a shared port, where each try costs the other devices time."""
LAST_WORDS_S = 0.3
"""So long after its last command a bus that is to stop still serves, for the command to reach its device."""
STOOD_STILL_S = 1.0
"""A thread that did not run for longer (a machine that is overloaded, or was suspended) finds cards whose holders may
have left, and commands that come too late: a door that nobody expects to open any more stays locked."""
TOO_LATE = (
    "The controller stood still for {:.1f} s; what it was about to tell the device is not told so late. "
    "Find out what keeps its processor busy."
)
BUSY = "Something is being done here already. Wait for its end, or stop it."


@dataclass(frozen=True, slots=True)
class _Queued:
    link: DeviceLink
    command: DriverCommand
    encoded: tuple[OsdpCommand, ...]


class Bus:
    """Serves the devices of one port from `start` to `stop`."""

    def __init__(
        self, devices: Sequence[OsdpDevice], sink: EventSink, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`devices` share one port. `monotonic` is in seconds."""
        self.devices = tuple(devices)
        self._monotonic = monotonic
        self._links = [DeviceLink(device, sink, monotonic()) for device in devices]
        self._by_id = {link.device.id: link for link in self._links}
        self._by_address = {link.address: link for link in self._links}
        self._sink = sink
        self._queue: deque[_Queued] = deque()
        self._stopping = threading.Event()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        weakref.finalize(self, os.close, self._wake)
        self._tap = Tap(self._replied, self._damaged, self._unanswered, self._had_nothing)
        self._revive_at: dict[int, float] = {}
        self._commanded_at = self._served_at = float("-inf")
        self._jobs: deque[Callable[[float], None]] = deque()
        self._capture: Capture | None = None
        self._file: FileTransfer | None = None
        self._upkeep = Upkeep(len(self._links) > 1, monotonic())
        self._thread = threading.Thread(target=self._run, name=f"osdp {devices[0].port}", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, and tell that the devices that were online are not driven any more."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        os.eventfd_write(self._wake, 1)
        if self._thread.is_alive():
            self._thread.join()
        self._end_orders(OrderStep.FAILED, "The wiring was changed. Start again.")
        for link in self._links:
            if link.online:
                link.online = False
                self._sink(DeviceOffline(link.device.id, "The device is no longer driven by this controller."))

    def submit(self, command: DriverCommand) -> None:
        """Check a command and hand it to the thread. Raises CommandRefused. From any thread."""
        link = self._by_id[command.device_id]
        can = link.capabilities
        if not link.online or can is None:
            raise CommandRefused(f"The device at {link.device.port} is offline; nothing was sent.")
        self._queue.append(_Queued(link, command, tuple(_encode(command, can, link.signals))))
        os.eventfd_write(self._wake, 1)

    def order(self, order: Order) -> None:
        """Begin an order of an operator. Raises CommandRefused. From any thread."""
        link = self._by_id[order.device_id]
        match order:
            case KeyOrder():
                if link.window is not None and not link.window.over:
                    raise CommandRefused("The device is being given a key already. Wait for its end, or stop it.")
                self._do(lambda now: self._open_window(link, order, now))
            case MoveOrder():
                self._do(lambda now: self._begin_move(link, order, now))
            case CaptureOrder():
                if self._capture is not None:
                    raise CommandRefused("This bus is being captured already. Wait for its end, or stop it.")
                self._do(lambda now: self._begin_capture(order, now))
            case FileOrder():
                if not link.online:
                    raise CommandRefused(f"The device at {link.device.port} is offline; nothing was sent.")
                if self._file is not None:
                    raise CommandRefused("A file is on its way on this bus already. Wait for its end, or stop it.")
                self._do(lambda now: self._begin_file(link, order, now))

    def stop_order(self, order_id: str) -> None:
        """End what an order began. From any thread."""
        self._do(lambda _: self._end_order(order_id))

    def rekey(self, devices: Sequence[OsdpDevice]) -> None:
        """Take these keys for the same devices. From any thread."""
        self.devices = tuple(devices)
        for device in devices:
            self._by_id[device.id].signals = device.signals
        self._do(lambda _: self._take_keys(devices))

    def fits(self, device: OsdpDevice) -> bool:
        """Whether a device of this bus is looked for at a place that is wired like this. From any thread."""
        return self._by_id[device.id].places.fits(device)

    def _do(self, job: Callable[[float], None]) -> None:
        self._jobs.append(job)
        os.eventfd_write(self._wake, 1)

    def _open_window(self, link: DeviceLink, order: KeyOrder, now: float) -> None:
        window = KeyWindow(order, now, self._teller(link.device.id))
        if link.window is not None and not link.window.over:
            window.end(OrderStep.FAILED, BUSY)
            return
        link.window = window
        window.begin()

    def _begin_move(self, link: DeviceLink, order: MoveOrder, now: float) -> None:
        move = Move(order, now, self._teller(link.device.id))
        if (link.move is not None and not link.move.over) or (link.window is not None and not link.window.over):
            move.end(OrderStep.FAILED, BUSY)
            return
        link.move = move
        move.begin()

    def _begin_capture(self, order: CaptureOrder, now: float) -> None:
        tell = self._teller(order.device_id)
        if self._capture is not None:
            tell(OrderProgress(order.id, OrderStep.FAILED, BUSY))
            return
        self._capture = Capture(order, now, time.time, tell)
        self._tap.on_frame = self._capture.take

    def _begin_file(self, link: DeviceLink, order: FileOrder, now: float) -> None:
        tell = self._teller(order.device_id)
        if self._file is not None:
            tell(OrderProgress(order.id, OrderStep.FAILED, BUSY))
            return
        self._file = FileTransfer(order, self._links.index(link), now, tell)

    def _teller(self, device_id: str) -> Callable[[OrderProgress | Captured], None]:
        return lambda news: self._sink(Maintained(device_id, news))

    def _maintain(self, panel: Panel, now: float) -> None:
        """Go on with a capture and a file."""
        if self._capture is not None:
            self._capture.pass_time(now)
            if self._capture.over:
                self._capture = self._tap.on_frame = None
        if self._file is not None:
            self._file.go_on(panel, self._links[self._file.index].online, now)
            if self._file.over:
                self._file = None

    def _end_orders(self, step: OrderStep, detail: str) -> None:
        for link in self._links:
            if link.window is not None:
                link.window.end(step, detail)
            if link.move is not None:
                link.move.end(step, detail)
        for work in (self._capture, self._file):
            if work is not None:
                work.end(step, detail)

    def _end_order(self, order_id: str) -> None:
        if self._capture is not None and self._capture.order.id == order_id:
            self._capture.end(OrderStep.DONE)
        if self._file is not None and self._file.order.id == order_id:
            self._file.stop()
        for link in self._links:
            if link.window is not None and link.window.order.id == order_id:
                link.window.end(OrderStep.STOPPED)
            if link.move is not None and link.move.order.id == order_id:
                link.move.end(OrderStep.STOPPED)

    def _take_keys(self, devices: Sequence[OsdpDevice]) -> None:
        for device in devices:
            link = self._by_id[device.id]
            link.device = device
            self._upkeep.anew |= link.keys.update(device)
            self._upkeep.anew |= link.places.update(device)

    def _run(self) -> None:
        keep_serving(self.devices[0].port, self._open_and_serve, self._all_down, self._stopping, self._monotonic)

    def _open_and_serve(self) -> None:
        with self._open() as port:
            self._serve(port)

    def _all_down(self, reason: str) -> None:
        for link in self._links:
            link.went_down(reason)
        while self._queue:
            _dropped(self._queue.popleft())

    def report(self) -> messages.Bus:
        """The bus and its devices as they are now. From any thread."""
        now = self._monotonic()
        by_address = sorted(self._links, key=lambda link: link.address)
        return messages.Bus(
            self.devices[0].port,
            self._baud,
            tuple(link.report(self._tap.counters(link.address), now) for link in by_address),
        )

    @property
    def _baud(self) -> int:
        """The line has one speed: that of the place where its first device is looked for."""
        return self._links[0].places.now.baud

    def _open(self) -> Port:
        path, baud = self.devices[0].port, self._baud
        if is_socket(path):
            return SocketPort(path, self._wake, self._received, self._sent)
        return SerialPort(path, baud, self._received, self._sent)

    def _received(self, data: bytes) -> None:
        self._tap.received(data, self._monotonic())

    def _sent(self, data: bytes) -> None:
        self._tap.sent(data, self._monotonic())

    def _replied(self, address: int) -> None:
        link = self._by_address.get(address)
        if link is not None:
            link.heard(self._monotonic())

    def _damaged(self, address: int) -> None:
        link = self._by_address.get(address)
        if link is not None:
            link.heard_damage()

    def _unanswered(self, address: int) -> None:
        link = self._by_address.get(address)
        if link is not None:
            link.missed()

    def _had_nothing(self, address: int) -> None:
        link = self._by_address.get(address)
        if link is not None:
            link.kept_nothing()

    def _serve(self, port: Port) -> None:
        panel = self._new_panel(port)
        self._served_at = self._monotonic()
        poller = select.poll()
        poller.register(self._wake, select.POLLIN)
        poller.register(port.fileno, select.POLLIN | port.gone_events)
        while not self._stopping.is_set() or self._has_last_words():
            ready = dict(poller.poll(TICK_MS))
            port.check(ready.get(port.fileno, 0))
            if self._wake in ready:
                os.eventfd_read(self._wake)
            port.was_read = False
            now = self._monotonic()
            if self._stood_still(now):
                panel = self._new_panel(port)
            while self._jobs:
                self._jobs.popleft()(now)
            self._send_queued(panel, now)
            for _ in range(REFRESHES_A_WAKE if ready else 1):
                panel.refresh()
            # libosdp reads only when it expects a reply; bytes that nobody wants must not wake us for ever
            wanted = port.was_read or port.fileno not in ready
            poller.modify(port.fileno, port.gone_events | (select.POLLIN if wanted else 0))
            self._maintain(panel, now)
            if self._look_after(port, panel, self._monotonic()):
                panel = self._new_panel(port)

    def _stood_still(self, now: float) -> bool:
        """Whether the thread did not run for too long while a command was on its way: the panel may still hold it,
        and must not be used any more. What a device tells after that time is old in any case."""
        late_s, last = now - self._served_at, self._served_at
        self._served_at = now
        if late_s <= STOOD_STILL_S:
            return False
        for link in self._links:
            link.missed()
        commanded = bool(self._queue) or last - self._commanded_at < STOOD_STILL_S
        if commanded:
            self._all_down(TOO_LATE.format(late_s))
        return commanded

    def _has_last_words(self) -> bool:
        """Whether a device may not have heard yet what it was last told."""
        return bool(self._queue) or self._monotonic() - self._commanded_at < LAST_WORDS_S

    def _new_panel(self, port: Port) -> Panel:
        """Begin anew on a line from which nothing is left."""
        port.discard()
        port.set_speed(self._baud)
        now = self._monotonic()
        self._tap.reset()
        self._revive_at = {index: now + self._revive_after_s() for index in range(len(self._links))}
        for link in self._links:
            link.attempted()
        self._upkeep.anew = False
        self._by_address = {link.address: link for link in self._links}
        seats = [_seat(link) for link in self._links]
        return Panel(port, seats, lambda index, event: self._links[index].take_event(event, self._monotonic()))

    def _revive_after_s(self) -> float:
        return REVIVE_S if len(self._links) == 1 else REVIVE_SHARED_S

    def _send_queued(self, panel: Panel, now: float) -> None:
        for link in self._links:
            for pulse in link.due_pulses(now):
                if link.capabilities is not None:
                    encoded = output_command(pulse, link.capabilities)
                    self._queue.append(_Queued(link, pulse, (encoded,)))
        while self._queue:
            queued = self._queue.popleft()
            if not queued.link.online:
                _dropped(queued)  # its loss was told; a command for it must not wait for its return
                continue
            if isinstance(queued.command, SetOutput):
                queued.link.output_commanded(queued.command, now)
            self._commanded_at = self._monotonic()
            index = self._links.index(queued.link)
            for command in queued.encoded:
                if not panel.submit(index, command):
                    logger.warning("libosdp did not take %s for %s", command, queued.link.device.id)

    def _look_after(self, port: Port, panel: Panel, now: float) -> bool:
        """Follow every device up and down, and revive the lost. True when the panel must be made anew.

        libosdp takes up to eight seconds to let go of a dead device; a new panel begins at once. On a
        shared port that would cost the others their channel, so there the device is replugged instead.
        """
        secure = panel.secure_mask()
        restart: list[int] = []
        for index, link in enumerate(self._links):
            is_up = bool(secure >> index & 1) and not link.silent(now)
            if self._upkeep.rekeying(index, link, panel, now) or self._upkeep.moving(index, link, panel, now):
                continue
            if is_up:
                if not link.online:
                    link.came_up(panel.capabilities(index), now, panel.identity(index))
                if link.wants_inputs(now):
                    panel.submit(index, input_query())
            elif link.online or now >= self._revive_at[index]:
                reason = link.absent_reason(now)
                if reason == NO_SECURE_CHANNEL and self._tap.waits:
                    continue  # another device is being asked: the question comes after its answer
                self._upkeep.look_into(reason, port, link, now)
                link.went_down(reason)
                panel.flush_commands(index)
                self._revive_at[index] = now + self._revive_after_s()
                restart.append(index)
            elif panel.is_disabled(index):
                link.attempted()
                panel.enable(index)
        self._check_name(port, restart)
        if self._upkeep.anew or len(self._links) == 1:
            return self._upkeep.anew or bool(restart)
        for index in restart:
            panel.disable(index)
        return False

    def _check_name(self, port: Port, restart: Sequence[int]) -> None:
        """While nobody is there and the lost are tried again: it may be because this is not the port any more."""
        if restart and not any(link.online for link in self._links):
            port.check_name()


def _seat(link: DeviceLink) -> Seat:
    device, window = link.device, link.window
    if window is not None and window.relaxed_until is not None and device.next_key is not None:
        return Seat(device.port, link.address, device.next_key, relaxed=True)
    return Seat(device.port, link.address, link.keys.now)


def _dropped(queued: _Queued) -> None:
    logger.warning("%s was not sent: the device went offline first", queued.command)


def _encode(command: DriverCommand, can: Capabilities, signals: Signals) -> list[OsdpCommand]:
    if isinstance(command, Feedback):
        return feedback_commands(command, can, signals)
    if isinstance(command, ShowDoor):
        return show_commands(command, can)
    return [output_command(command, can)]
