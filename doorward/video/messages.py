"""What the server and the recorder process say to each other: one JSON object a line."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

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
    """A camera to record. `url` is rtsp://, http:// (MPEG-TS) or the path of a file played endlessly."""

    id: CameraId
    name: str
    url: str


class Configure(msgspec.Struct, frozen=True, tag="configure"):
    """The full set of cameras wanted; those not named are no longer recorded."""

    cameras: list[CameraSource]


class Hold(msgspec.Struct, frozen=True, tag="hold"):
    """Keep this interval whatever the retention says, and make what is recorded of it durable now."""

    camera_id: CameraId
    start: datetime
    end: datetime


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The recorder has repaired its store and listens. `live` is the path of its socket for live pictures."""

    live: str = ""


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


Command = Configure | Hold
Report = Ready | CameraReport | StorageReport


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
