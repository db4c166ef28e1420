"""What the server and the recorder process say to each other: one JSON object a line."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from doorward.acs.cameras.motion_settings import DEFAULT_MOTION, MotionSettings
from doorward.acs.cameras.transport import Transport
from doorward.video.holds import HoldKind
from doorward.video.volume_status import VolumeStatus

DEFAULT_MAX_BYTES = 20 * 10**9
"""What recordings may use where nobody has said otherwise."""

CameraId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
"""Names the camera's directory, so only letters, digits, `_`, `.` and `-`."""


class CameraState(StrEnum):
    """What the recorder is doing about one camera."""

    CONNECTING = "connecting"
    RECORDING = "recording"
    STALLED = "stalled"
    LOST = "lost"
    STORAGE_FULL = "storage_full"


class CameraSource(msgspec.Struct, frozen=True):
    """A camera to record.

    `url` is rtsp://, rtsps://, http(s):// (MPEG-TS, or JPEG pictures as multipart/x-mixed-replace) or the path of a
    file played endlessly. `transport` matters to rtsp:// only, `verify_certificate` to rtsps:// and https://.
    """

    id: CameraId
    name: str
    url: str
    transport: Transport = Transport.TCP
    verify_certificate: bool = False
    motion: MotionSettings = DEFAULT_MOTION


class VolumeSettings(msgspec.Struct, frozen=True):
    """A directory for recordings, local or mounted. The smaller of `max_bytes` and `max_percent` of it counts.

    Recordings are deleted, and at last not made, so that `min_free_bytes` stay free for others.
    """

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    path: Annotated[str, msgspec.Meta(min_length=1)]
    max_bytes: Annotated[int, msgspec.Meta(ge=0)] | None = None
    max_percent: Annotated[float, msgspec.Meta(gt=0, le=100)] | None = None
    min_free_bytes: Annotated[int, msgspec.Meta(ge=0)] = 0


class CameraStorage(msgspec.Struct, frozen=True):
    """Where a camera's recordings go and for how long. No days: until the volume is full; no volume: automatic."""

    camera_id: CameraId
    keep_days: Annotated[float, msgspec.Meta(gt=0)] | None = None
    volume: str | None = None


class CategoryRetention(msgspec.Struct, frozen=True):
    """How long what happened in an event category is kept; without days, as long as everything of its camera."""

    category: str
    keep_days: Annotated[float, msgspec.Meta(gt=0)] | None = None


class Configure(msgspec.Struct, frozen=True, tag="configure"):
    """The full set of cameras wanted; those not named are no longer recorded.

    Without volumes there is one, the recorder's own directory. A camera or category that is not named keeps the
    retention that it had.
    """

    cameras: list[CameraSource]
    volumes: list[VolumeSettings] = []
    storage: list[CameraStorage] = []
    categories: list[CategoryRetention] = []


class Hold(msgspec.Struct, frozen=True, tag="hold"):
    """Keep this interval whatever the retention says, and make what is recorded of it durable now.

    Until `until`, or else as long as the category says, or else until it is released. Another with the same
    camera and id takes its place; without an id, the interval is its id.
    """

    camera_id: CameraId
    start: datetime
    end: datetime
    id: str | None = None
    kind: HoldKind = HoldKind.EVENT
    until: datetime | None = None
    category: str | None = None


class Release(msgspec.Struct, frozen=True, tag="release"):
    """Keep an interval no longer, of one camera or of all that have a hold of this id."""

    id: str
    camera_id: CameraId | None = None


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The recorder has repaired its store and listens. `live` is the path of its socket for live pictures."""

    live: str = ""


class CameraReport(msgspec.Struct, frozen=True, tag="camera"):
    """The state of a camera changed; `detail` is a sentence for people."""

    camera_id: str
    state: CameraState
    detail: str
    at: datetime


class VolumeReport(msgspec.Struct, frozen=True):
    """One volume: `detail` is a sentence that says what to do, `recording` whether anything is recorded there.

    `total_bytes` and `free_bytes` are the disk's, 0 where it cannot be asked; `other_bytes` is what others use of it.
    """

    id: str
    path: str
    status: VolumeStatus
    detail: str
    recording: bool
    used_bytes: int
    max_bytes: int
    total_bytes: int
    free_bytes: int
    other_bytes: int


class StorageReport(msgspec.Struct, frozen=True, tag="storage"):
    """The space used by recordings. `full`: on a volume only held recordings are left, so recording stopped there."""

    used_bytes: int
    max_bytes: int
    full: bool
    at: datetime
    volumes: list[VolumeReport] = []


class MotionState(StrEnum):
    """How motion is looked for in one camera's pictures."""

    WATCHING = "watching"
    SPARSE = "sparse"
    BEHIND = "behind"
    FAILED = "failed"


class MotionReport(msgspec.Struct, frozen=True, tag="motion"):
    """Sent when the state changes, when motion begins or ends, and every 10 s; `cpu_share` is of one core."""

    camera_id: str
    state: MotionState
    detail: str
    moving: bool
    cpu_share: float
    pictures_per_s: float
    at: datetime


Command = Configure | Hold | Release
Report = Ready | CameraReport | StorageReport | MotionReport


def encode_line(message: Command | Report) -> bytes:
    """One message as a line of JSON, newline included."""
    return msgspec.json.encode(message) + b"\n"


def decode_command(line: bytes) -> Command:
    """Raise `msgspec.DecodeError` for anything that is not a command."""
    return _COMMANDS.decode(line)


def decode_report(line: bytes) -> Report:
    """Raise `msgspec.DecodeError` for anything that is not a report."""
    return _REPORTS.decode(line)


_COMMANDS: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_REPORTS: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)
