"""What a simulated device answers about its streams, as Media and as Media2."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from doorward.video.onvif.message import Markup, element
from doorward.video.onvif.node import Node
from doorward.video.onvif.simulator.fault import Refusal
from doorward.video.onvif.simulator.state import StreamState

if TYPE_CHECKING:
    from doorward.video.onvif.simulator.device import SimulatedDevice

SOURCE = "source"
_SIZES = ((1920, 1080), (1280, 720), (640, 360))
_FPS = (5, 10, 25)


def _profiles(device: "SimulatedDevice", _: Node) -> Markup:
    return element(
        "trt:GetProfilesResponse",
        *(_written("trt:Profiles", stream) for stream in device.state.streams),
    )


def _one_profile(device: "SimulatedDevice", request: Node) -> Markup:
    return element("trt:GetProfileResponse", _written("trt:Profile", _profile(device, request)))


def _written(name: str, stream: StreamState) -> Markup:
    return element(
        name,
        element("tt:Name", stream.name),
        element("tt:VideoSourceConfiguration", *_source(), token=SOURCE),
        _encoder("tt:VideoEncoderConfiguration", stream),
        element("tt:PTZConfiguration", *_ptz(), token="ptz"),  # noqa: S106 - an id
        token=stream.token,
        fixed=True,
    )


def _profiles2(device: "SimulatedDevice", _: Node) -> Markup:
    return element(
        "tr2:GetProfilesResponse",
        *(
            element(
                "tr2:Profiles",
                element("tr2:Name", stream.name),
                element(
                    "tr2:Configurations",
                    element("tr2:VideoSource", *_source(), token=SOURCE),
                    _encoder2("tr2:VideoEncoder", stream),
                    element("tr2:PTZ", *_ptz(), token="ptz"),  # noqa: S106 - an id
                ),
                token=stream.token,
                fixed=True,
            )
            for stream in device.state.streams
        ),
    )


def _source() -> tuple[Markup, ...]:
    return (
        element("tt:Name", "Source"),
        element("tt:UseCount", 1),
        element("tt:SourceToken", SOURCE),
        element("tt:Bounds", x=0, y=0, width=1920, height=1080),
    )


def _ptz() -> tuple[Markup, ...]:
    return element("tt:Name", "PTZ"), element("tt:UseCount", 1), element("tt:NodeToken", "node")


def _encoder(name: str, stream: StreamState) -> Markup:
    return element(
        name,
        element("tt:Name", stream.name),
        element("tt:UseCount", 1),
        element("tt:Encoding", stream.codec),
        _resolution("tt:Resolution", stream.width, stream.height),
        element("tt:Quality", 5),
        element(
            "tt:RateControl",
            element("tt:FrameRateLimit", stream.fps),
            element("tt:EncodingInterval", 1),
            element("tt:BitrateLimit", stream.bitrate_kbps),
        ),
        element("tt:H264", element("tt:GovLength", stream.gop), element("tt:H264Profile", "Main")),
        element(
            "tt:Multicast",
            element("tt:Address", element("tt:Type", "IPv4"), element("tt:IPv4Address", "239.0.0.1")),
            element("tt:Port", 0),
            element("tt:TTL", 1),
            element("tt:AutoStart", False),
        ),
        element("tt:SessionTimeout", "PT60S"),
        token=_encoder_token(stream),
    )


def _encoder2(name: str, stream: StreamState) -> Markup:
    return element(
        name,
        element("tt:Name", stream.name),
        element("tt:UseCount", 1),
        element("tt:Encoding", stream.codec),
        _resolution("tt:Resolution", stream.width, stream.height),
        element(
            "tt:RateControl",
            element("tt:FrameRateLimit", stream.fps),
            element("tt:BitrateLimit", stream.bitrate_kbps),
        ),
        element("tt:Quality", 5),
        token=_encoder_token(stream),
        GovLength=stream.gop,
    )


def _resolution(name: str, width: int, height: int) -> Markup:
    return element(name, element("tt:Width", width), element("tt:Height", height))


def _encoder_token(stream: StreamState) -> str:
    return f"encoder-{stream.token}"


def _stream(device: "SimulatedDevice", request: Node) -> Markup:
    return element("trt:GetStreamUriResponse", _media_uri(_profile(device, request).uri))


def _snapshot(device: "SimulatedDevice", request: Node) -> Markup:
    _profile(device, request)
    return element("trt:GetSnapshotUriResponse", _media_uri(device.uri("/snapshot.jpg")))


def _media_uri(uri: str) -> Markup:
    return element(
        "trt:MediaUri",
        element("tt:Uri", uri),
        element("tt:InvalidAfterConnect", False),
        element("tt:InvalidAfterReboot", False),
        element("tt:Timeout", "PT0S"),
    )


def _stream2(device: "SimulatedDevice", request: Node) -> Markup:
    return element("tr2:GetStreamUriResponse", element("tr2:Uri", _profile(device, request).uri))


def _snapshot2(device: "SimulatedDevice", request: Node) -> Markup:
    _profile(device, request)
    return element("tr2:GetSnapshotUriResponse", element("tr2:Uri", device.uri("/snapshot.jpg")))


def _configuration(device: "SimulatedDevice", request: Node) -> Markup:
    stream = _encoding_of(device, request.words("ConfigurationToken"))
    return element("trt:GetVideoEncoderConfigurationResponse", _encoder("trt:Configuration", stream))


def _configurations2(device: "SimulatedDevice", request: Node) -> Markup:
    token = request.words("ConfigurationToken")
    streams = [_encoding_of(device, token)] if token else device.state.streams
    return element(
        "tr2:GetVideoEncoderConfigurationsResponse", *(_encoder2("tr2:Configurations", each) for each in streams)
    )


def _options(_device: "SimulatedDevice", _: Node) -> Markup:
    return element(
        "trt:GetVideoEncoderConfigurationOptionsResponse",
        element(
            "trt:Options",
            _range("tt:QualityRange", 1, 10),
            element(
                "tt:H264",
                *(_resolution("tt:ResolutionsAvailable", *size) for size in _SIZES),
                _range("tt:GovLengthRange", 1, 300),
                _range("tt:FrameRateRange", 1, max(_FPS)),
                _range("tt:EncodingIntervalRange", 1, 1),
                element("tt:H264ProfilesSupported", "Main"),
            ),
        ),
    )


def _options2(_device: "SimulatedDevice", _: Node) -> Markup:
    return element(
        "tr2:GetVideoEncoderConfigurationOptionsResponse",
        *(
            element(
                "tr2:Options",
                element("tt:Encoding", codec),
                _range("tt:QualityRange", 1, 10),
                *(_resolution("tt:ResolutionsAvailable", *size) for size in _SIZES),
                _range("tt:BitrateRange", 64, 8000),
                GovLengthRange="1 300",
                FrameRatesSupported=" ".join(str(fps) for fps in _FPS),
            )
            for codec in ("H264", "H265")
        ),
    )


def _range(name: str, least: int, most: int) -> Markup:
    return element(name, element("tt:Min", least), element("tt:Max", most))


def _set(device: "SimulatedDevice", request: Node) -> Markup:
    _change(device, request)
    return element("trt:SetVideoEncoderConfigurationResponse")


def _set2(device: "SimulatedDevice", request: Node) -> Markup:
    _change(device, request)
    return element("tr2:SetVideoEncoderConfigurationResponse")


def _change(device: "SimulatedDevice", request: Node) -> None:
    wanted = request.required("Configuration")
    stream = _encoding_of(device, wanted.attributes.get("token", ""))
    size = wanted.whole("Resolution", "Width") or 0, wanted.whole("Resolution", "Height") or 0
    if size not in _SIZES:
        raise Refusal("ConfigModify", "Parameters can not be set")
    stream.codec = wanted.words("Encoding")
    stream.width, stream.height = size
    stream.fps = wanted.whole("RateControl", "FrameRateLimit") or stream.fps
    stream.bitrate_kbps = wanted.whole("RateControl", "BitrateLimit") or stream.bitrate_kbps
    stream.gop = int(wanted.attributes.get("GovLength", 0)) or wanted.whole("H264", "GovLength") or stream.gop


def _profile(device: "SimulatedDevice", request: Node) -> StreamState:
    token = request.words("ProfileToken")
    return _first([stream for stream in device.state.streams if stream.token == token], "Profile does not exist")


def _encoding_of(device: "SimulatedDevice", token: str) -> StreamState:
    found = [stream for stream in device.state.streams if _encoder_token(stream) == token]
    return _first(found, "Configuration does not exist")


def _first(found: list[StreamState], refusal: str) -> StreamState:
    if not found:
        raise Refusal("InvalidArgVal", refusal)
    return found[0]


Operations = dict[str, Callable[["SimulatedDevice", Node], Markup]]
OPERATIONS: Operations = {
    "GetProfiles": _profiles,
    "GetProfile": _one_profile,
    "GetStreamUri": _stream,
    "GetSnapshotUri": _snapshot,
    "GetVideoEncoderConfiguration": _configuration,
    "GetVideoEncoderConfigurationOptions": _options,
    "SetVideoEncoderConfiguration": _set,
}
OPERATIONS2: Operations = {
    "GetProfiles": _profiles2,
    "GetStreamUri": _stream2,
    "GetSnapshotUri": _snapshot2,
    "GetVideoEncoderConfigurations": _configurations2,
    "GetVideoEncoderConfigurationOptions": _options2,
    "SetVideoEncoderConfiguration": _set2,
}
