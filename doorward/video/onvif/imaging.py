"""The picture itself: brightness and its kin, day and night (ONVIF Imaging)."""

from dataclasses import dataclass
from enum import StrEnum

from doorward.video.onvif.device import Device, Service
from doorward.video.onvif.message import element, optional
from doorward.video.onvif.node import Node


class DayNight(StrEnum):
    """The filter that keeps infrared light out: in by day, out by night."""

    DAY = "ON"
    NIGHT = "OFF"
    AUTOMATIC = "AUTO"


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """How a video source makes its picture, in the device's own ranges. None: the device has no such setting."""

    brightness: float | None = None
    saturation: float | None = None
    contrast: float | None = None
    sharpness: float | None = None
    day_night: DayNight | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """From the least to the most that may be set."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """What may be set; None: nothing."""

    brightness: Range | None
    saturation: Range | None
    contrast: Range | None
    sharpness: Range | None
    day_night: tuple[DayNight, ...]


async def settings(device: Device, source: str) -> ImageSettings:
    """The settings of a video source (`Profile.source`)."""
    answer = await _ask(device, "GetImagingSettings", source)
    found = answer.required("ImagingSettings")
    return ImageSettings(
        found.number("Brightness"),
        found.number("ColorSaturation"),
        found.number("Contrast"),
        found.number("Sharpness"),
        _day_night(found.words("IrCutFilter")),
    )


async def options(device: Device, source: str) -> ImageOptions:
    """What may be set for a video source."""
    found = (await _ask(device, "GetOptions", source)).required("ImagingOptions")
    modes = [_day_night(each.text.strip()) for each in found.all("IrCutFilterModes")]
    return ImageOptions(
        _range(found.at("Brightness")),
        _range(found.at("ColorSaturation")),
        _range(found.at("Contrast")),
        _range(found.at("Sharpness")),
        tuple(mode for mode in modes if mode is not None),
    )


async def set_settings(device: Device, source: str, wanted: ImageSettings, keep: bool = True) -> None:
    """Set what is not None; the rest stays. `keep`: also after the device has been without power."""
    # In the order of the schema: some devices read no other.
    changes = element(
        "timg:ImagingSettings",
        optional("tt:Brightness", wanted.brightness),
        optional("tt:ColorSaturation", wanted.saturation),
        optional("tt:Contrast", wanted.contrast),
        optional("tt:IrCutFilter", wanted.day_night),
        optional("tt:Sharpness", wanted.sharpness),
    )
    request = element(
        "timg:SetImagingSettings",
        element("timg:VideoSourceToken", source),
        changes,
        element("timg:ForcePersistence", keep),
    )
    await device.call(Service.IMAGING, "SetImagingSettings", request)


async def _ask(device: Device, operation: str, source: str) -> Node:
    request = element(f"timg:{operation}", element("timg:VideoSourceToken", source))
    return await device.call(Service.IMAGING, operation, request)


def _day_night(text: str) -> DayNight | None:
    return next((each for each in DayNight if each == text), None)


def _range(node: Node | None) -> Range | None:
    least, most = (None, None) if node is None else (node.number("Min"), node.number("Max"))
    return None if least is None or most is None else Range(least, most)
