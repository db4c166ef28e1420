"""What can go wrong with an ONVIF device; every message says what to do about it."""

from doorward.video.errors import VideoError


class OnvifError(VideoError):
    """Any expected failure of an ONVIF device."""


class BadAddress(OnvifError):
    """An address or a range of addresses that cannot be one."""


class DeviceUnreachable(OnvifError):
    """Nobody answers there, or not in time."""


class CertificateRefused(DeviceUnreachable):
    """The device shows a certificate that this computer does not trust."""


class BadAnswer(OnvifError):
    """Something answers, but not as an ONVIF device does."""


class NotAuthorized(OnvifError):
    """The device wants other credentials."""


class NotSupported(OnvifError):
    """The device has no such function."""


class DeviceFault(OnvifError):
    """The device refused a request; `code` is its innermost fault code, such as `InvalidArgVal`."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"The device refused: {reason or code or 'it gave no reason'}.")
        self.code = code
