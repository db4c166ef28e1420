"""What is kept of a reader or camera on the network beside its row's columns, and what a controller gets of it."""

import base64
import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import urlsplit

import msgspec

from doorward.acs import check
from doorward.acs.devices import WHOLE_PICTURE, IpDevice, PeripheralKey, ReadKind, Region
from doorward.acs.doors.wiring import ReaderType
from doorward.acs.errors import ValidationFailed
from doorward.acs.sealing import Sealer

if TYPE_CHECKING:
    from doorward.acs.doors.models import Device

STREAM_SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})
ACCEPTS: dict[ReaderType, tuple[ReadKind, ...]] = {
    ReaderType.IP: (ReadKind.CARD, ReadKind.PIN, ReadKind.KEYS, ReadKind.QR),
    ReaderType.BARCODE_CAMERA: (ReadKind.QR,),
    ReaderType.PLATE_CAMERA: (ReadKind.PLATE,),
}
"""What is taken from a device, by the type of the reader that it is: a key that is stolen opens no more than that."""


@dataclass(frozen=True, slots=True)
class IpSettings:
    """What can be set. `stream_url` (empty: none) is looked at for QR codes, in `region` of its picture.

    A plate is passed over unless its camera is at least `min_confidence` (0 to 1) sure of it.
    """

    name: str
    stream_url: str = ""
    region: Region = WHOLE_PICTURE
    min_confidence: float = 0.0


class IpChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is."""

    name: str
    stream_url: str
    region: Region
    min_confidence: float


class Kept(msgspec.Struct, omit_defaults=True):
    """The JSON of a row. What is secret is sealed, and then in base64."""

    accepts: tuple[ReadKind, ...]
    region: Region = WHOLE_PICTURE
    min_confidence: float = 0.0
    sealed_stream: str = ""
    sealed_push_secret: str = ""
    sealed_old_key: str = ""
    old_key_until: datetime | None = None


def kept_of(device: "Device") -> Kept:
    """What the row of a device on the network keeps."""
    return msgspec.convert(device.settings, Kept)


def as_json(kept: Kept) -> dict[str, Any]:
    """For the row."""
    plain: dict[str, Any] = msgspec.to_builtins(kept)
    return plain


def sealed(sealer: Sealer, device_id: str, what: str, value: str) -> str:
    """A secret of a device as its JSON has it; empty stays empty."""
    return base64.b64encode(sealer.seal(value.encode(), f"device:{device_id}:{what}")).decode() if value else ""


def opened(sealer: Sealer, device_id: str, what: str, value: str) -> str:
    """The secret again."""
    return sealer.open(base64.b64decode(value), f"device:{device_id}:{what}").decode() if value else ""


def ip_device(sealer: Sealer, device: "Device") -> IpDevice:
    """What a controller gets of a row."""
    kept = kept_of(device)
    keys = [PeripheralKey(sealer.open(device.sealed_key or b"", f"device:{device.id}"))]
    if kept.sealed_old_key:
        old = bytes.fromhex(opened(sealer, device.id, "old_key", kept.sealed_old_key))
        keys.append(PeripheralKey(old, kept.old_key_until))
    return IpDevice(
        device.id,
        kept.accepts,
        tuple(keys),
        opened(sealer, device.id, "push_secret", kept.sealed_push_secret),
        opened(sealer, device.id, "stream", kept.sealed_stream),
        kept.region,
        kept.min_confidence,
    )


def settings_of(sealer: Sealer, device: "Device") -> IpSettings:
    """All that is set on a device."""
    kept = kept_of(device)
    stream = opened(sealer, device.id, "stream", kept.sealed_stream)
    return IpSettings(device.name, stream, kept.region, kept.min_confidence)


def checked(given: IpSettings, type: ReaderType) -> IpSettings:
    """The settings as they are kept, for a reader of this type. Raises ValidationFailed with what would be right."""
    name = check.text(given.name, "name", longest=100)
    stream = check.text(given.stream_url, "streamUrl", longest=1000, empty=True)
    if stream:
        if type is ReaderType.PLATE_CAMERA:
            raise ValidationFailed("QR codes are looked for at a barcode camera or an IP reader only.", "streamUrl")
        if urlsplit(stream).scheme not in STREAM_SCHEMES or not urlsplit(stream).netloc:
            raise ValidationFailed(
                f"A stream URL begins with one of {', '.join(sorted(STREAM_SCHEMES))}, and names a host.", "streamUrl"
            )
    region = given.region
    if not (0 <= region.left < region.right <= 100 and 0 <= region.top < region.bottom <= 100):
        raise ValidationFailed(
            "A region is given in hundredths of the picture: left is less than right, top less than bottom.", "region"
        )
    sure = given.min_confidence
    if not (math.isfinite(sure) and 0 <= sure <= 1):
        raise ValidationFailed("How sure the camera must be is between 0 and 1.", "minConfidence")
    if sure and type is not ReaderType.PLATE_CAMERA:
        raise ValidationFailed("Only a plate camera says how sure it is.", "minConfidence")
    return IpSettings(name, stream, region, sure)


def stream_host(url: str) -> str:
    """What may be shown of a stream's address: no name and password, no query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if url else ""
