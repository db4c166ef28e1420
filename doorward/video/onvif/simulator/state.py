"""What a simulated device is and remembers."""

from dataclasses import dataclass, field

from doorward.video.onvif.administration import UserLevel
from doorward.video.onvif.ptz import Vector


@dataclass(slots=True)
class StreamState:
    """A profile with its stream; `uri` is where a camera really sends it."""

    token: str
    name: str
    uri: str
    codec: str = "H264"
    width: int = 1280
    height: int = 720
    fps: int = 10
    bitrate_kbps: int = 2000
    gop: int = 10


@dataclass(slots=True)
class DeviceState:
    """Everything that requests can read or change."""

    name: str
    streams: list[StreamState]
    model: str = "Simulated camera"
    serial_number: str = "SIM-0001"
    users: dict[str, tuple[str, UserLevel]] = field(default_factory=dict)
    position: Vector = field(default_factory=lambda: Vector(0.0, 0.0, 0.0))
    home: Vector = field(default_factory=lambda: Vector(0.0, 0.0, 0.0))
    moving: bool = False
    presets: dict[str, tuple[str, Vector]] = field(default_factory=dict)
    image: dict[str, str] = field(
        default_factory=lambda: {
            "Brightness": "50",
            "ColorSaturation": "50",
            "Contrast": "50",
            "IrCutFilter": "AUTO",
            "Sharpness": "50",
        }
    )
    reboots: int = 0
