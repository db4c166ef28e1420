"""Profiles: which streams a device sends, how they are encoded, and where they are (ONVIF Media and Media2).

Media2 is asked where the device has it, because only it knows H.265.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from doorward.video.onvif.device import Device, Service
from doorward.video.onvif.errors import NotSupported
from doorward.video.onvif.message import Markup, element, joined
from doorward.video.onvif.node import Node, finite


class VideoCodec(StrEnum):
    """How pictures are encoded. What ONVIF calls otherwise is OTHER."""

    H264 = "H264"
    H265 = "H265"
    MJPEG = "JPEG"
    MPEG4 = "MPEG4"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How a device encodes a stream. None: the device does not say. `gop` counts pictures between key pictures."""

    token: str
    codec: VideoCodec
    width: int
    height: int
    fps: float | None
    bitrate_kbps: int | None
    gop: int | None
    quality: float | None


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """What a device can encode in one codec: sizes in pixels, largest first, and up to how many pictures a second."""

    codec: VideoCodec
    sizes: tuple[tuple[int, int], ...]
    fps_max: float | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A stream that a device sends. `ptz` is the profile's own way to turn the camera, where it has one."""

    token: str
    name: str
    source: str
    encoder: EncoderSettings | None
    audio_codec: str
    ptz: bool


async def profiles(device: Device) -> tuple[Profile, ...]:
    """All profiles, in the device's order. Raises OnvifError."""
    if _media2(device):
        request = element("tr2:GetProfiles", element("tr2:Type", "All"))
        answer = await device.call(Service.MEDIA2, "GetProfiles", request)
        return tuple(_profile2(each) for each in answer.all("Profiles"))
    answer = await device.call(Service.MEDIA, "GetProfiles")
    return tuple(_profile(each) for each in answer.all("Profiles"))


async def stream_uri(device: Device, profile: str) -> str:
    """Where a profile's stream is: an rtsp address at the device's own host, without credentials."""
    if _media2(device):
        request = element("tr2:GetStreamUri", element("tr2:Protocol", "RTSP"), element("tr2:ProfileToken", profile))
        return device.connection.address.media(
            (await device.call(Service.MEDIA2, "GetStreamUri", request)).words("Uri")
        )
    setup = element(
        "trt:StreamSetup",
        element("tt:Stream", "RTP-Unicast"),
        element("tt:Transport", element("tt:Protocol", "RTSP")),
    )
    request = element("trt:GetStreamUri", setup, element("trt:ProfileToken", profile))
    answer = await device.call(Service.MEDIA, "GetStreamUri", request)
    return device.connection.address.media(answer.words("MediaUri", "Uri"))


async def snapshot_uri(device: Device, profile: str) -> str:
    """Where a JPEG of the moment is; `device.connection.fetch` gets it. Raises NotSupported where there is none."""
    service = Service.MEDIA2 if _media2(device) else Service.MEDIA
    request = element(f"{service}:GetSnapshotUri", element(f"{service}:ProfileToken", profile))
    answer = await device.call(service, "GetSnapshotUri", request)
    uri = answer.words("Uri") or answer.words("MediaUri", "Uri")
    if not uri:
        raise NotSupported("The device has no snapshots.")
    return device.connection.address.media(uri)


async def encoder_options(device: Device, encoder: str) -> tuple[EncoderOptions, ...]:
    """What may be set for an encoder, by codec."""
    service = Service.MEDIA2 if _media2(device) else Service.MEDIA
    request = element(
        f"{service}:GetVideoEncoderConfigurationOptions", element(f"{service}:ConfigurationToken", encoder)
    )
    answer = await device.call(service, "GetVideoEncoderConfigurationOptions", request)
    if service is Service.MEDIA2:
        return tuple(_options2(each) for each in answer.all("Options"))
    options = answer.required("Options")
    return tuple(_options(codec, each) for codec in VideoCodec if (each := options.at(codec.value)) is not None)


async def set_encoder(device: Device, wanted: EncoderSettings) -> EncoderSettings:
    """Have a stream encoded otherwise; returns what the device made of it.

    What `wanted` leaves None stays, and so does everything else that the device has set for it.
    """
    service = Service.MEDIA2 if _media2(device) else Service.MEDIA
    configuration = (await _encoder(device, service, wanted.token)).changed(("Encoding",), _encoding(wanted.codec))
    for path, value in (
        (("Resolution", "Width"), wanted.width),
        (("Resolution", "Height"), wanted.height),
        (("RateControl", "FrameRateLimit"), wanted.fps),
        (("RateControl", "BitrateLimit"), wanted.bitrate_kbps),
        (("Quality",), wanted.quality),
        (("H264", "GovLength"), wanted.gop),
    ):
        if value is not None:
            configuration = configuration.changed(path, f"{value:g}")
    if wanted.gop is not None and service is Service.MEDIA2:
        configuration = replace(configuration, attributes={**configuration.attributes, "GovLength": str(wanted.gop)})
    persist: Markup | None = element("trt:ForcePersistence", True) if service is Service.MEDIA else None
    content = joined(configuration.markup(f"{service}:Configuration"), persist)
    await device.call(
        service, "SetVideoEncoderConfiguration", element(f"{service}:SetVideoEncoderConfiguration", content)
    )
    return _settings(await _encoder(device, service, wanted.token))


async def _encoder(device: Device, service: Service, token: str) -> Node:
    if service is Service.MEDIA2:
        name, answers = "GetVideoEncoderConfigurations", "Configurations"
    else:
        name, answers = "GetVideoEncoderConfiguration", "Configuration"
    request = element(f"{service}:{name}", element(f"{service}:ConfigurationToken", token))
    return (await device.call(service, name, request)).required(answers)


def _media2(device: Device) -> bool:
    return Service.MEDIA2 in device.services


def _profile(node: Node) -> Profile:
    encoder = node.at("VideoEncoderConfiguration")
    return Profile(
        node.attributes.get("token", ""),
        node.words("Name"),
        node.words("VideoSourceConfiguration", "SourceToken"),
        None if encoder is None else _settings(encoder),
        node.words("AudioEncoderConfiguration", "Encoding"),
        node.at("PTZConfiguration") is not None,
    )


def _profile2(node: Node) -> Profile:
    encoder = node.at("Configurations", "VideoEncoder")
    return Profile(
        node.attributes.get("token", ""),
        node.words("Name"),
        node.words("Configurations", "VideoSource", "SourceToken"),
        None if encoder is None else _settings(encoder),
        node.words("Configurations", "AudioEncoder", "Encoding"),
        node.at("Configurations", "PTZ") is not None,
    )


def _settings(node: Node) -> EncoderSettings:
    gop = finite(node.attributes.get("GovLength", "")) or node.number("H264", "GovLength")
    return EncoderSettings(
        node.attributes.get("token", ""),
        _codec(node.words("Encoding")),
        node.whole("Resolution", "Width") or 0,
        node.whole("Resolution", "Height") or 0,
        node.number("RateControl", "FrameRateLimit"),
        node.whole("RateControl", "BitrateLimit"),
        None if gop is None else int(gop),
        node.number("Quality"),
    )


def _options(codec: VideoCodec, node: Node) -> EncoderOptions:
    return EncoderOptions(codec, _sizes(node), node.number("FrameRateRange", "Max"))


def _options2(node: Node) -> EncoderOptions:
    rates = [rate for each in node.attributes.get("FrameRatesSupported", "").split() if (rate := finite(each))]
    return EncoderOptions(_codec(node.words("Encoding")), _sizes(node), max(rates, default=None))


def _sizes(node: Node) -> tuple[tuple[int, int], ...]:
    sizes = {(each.whole("Width") or 0, each.whole("Height") or 0) for each in node.all("ResolutionsAvailable")}
    return tuple(sorted(sizes, reverse=True))


def _codec(text: str) -> VideoCodec:
    # Media2 names codecs as MIME does: some devices write them in small letters.
    return next((codec for codec in VideoCodec if codec == text.upper()), VideoCodec.OTHER)


def _encoding(codec: VideoCodec) -> str:
    if codec is VideoCodec.OTHER:
        raise NotSupported("Choose a codec that is known.")
    return codec.value
