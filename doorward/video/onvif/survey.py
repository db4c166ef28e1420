"""What there is to know about a device before it is used, and what to do about it."""

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from doorward.video.onvif import media
from doorward.video.onvif.credentials import Credentials
from doorward.video.onvif.device import Device, DeviceInformation
from doorward.video.onvif.errors import CertificateRefused, DeviceUnreachable, NotAuthorized, OnvifError
from doorward.video.onvif.found import Found
from doorward.video.onvif.media import Profile, VideoCodec

AT_ONCE = 16
CLOCK_TOLERANCE = timedelta(seconds=5)
_RECORDABLE = {VideoCodec.H264, VideoCodec.H265, VideoCodec.MJPEG}


class DeviceStatus(StrEnum):
    """Whether a device can be used, or what is in the way."""

    READY = "ready"
    PASSWORD_NEEDED = "password needed"  # noqa: S105 - words
    PASSWORD_WRONG = "password wrong"  # noqa: S105 - words
    CERTIFICATE_NOT_TRUSTED = "certificate not trusted"
    UNREACHABLE = "unreachable"
    FAULTY = "faulty"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Survey:
    """One device as it was found; `advice` is what a person should do, empty where there is nothing to do.

    `streams` are the addresses of the profiles, in their order.
    """

    found: Found
    status: DeviceStatus
    advice: str
    information: DeviceInformation | None = None
    profiles: tuple[Profile, ...] = ()
    streams: tuple[str, ...] = ()
    clock_ahead: timedelta = timedelta(0)

    @property
    def name(self) -> str:
        """The device's name, if it has one."""
        return self.found.name if self.information is None else self.information.name or self.found.name

    @property
    def model(self) -> str:
        """Maker and model, as far as they are known."""
        if self.information is None:
            return self.found.model
        return f"{self.information.manufacturer} {self.information.model}".strip()


async def survey(found: Found, credentials: Credentials | None, tls: ssl.SSLContext | None = None) -> Survey:
    """Sign in and look around; what goes wrong becomes the status."""
    device = Device(found.address, credentials, tls)
    try:
        await device.connect()
        information = await device.information()
        profiles = await media.profiles(device)
        streams = tuple([await media.stream_uri(device, profile.token) for profile in profiles])
    except OnvifError as error:
        return Survey(found, _status(error, credentials), str(error))
    finally:
        await device.close()
    ahead = device.time_offset
    if not any(each.encoder is not None and each.encoder.codec in _RECORDABLE for each in profiles):
        advice = "It sends no H.264, H.265 or Motion JPEG. Set one of them in the camera."
        return Survey(found, DeviceStatus.UNSUPPORTED, advice, information, profiles, streams, ahead)
    advice = f"Its clock is {_apart(ahead)}. Set it." if abs(ahead) > CLOCK_TOLERANCE else ""
    return Survey(found, DeviceStatus.READY, advice, information, profiles, streams, ahead)


async def survey_all(
    devices: Iterable[Found], credentials: Credentials | None, tls: ssl.SSLContext | None = None
) -> tuple[Survey, ...]:
    """Each of them, some at a time, in their order."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(found: Found) -> Survey:
        async with turns:
            return await survey(found, credentials, tls)

    return tuple(await asyncio.gather(*(one(found) for found in devices)))


def _status(error: OnvifError, credentials: Credentials | None) -> DeviceStatus:
    if isinstance(error, NotAuthorized):
        return DeviceStatus.PASSWORD_NEEDED if credentials is None else DeviceStatus.PASSWORD_WRONG
    if isinstance(error, CertificateRefused):
        return DeviceStatus.CERTIFICATE_NOT_TRUSTED
    if isinstance(error, DeviceUnreachable):
        return DeviceStatus.UNREACHABLE
    return DeviceStatus.FAULTY


def _apart(ahead: timedelta) -> str:
    whole = timedelta(seconds=round(abs(ahead).total_seconds()))
    return f"{whole} {'fast' if ahead > timedelta(0) else 'slow'}"
