"""How a simulated device turns: at once, and no further than it can."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from doorward.video.onvif.message import Markup, element
from doorward.video.onvif.node import Node, finite
from doorward.video.onvif.ptz import Vector
from doorward.video.onvif.simulator.fault import Refusal

if TYPE_CHECKING:
    from doorward.video.onvif.simulator.device import SimulatedDevice


def _absolute(device: "SimulatedDevice", request: Node) -> Markup:
    wanted, now = _vector(request.required("Position")), device.state.position
    device.state.position = _limited(
        now.pan if wanted.pan is None else wanted.pan,
        now.tilt if wanted.tilt is None else wanted.tilt,
        now.zoom if wanted.zoom is None else wanted.zoom,
    )
    return element("tptz:AbsoluteMoveResponse")


def _relative(device: "SimulatedDevice", request: Node) -> Markup:
    way, now = _vector(request.required("Translation")), device.state.position
    device.state.position = _limited(
        (now.pan or 0) + (way.pan or 0), (now.tilt or 0) + (way.tilt or 0), (now.zoom or 0) + (way.zoom or 0)
    )
    return element("tptz:RelativeMoveResponse")


def _continuous(device: "SimulatedDevice", request: Node) -> Markup:
    request.required("Velocity")
    device.state.moving = True
    return element("tptz:ContinuousMoveResponse")


def _stop(device: "SimulatedDevice", _: Node) -> Markup:
    device.state.moving = False
    return element("tptz:StopResponse")


def _status(device: "SimulatedDevice", _: Node) -> Markup:
    position, moves = device.state.position, "MOVING" if device.state.moving else "IDLE"
    return element(
        "tptz:GetStatusResponse",
        element(
            "tptz:PTZStatus",
            _written("tt:Position", position),
            element("tt:MoveStatus", element("tt:PanTilt", moves), element("tt:Zoom", moves)),
            element("tt:UtcTime", device.now().strftime("%Y-%m-%dT%H:%M:%SZ")),
        ),
    )


def _presets(device: "SimulatedDevice", _: Node) -> Markup:
    return element(
        "tptz:GetPresetsResponse",
        *(
            element("tptz:Preset", element("tt:Name", name), _written("tt:PTZPosition", position), token=token)
            for token, (name, position) in device.state.presets.items()
        ),
    )


def _set_preset(device: "SimulatedDevice", request: Node) -> Markup:
    token = request.words("PresetToken")
    if token:
        _preset(device, token)
    else:
        token = f"preset-{len(device.state.presets) + 1}"
    device.state.presets[token] = (request.words("PresetName") or token, device.state.position)
    return element("tptz:SetPresetResponse", element("tptz:PresetToken", token))


def _remove_preset(device: "SimulatedDevice", request: Node) -> Markup:
    token = request.words("PresetToken")
    _preset(device, token)
    del device.state.presets[token]
    return element("tptz:RemovePresetResponse")


def _go_to_preset(device: "SimulatedDevice", request: Node) -> Markup:
    device.state.position = _preset(device, request.words("PresetToken"))
    return element("tptz:GotoPresetResponse")


def _go_home(device: "SimulatedDevice", _: Node) -> Markup:
    device.state.position = device.state.home
    return element("tptz:GotoHomePositionResponse")


def _set_home(device: "SimulatedDevice", _: Node) -> Markup:
    device.state.home = device.state.position
    return element("tptz:SetHomePositionResponse")


def _preset(device: "SimulatedDevice", token: str) -> Vector:
    if token not in device.state.presets:
        raise Refusal("NoToken", "The requested preset token does not exist")
    return device.state.presets[token][1]


def _vector(node: Node) -> Vector:
    pan_tilt, zoom = node.at("PanTilt"), node.at("Zoom")
    return Vector(
        None if pan_tilt is None else finite(pan_tilt.attributes.get("x", "")),
        None if pan_tilt is None else finite(pan_tilt.attributes.get("y", "")),
        None if zoom is None else finite(zoom.attributes.get("x", "")),
    )


def _limited(pan: float | None, tilt: float | None, zoom: float | None) -> Vector:
    return Vector(min(1.0, max(-1.0, pan or 0)), min(1.0, max(-1.0, tilt or 0)), min(1.0, max(0.0, zoom or 0)))


def _written(name: str, position: Vector) -> Markup:
    return element(
        name,
        element("tt:PanTilt", x=position.pan, y=position.tilt),
        element("tt:Zoom", x=position.zoom),
    )


OPERATIONS: dict[str, Callable[["SimulatedDevice", Node], Markup]] = {
    "AbsoluteMove": _absolute,
    "RelativeMove": _relative,
    "ContinuousMove": _continuous,
    "Stop": _stop,
    "GetStatus": _status,
    "GetPresets": _presets,
    "SetPreset": _set_preset,
    "RemovePreset": _remove_preset,
    "GotoPreset": _go_to_preset,
    "GotoHomePosition": _go_home,
    "SetHomePosition": _set_home,
}
