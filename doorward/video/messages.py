"""What the server and the recorder process say to each other: one JSON object a line."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from doorward.acs.cameras.motion_settings import DEFAULT_MOTION, MotionSettings
from doorward.acs.cameras.transport import Transport

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
    motion: MotionSettings = DEFAULT_MOTION
    transport: Transport = Transport.TCP
    verify_certificate: bool = False


class Configure(msgspec.Struct, frozen=True, tag="configure"):
    """The full set of cameras wanted; those not named are no longer recorded."""

    cameras: list[CameraSource]


class Hold(msgspec.Struct, frozen=True, tag="hold"):
    """Keep this interval whatever the retention says, and make what is recorded of it durable now."""

    camera_id: CameraId
    start: datetime
    end: datetime


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The recorder has repaired its store and listens."""


class CameraReport(msgspec.Struct, frozen=True, tag="camera"):
    """The state of a camera changed; `detail` is a sentence for people."""

    camera_id: str
    state: CameraState
    detail: str
    at: datetime


class StorageReport(msgspec.Struct, frozen=True, tag="storage"):
    """The space used by recordings. `full`: only held recordings are left, so recording stopped."""

    used_bytes: int
    max_bytes: int
    full: bool
    at: datetime


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


Command = Configure | Hold
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
