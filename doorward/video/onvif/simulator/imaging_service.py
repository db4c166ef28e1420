"""How a simulated device makes its picture: it keeps the settings, and draws the same."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from doorward.video.onvif.message import Markup, element
from doorward.video.onvif.node import Node
from doorward.video.onvif.simulator.fault import Refusal
from doorward.video.onvif.simulator.media_service import SOURCE

if TYPE_CHECKING:
    from doorward.video.onvif.simulator.device import SimulatedDevice

_MOST = 100


def _settings(device: "SimulatedDevice", request: Node) -> Markup:
    _source(request)
    settings = (element(f"tt:{name}", value) for name, value in device.state.image.items())
    return element("timg:GetImagingSettingsResponse", element("timg:ImagingSettings", *settings))


def _options(_device: "SimulatedDevice", request: Node) -> Markup:
    _source(request)
    limits = element("tt:Min", 0), element("tt:Max", _MOST)
    return element(
        "timg:GetOptionsResponse",
        element(
            "timg:ImagingOptions",
            element("tt:Brightness", *limits),
            element("tt:ColorSaturation", *limits),
            element("tt:Contrast", *limits),
            *(element("tt:IrCutFilterModes", mode) for mode in ("ON", "OFF", "AUTO")),
            element("tt:Sharpness", *limits),
        ),
    )


def _set(device: "SimulatedDevice", request: Node) -> Markup:
    _source(request)
    for each in request.required("ImagingSettings").children:
        number = each.number()
        if each.name not in device.state.image or (number is not None and not 0 <= number <= _MOST):
            raise Refusal("SettingsInvalid", "The requested settings are incorrect")
        device.state.image[each.name] = each.words()
    return element("timg:SetImagingSettingsResponse")


def _source(request: Node) -> None:
    if request.words("VideoSourceToken") != SOURCE:
        raise Refusal("NoSource", "The requested video source does not exist")


OPERATIONS: dict[str, Callable[["SimulatedDevice", Node], Markup]] = {
    "GetImagingSettings": _settings,
    "GetOptions": _options,
    "SetImagingSettings": _set,
}
