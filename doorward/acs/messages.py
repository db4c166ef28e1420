"""What a controller and the server say to each other: typed messages over one link.

A remote controller sends them encoded; inside one process the same objects pass in memory.
All datetimes are aware UTC; ids are UUIDs as text.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from doorward.acs.decision.door import DoorAction, DoorMode, Position
from doorward.acs.decision.patch import PolicyChanges
from doorward.acs.decision.policy import Policy, Side
from doorward.acs.decision.trace import TraceStep
from doorward.acs.devices import Wiring
from doorward.acs.events.catalogue import EventType


class JournalRecord(msgspec.Struct, frozen=True):
    """One durable record. (`controller`, `sequence`) is its identity, for ever.

    `at` is by the controller's clock; `monotonic_ms` counts from its boot `boot_id`.
    `bits` are a read's card bits as text when they belong to no known card.
    """

    sequence: int
    boot_id: str
    at: datetime
    monotonic_ms: int
    type: EventType
    correlation: str
    reason: str | None = None
    door_id: str | None = None
    side: Side | None = None
    reader_id: str | None = None
    cardholder_id: str | None = None
    credential_id: str | None = None
    rule_id: str | None = None
    user_id: str | None = None
    trace: tuple[TraceStep, ...] = ()
    data: dict[str, Any] = {}
    zone_id: str | None = None


class Hello(msgspec.Struct, frozen=True, tag=True):
    """First message of a controller: who it is, its last written sequence, the policy it runs (version 0: none)."""

    controller_id: str
    boot_id: str
    last_sequence: int
    policy_version: int
    policy_content: str = ""


class Welcome(msgspec.Struct, frozen=True, tag=True):
    """The server's answer: every record up to and including `stored_sequence` is stored. It resumes after it.

    `at` is the server's clock (aware UTC), by which a controller knows whether its own can be trusted.
    """

    stored_sequence: int
    at: datetime | None = None


class PolicySnapshot(msgspec.Struct, frozen=True, tag=True):
    """The whole policy and wiring of one controller; replaces whatever it ran before."""

    policy: Policy
    wiring: Wiring


class PolicyDelta(msgspec.Struct, frozen=True, tag=True):
    """What brings the policy `base_version` with content `base_content` to `version` with `content`.

    `wiring` is the whole wiring when that changed. A controller that runs another policy, or would come
    out at another content, changes nothing and answers PolicyRefused.
    """

    base_version: int
    base_content: str
    version: int
    content: str
    changes: PolicyChanges
    wiring: Wiring | None = None


class PolicyRefused(msgspec.Struct, frozen=True, tag=True):
    """A delta does not fit what the controller runs. It waits for a whole policy and refuses nothing more till then."""

    version: int
    content: str


class PolicyApplied(msgspec.Struct, frozen=True, tag=True):
    """The controller decides by this version from now on."""

    version: int


class JournalBatch(msgspec.Struct, frozen=True, tag=True):
    """Records in sequence, without gaps, following the last acknowledged one."""

    records: tuple[JournalRecord, ...]


class JournalAck(msgspec.Struct, frozen=True, tag=True):
    """Every record up to and including `sequence` is stored by the server."""

    sequence: int


class DoorCommand(msgspec.Struct, frozen=True, tag=True):
    """An operator's command. `id` makes it idempotent; after `expires_at` it is answered `expired`, never done.

    UNLOCK, LOCK and LOCKDOWN end at `until` (aware UTC; None: at a reset). GRANT_ACCESS lasts `duration_ms` (None:
    the usual time of an operator's grant).
    """

    id: str
    door_id: str
    action: DoorAction
    user_id: str
    reason: str
    expires_at: datetime
    until: datetime | None = None
    duration_ms: int | None = None


class PersonPresence(msgspec.Struct, frozen=True, array_like=True):
    """Where a cardholder is (`zone_id` None: in no zone), and since when, as some controller saw it."""

    cardholder_id: str
    zone_id: str | None
    since: datetime


class Presences(msgspec.Struct, frozen=True, tag=True):
    """Where people are, from other controllers or corrected `by_hand`. Older news than what is known counts nothing."""

    people: tuple[PersonPresence, ...]
    by_hand: bool = False


class CommandStatus(StrEnum):
    """How far a command came."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    EXPIRED = "expired"


class CommandResult(msgspec.Struct, frozen=True, tag=True):
    """What became of a command; `detail` is a sentence for the operator when it was not confirmed."""

    command_id: str
    status: CommandStatus
    detail: str = ""


class DoorStatus(msgspec.Struct, frozen=True, tag=True):
    """The present state of one door; sent on every change and after a Welcome. Not kept in the journal."""

    door_id: str
    mode: DoorMode
    position: Position
    online: bool
    released: bool
    forced: bool
    held: bool
    readers_online: dict[str, bool] = {}


class Health(msgspec.Struct, frozen=True, tag=True):
    """The controller's own condition; `problem` is empty when the journal can be written."""

    journal_ok: bool
    problem: str = ""


LATENCY_BOUNDS_MS = (5, 10, 20, 50, 100, 200)
"""Replies are counted up to each of these, and beyond the last."""


class LineCounters(msgspec.Struct, frozen=True):
    """What passed between a bus and one device on it, since the controller began to drive them.

    `damaged` replies had a wrong CRC or were cut off, `out_of_turn` ones answered nothing that was asked. A command
    is `repeated` with the same sequence number when it was `unanswered`. `latency` counts replies by the bounds.
    """

    commands: int = 0
    replies: int = 0
    naks: int = 0
    damaged: int = 0
    unanswered: int = 0
    repeated: int = 0
    out_of_turn: int = 0
    latency: tuple[int, ...] = (0,) * (len(LATENCY_BOUNDS_MS) + 1)


class DeviceIdentity(msgspec.Struct, frozen=True):
    """Who a device says it is, over its secure channel. `vendor` is its three bytes in hexadecimal."""

    vendor: str
    model: int
    version: int
    serial: int
    firmware: str


class Capability(msgspec.Struct, frozen=True):
    """What a device says it can do: OSDP's function code, compliance level and number of items."""

    code: int
    level: int
    items: int


class DeviceReport(msgspec.Struct, frozen=True):
    """A device on its bus. `online_s`: for how long its secure channel is up. `problem` says why it is not."""

    device_id: str
    address: int
    online: bool
    online_s: float | None
    install_mode: bool
    problem: str
    counters: LineCounters
    identity: DeviceIdentity | None = None
    capabilities: tuple[Capability, ...] = ()


class Bus(msgspec.Struct, frozen=True):
    """A bus and the devices on it, by address."""

    port: str
    baud: int
    devices: tuple[DeviceReport, ...]


class BusQuery(msgspec.Struct, frozen=True, tag=True):
    """Asks a controller for its buses."""

    id: str


class BusReport(msgspec.Struct, frozen=True, tag=True):
    """Every bus of a controller as it is now. Not kept in the journal."""

    id: str
    buses: tuple[Bus, ...]


class KeyWay(StrEnum):
    """How a device gets a new key: in install mode under the published default key, or over its secure channel."""

    INSTALL_MODE = "install_mode"
    SECURE_CHANNEL = "secure_channel"


class KeyOrder(msgspec.Struct, frozen=True, tag=True):
    """Give a device the key `number` that its wiring holds as its next one, within `window_s` seconds."""

    id: str
    device_id: str
    number: int
    way: KeyWay
    window_s: float


class CaptureOrder(msgspec.Struct, frozen=True, tag=True):
    """Write down the frames on the bus of a device, for so long and at most so many bytes."""

    id: str
    device_id: str
    seconds: float
    most_bytes: int


class FileOrder(msgspec.Struct, frozen=True, tag=True):
    """Send a file to a device; `file_type` is its vendor's number for it (0-255)."""

    id: str
    device_id: str
    file_type: int
    data: bytes
    window_s: float

    def __repr__(self) -> str:
        """Without the file."""
        return f"FileOrder({self.id}, {self.device_id}, {len(self.data)} bytes)"


class OrderStop(msgspec.Struct, frozen=True, tag=True):
    """End what an order began."""

    id: str


class OrderStep(StrEnum):
    """How far an order came. DONE, FAILED, STOPPED and EXPIRED are its end."""

    WAITING = "waiting"
    KEY_SENT = "key_sent"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    EXPIRED = "expired"


ORDER_ENDS = frozenset({OrderStep.DONE, OrderStep.FAILED, OrderStep.STOPPED, OrderStep.EXPIRED})


class OrderProgress(msgspec.Struct, frozen=True, tag=True):
    """What became of an order so far; `detail` is a sentence for the operator. `done` of `total` bytes."""

    id: str
    step: OrderStep
    detail: str = ""
    done: int = 0
    total: int = 0


class Captured(msgspec.Struct, frozen=True, tag=True):
    """A piece of a capture (a pcap file), in order; an OrderProgress follows the last."""

    id: str
    data: bytes

    def __repr__(self) -> str:
        """Without the bytes."""
        return f"Captured({self.id}, {len(self.data)} bytes)"


Order = KeyOrder | CaptureOrder | FileOrder
ToServer = (
    Hello
    | PolicyApplied
    | PolicyRefused
    | JournalBatch
    | CommandResult
    | DoorStatus
    | Health
    | BusReport
    | OrderProgress
    | Captured
)
ToController = (
    Welcome | PolicySnapshot | PolicyDelta | JournalAck | DoorCommand | Presences | BusQuery | Order | OrderStop
)
