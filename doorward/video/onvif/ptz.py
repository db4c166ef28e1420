"""Turning a camera: pan, tilt and zoom in ONVIF's generic spaces, presets and the home position (ONVIF PTZ)."""

from dataclasses import dataclass

from doorward.video.onvif.device import Device, Service
from doorward.video.onvif.message import Markup, element, optional
from doorward.video.onvif.node import finite


@dataclass(frozen=True, slots=True)
class Vector:
    """A position, a way to go, or a speed. Pan and tilt from -1 to 1 (right and up are positive).

    Zoom is 0 (wide) to 1 as a position, and -1 to 1 as a way or a speed. None leaves that axis alone.
    """

    pan: float | None = None
    tilt: float | None = None
    zoom: float | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A position that the device keeps under a name."""

    token: str
    name: str


@dataclass(frozen=True, slots=True)
class PtzStatus:
    """Where the camera looks, and whether it moves; None: the device does not say."""

    position: Vector
    moving: bool | None


async def move_to(device: Device, profile: str, position: Vector, speed: Vector | None = None) -> None:
    """Go to a position."""
    await _move(device, "AbsoluteMove", profile, "Position", position, speed)


async def move_by(device: Device, profile: str, way: Vector, speed: Vector | None = None) -> None:
    """Go this way from where the camera looks now."""
    await _move(device, "RelativeMove", profile, "Translation", way, speed)


async def move_on(device: Device, profile: str, velocity: Vector, for_s: float | None = None) -> None:
    """Keep moving until `stop`, or for so many seconds: give them, so that a lost `stop` does no harm."""
    limit = None if for_s is None else element("tptz:Timeout", f"PT{for_s:g}S")
    await _call(device, "ContinuousMove", profile, _vector("Velocity", velocity), limit)


async def stop(device: Device, profile: str) -> None:
    """Stop every movement."""
    await _call(device, "Stop", profile, element("tptz:PanTilt", True), element("tptz:Zoom", True))


async def status(device: Device, profile: str) -> PtzStatus:
    """Where the camera looks."""
    request = element("tptz:GetStatus", element("tptz:ProfileToken", profile))
    found = (await device.call(Service.PTZ, "GetStatus", request)).required("PTZStatus")
    position = found.at("Position")
    axes: dict[tuple[str, str], float | None] = {}
    for name, axis in (("PanTilt", "x"), ("PanTilt", "y"), ("Zoom", "x")):
        node = None if position is None else position.at(name)
        axes[name, axis] = None if node is None else finite(node.attributes.get(axis, ""))
    moves = {found.words("MoveStatus", "PanTilt"), found.words("MoveStatus", "Zoom")} & {"MOVING", "IDLE"}
    return PtzStatus(
        Vector(axes["PanTilt", "x"], axes["PanTilt", "y"], axes["Zoom", "x"]), "MOVING" in moves if moves else None
    )


async def presets(device: Device, profile: str) -> tuple[Preset, ...]:
    """The positions that the device keeps."""
    request = element("tptz:GetPresets", element("tptz:ProfileToken", profile))
    answer = await device.call(Service.PTZ, "GetPresets", request)
    return tuple(Preset(each.attributes.get("token", ""), each.words("Name")) for each in answer.all("Preset"))


async def set_preset(device: Device, profile: str, name: str, token: str | None = None) -> str:
    """Keep where the camera looks now, under a new preset or in place of one; returns its token."""
    request = element(
        "tptz:SetPreset",
        element("tptz:ProfileToken", profile),
        element("tptz:PresetName", name),
        optional("tptz:PresetToken", token),
    )
    return (await device.call(Service.PTZ, "SetPreset", request)).words("PresetToken")


async def remove_preset(device: Device, profile: str, token: str) -> None:
    """Forget a position."""
    await _call(device, "RemovePreset", profile, element("tptz:PresetToken", token))


async def go_to_preset(device: Device, profile: str, token: str, speed: Vector | None = None) -> None:
    """Go to a position that the device keeps."""
    await _call(device, "GotoPreset", profile, element("tptz:PresetToken", token), _speed(speed))


async def go_home(device: Device, profile: str, speed: Vector | None = None) -> None:
    """Go to the home position."""
    await _call(device, "GotoHomePosition", profile, _speed(speed))


async def set_home(device: Device, profile: str) -> None:
    """Make the home position of where the camera looks now. Some devices have a fixed one, and refuse."""
    await _call(device, "SetHomePosition", profile)


async def _move(device: Device, operation: str, profile: str, name: str, vector: Vector, speed: Vector | None) -> None:
    await _call(device, operation, profile, _vector(name, vector), _speed(speed))


async def _call(device: Device, operation: str, profile: str, *content: Markup | None) -> None:
    request = element(f"tptz:{operation}", element("tptz:ProfileToken", profile), *content)
    await device.call(Service.PTZ, operation, request)


def _speed(speed: Vector | None) -> Markup | None:
    return None if speed is None else _vector("Speed", speed)


def _vector(name: str, vector: Vector) -> Markup:
    turns = vector.pan is not None or vector.tilt is not None
    pan_tilt = element("tt:PanTilt", x=float(vector.pan or 0), y=float(vector.tilt or 0)) if turns else None
    zoom = None if vector.zoom is None else element("tt:Zoom", x=float(vector.zoom))
    return element(f"tptz:{name}", pan_tilt, zoom)
