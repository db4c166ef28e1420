"""Sending a file, for example firmware, to a device. (OSDP 2.2: FILETRANSFER, FTSTAT.)

libosdp cuts the file up and asks for the pieces; on one port one file is sent at a time.
"""

from collections.abc import Callable

from doorward.acs.messages import FileOrder, OrderProgress, OrderStep
from doorward.hardware.osdp.panel import Panel

STALLED_S = 30.0
"""A device that takes no piece for so long, and did not ask for time, takes no more."""
TELL_EVERY = 20
"""Progress is told every so many hundredths."""


class FileTransfer:
    """One file on its way. The thread of the bus uses it; times are monotonic seconds."""

    def __init__(self, order: FileOrder, index: int, now: float, tell: Callable[[OrderProgress], None]) -> None:
        self.order = order
        self.index = index
        self.over = False
        self._tell = tell
        self._ends_at = now + order.window_s
        self._sent = 0
        self._told = 0
        self._moved_at = now
        self._started = False
        self._stop = False

    def go_on(self, panel: Panel, online: bool, now: float) -> None:
        """Start it, look how far it is, or end it."""
        if self.over:
            return
        if not online and self._started and self._sent == len(self.order.data):
            self.end(OrderStep.DONE, "The device has the whole file and starts anew.")
        elif not online:
            self.end(OrderStep.FAILED, "The device was lost before it had the whole file. It keeps what it ran before.")
        elif self._stop or now >= self._ends_at:
            panel.cancel_file(self.index, self.order.file_type)
            self.end(OrderStep.STOPPED if self._stop else OrderStep.EXPIRED, "The file was not sent whole.")
        elif not self._started:
            self._start(panel, now)
        else:
            self._look(panel, now)

    def stop(self) -> None:
        """End it with the next look."""
        self._stop = True

    def end(self, step: OrderStep, detail: str = "") -> None:
        """It is over."""
        if not self.over:
            self.over = True
            self._progress(step, detail)

    def _start(self, panel: Panel, now: float) -> None:
        self._started = True
        self._moved_at = now
        if not panel.send_file(self.index, self.order.file_type, self.order.data):
            self.end(OrderStep.FAILED, "The device takes no file now. Another may be on its way on this port.")
            return
        self._progress(OrderStep.RUNNING)

    def _look(self, panel: Panel, now: float) -> None:
        offset = panel.file_offset(self.index)
        total = len(self.order.data)
        if offset is None and self._sent < total:
            self.end(OrderStep.FAILED, "The device refused the file.")
        elif offset is not None and offset >= total:
            self._sent = total
            self.end(OrderStep.DONE)
        elif offset is not None and offset > self._sent:
            self._sent, self._moved_at = offset, now
        elif now - self._moved_at > STALLED_S:
            panel.cancel_file(self.index, self.order.file_type)
            self.end(OrderStep.FAILED, "The device stopped taking the file.")
        elif (self._sent - self._told) * TELL_EVERY >= total:
            self._told = self._sent
            self._progress(OrderStep.RUNNING)

    def _progress(self, step: OrderStep, detail: str = "") -> None:
        self._tell(OrderProgress(self.order.id, step, detail, self._sent, len(self.order.data)))
