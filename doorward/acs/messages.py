"""What a controller and the server say to each other: typed messages over one link.

A remote controller sends them encoded; inside one process the same objects pass in memory.
All datetimes are aware UTC; ids are UUIDs as text.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from doorward.acs.decision.by_hand import ByHand, HandAction
from doorward.acs.decision.door import DoorAction, DoorMode, DoorSetting, Position, Source
from doorward.acs.decision.patch import PolicyChanges
from doorward.acs.decision.policy import Policy, Side
from doorward.acs.decision.supervision import InputState
from doorward.acs.decision.trace import TraceStep
from doorward.acs.devices import Wiring
from doorward.acs.events.catalogue import EventType

SequenceRange = tuple[int, int]
"""The first and the last of sequence numbers without a gap."""


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
    protocol: int = 1
    software: str = ""


class Welcome(msgspec.Struct, frozen=True, tag=True):
    """The server's answer: every record up to and including `stored_sequence` is stored. It resumes after it.

    `at` is the server's clock (aware UTC), by which a controller knows whether its own can be trusted.
    `ahead`: these ranges (first and last, in order) are stored as well.
    """

    stored_sequence: int
    at: datetime | None = None
    ahead: tuple[SequenceRange, ...] = ()


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
    """Records in sequence, without gaps, following the last acknowledged one.

    `live`: they are news, sent ahead of a backlog, and follow what was stored ahead of it or begin that anew.
    """

    records: tuple[JournalRecord, ...]
    live: bool = False


class JournalAck(msgspec.Struct, frozen=True, tag=True):
    """Every record up to and including `sequence` is stored by the server, and these ranges `ahead` of it."""

    sequence: int
    ahead: tuple[SequenceRange, ...] = ()


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


class OutputCommand(msgspec.Struct, frozen=True, tag=True):
    """An operator's command to an auxiliary output. `id` and `expires_at` are as those of a DoorCommand.

    ON and OFF hold until `until` (aware UTC; None: until AUTO), PULSE for `pulse_ms`.
    """

    id: str
    output_id: str
    action: HandAction
    user_id: str
    reason: str
    expires_at: datetime
    until: datetime | None = None
    pulse_ms: int = 0


class PersonPresence(msgspec.Struct, frozen=True, array_like=True):
    """Where a cardholder is (`zone_id` None: in no zone), and since when, as some controller saw it."""

    cardholder_id: str
    zone_id: str | None
    since: datetime


class Presences(msgspec.Struct, frozen=True, tag=True):
    """Where people are, from other controllers or corrected `by_hand`. Older news than what is known counts nothing."""

    people: tuple[PersonPresence, ...]
    by_hand: bool = False


class CredentialUse(msgspec.Struct, frozen=True, array_like=True):
    """How a credential was used at all controllers, as far as their records are stored."""

    credential_id: str
    first: datetime
    last: datetime
    count: int


QR_STEPS = "qr_steps"
"""Where the data of a record has the steps of dynamic QR codes that it took, by credential id."""


class CredentialNews(msgspec.Struct, frozen=True, tag=True):
    """Uses that count towards a validity, and the 30 s steps of dynamic QR codes that were taken, by credential id.

    A use that is older, or a count that is lower, than what is known changes nothing.
    """

    uses: tuple[CredentialUse, ...] = ()
    qr_steps: dict[str, int] = {}


class CommandStatus(StrEnum):
    """How far a command came."""

    REQUESTED = "requested"
    """Sent to the controller, which has not answered yet."""
    CONFIRMED = "confirmed"
    """The controller has done it."""
    FAILED = "failed"
    """The controller refused or could not do it."""
    EXPIRED = "expired"
    """The controller did not answer in time, or the command's time was over before it arrived."""


class CommandResult(msgspec.Struct, frozen=True, tag=True):
    """What became of a command; `detail` is a sentence for the operator when it was not confirmed."""

    command_id: str
    status: CommandStatus
    detail: str = ""


class ManualSetting(msgspec.Struct, frozen=True):
    """What somebody set a door to by hand, and until when (None: until it is reset).

    Who: a user, or a cardholder at a reader. A controller that was restarted since knows neither.
    """

    setting: DoorSetting
    until: datetime | None = None
    user_id: str | None = None
    cardholder_id: str | None = None


class DoorStatus(msgspec.Struct, frozen=True, tag=True):
    """The present state of one door; sent on every change and after a Welcome. Not kept in the journal.

    `source` is what `mode` comes from. `manual` is kept below an emergency or a threat level, and comes back after it.
    """

    door_id: str
    mode: DoorMode
    position: Position
    online: bool
    released: bool
    forced: bool
    held: bool
    readers_online: dict[str, bool] = {}
    source: Source = Source.REST
    manual: ManualSetting | None = None


class InputStatus(msgspec.Struct, frozen=True, tag=True):
    """The present state of an auxiliary input; `unknown` while its device is away. Told as a DoorStatus is."""

    input_id: str
    state: InputState


class OutputStatus(msgspec.Struct, frozen=True, tag=True):
    """The present state of an auxiliary output; `on` is None while its device is away. Told as a DoorStatus is.

    `rule_id` is the local rule by which it is on, or pulses. `held`: somebody holds it by hand.
    """

    output_id: str
    on: bool | None
    rule_id: str | None = None
    held: ByHand | None = None


LiveStatus = DoorStatus | InputStatus | OutputStatus


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


class MoveOrder(msgspec.Struct, frozen=True, tag=True):
    """Tell a device to go to the address and baud rate that its wiring holds as its next ones, within `window_s`."""

    id: str
    device_id: str
    address: int
    baud: int
    window_s: float


class OrderStop(msgspec.Struct, frozen=True, tag=True):
    """End what an order began."""

    id: str


class OrderStep(StrEnum):
    """How far an order came. DONE, FAILED, STOPPED and EXPIRED are its end.

    A device that is to move was told so when the order is RUNNING.
    """

    WAITING = "waiting"
    """The device is not ready for it yet."""
    KEY_SENT = "key_sent"
    """A key was sent, and the device was not heard with it yet."""
    RUNNING = "running"
    """It is under way; a device that is to move was told so."""
    DONE = "done"
    """The end: it is done."""
    FAILED = "failed"
    """The end: it could not be done, for the reason that its detail gives."""
    STOPPED = "stopped"
    """The end: somebody stopped it."""
    EXPIRED = "expired"
    """The end: its time was over before it was done."""


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


Order = KeyOrder | CaptureOrder | FileOrder | MoveOrder


PROTOCOL = 1
"""The version of all this. A server refuses a controller that speaks another."""


class TimeCheck(msgspec.Struct, frozen=True, tag=True):
    """The server asks what time it is at the controller, which answers TimeReport with the same number at once.

    `offset_ms`: by so much the controller's clock was ahead of the server's at the last check (None: not known).
    """

    number: int
    offset_ms: int | None = None


class TimeReport(msgspec.Struct, frozen=True, tag=True):
    """The controller's clock (aware UTC) when it was asked, and the last sequence of its journal."""

    number: int
    at: datetime
    last_sequence: int = 0


class ControllerSettings(msgspec.Struct, frozen=True, tag=True):
    """What the site wants of each of its controllers besides the policy. Kept by the controller.

    The journal keeps `journal_events` records and none that is older than `journal_days`; what the server has not
    stored goes last, and never without an alarm. Alone for `alone_alarm_s` (None: never) raises an alarm.
    `trusts_clock`: schedules count even when the clock is known to be wrong.
    """

    journal_events: int = 1_000_000
    journal_days: int = 120
    alone_alarm_s: int | None = 72 * 60 * 60
    trusts_clock: bool = False


class JournalLost(msgspec.Struct, frozen=True, tag=True):
    """The controller has no records from `first` to `last` any more; the next that it has follows `last`."""

    first: int
    last: int


class CertificateDue(msgspec.Struct, frozen=True, tag=True):
    """The certificate by which this link came about ends soon: ask for another."""


class CertificateRequest(msgspec.Struct, frozen=True, tag=True):
    """A controller asks for its next certificate; `csr` is a PKCS #10 request (DER) for a new key."""

    csr: bytes


class CertificateIssued(msgspec.Struct, frozen=True, tag=True):
    """The next certificate, and that of the authority (both PEM). The old one ends when this one is first used."""

    certificate: bytes
    authority: bytes


ToServer = (
    Hello | PolicyApplied | PolicyRefused | JournalBatch | JournalLost | CommandResult | LiveStatus | Health
    | TimeReport | CertificateRequest | BusReport | OrderProgress | Captured
)  # fmt: skip
ToController = (
    Welcome | PolicySnapshot | PolicyDelta | JournalAck | DoorCommand | OutputCommand | Presences | CredentialNews
    | TimeCheck | ControllerSettings | CertificateDue | CertificateIssued | BusQuery | Order | OrderStop
)  # fmt: skip
