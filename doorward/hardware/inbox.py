"""What waits for a controller's thread: from its drivers, its server, its policy worker, and whoever runs it."""

import queue
from dataclasses import dataclass

from doorward.acs.messages import ToController
from doorward.hardware.driver import DriverEvent
from doorward.hardware.link import ControllerEnd
from doorward.hardware.policy_worker import PolicyNews


@dataclass(frozen=True, slots=True)
class FromDriver:
    """An event, which of the controller's drivers, one after the other, it came from, and when (monotonic ms)."""

    generation: int
    event: DriverEvent
    at_ms: int


@dataclass(frozen=True, slots=True)
class FromServer:
    """A message, and the link it came over."""

    link: ControllerEnd
    message: ToController


@dataclass(frozen=True, slots=True)
class Attached:
    """A new link."""

    link: ControllerEnd


@dataclass(frozen=True, slots=True)
class FromWorker:
    """What has become of a policy."""

    news: PolicyNews


class ContactChanged:
    """Some link has closed: time to look whether the server is in reach."""


class Stop:
    """Ends the thread."""


Queued = FromDriver | FromServer | FromWorker | Attached | ContactChanged | Stop


class Inbox:
    """Any thread puts, one waits."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Queued] = queue.SimpleQueue()

    def put(self, item: Queued) -> None:
        """Leave something for the thread."""
        self._queue.put(item)

    def wait(self, timeout_s: float | None) -> list[Queued]:
        """Everything there is, once there is something; nothing when the time ran out."""
        try:
            batch = [self._queue.get(timeout=timeout_s)]
        except queue.Empty:
            return []
        while not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch
