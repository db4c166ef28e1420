"""Opening a camera's address with libavformat: the options of each kind, and failures in words."""

import errno
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import av
from av.container import InputContainer

from doorward.video.errors import CameraFailure, CameraStalled, CameraUnreachable
from doorward.video.messages import CameraSource

STALL_S = 5.0
"""A camera that sends nothing for this long is stalled."""

_UDP_BUFFER = 2 * 1024 * 1024
"""Bytes that the kernel may keep of an RTP stream over UDP; a key picture comes as one burst."""
# libavformat looks this far for the container's format only; parameter sets are found in the first keyframe.
# Its own analysis would hold back the first packets for seconds.
_PROBE = {"probesize": "32768", "analyzeduration": "1"}
_RTSP = {
    "allowed_media_types": "video",
    "probesize": "32",
    "analyzeduration": "0",
}

_UNTRUSTED = (
    "The camera's certificate is not trusted, or names another host. Add its authority to those of this system, "
    "or let the certificate go unverified."
)


def connect(source: CameraSource) -> InputContainer:
    """Open a live stream, by its address's scheme: rtsp, rtsps, http or https. Raises `CameraFailure`."""
    scheme = urlsplit(source.url).scheme
    options = dict(_PROBE)
    if scheme in ("rtsp", "rtsps"):
        # RTP under TLS is always interleaved with RTSP in the one connection.
        transport = "tcp" if scheme == "rtsps" else source.transport.value
        options = {
            **_RTSP,
            "rtsp_transport": transport,
            "timeout": str(int(STALL_S * 1_000_000)),
            "buffer_size": str(_UDP_BUFFER),
        }
    verified = source.verify_certificate and scheme in ("rtsps", "https")
    if verified:
        options |= _trusted_authorities()
    try:
        return open_input(source.url, options)
    except CameraUnreachable as error:
        if verified and isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EIO:
            raise CameraUnreachable(_UNTRUSTED) from error
        raise


def open_input(url: str, options: dict[str, str]) -> InputContainer:
    """Open anything that libavformat reads. Raises `CameraFailure`."""
    began = time.monotonic()
    try:
        return av.open(url, "r", options=options, timeout=(STALL_S, STALL_S))
    except (av.FFmpegError, ValueError) as error:
        if time.monotonic() - began >= STALL_S:
            # An RTSP time-out comes out of libavformat as invalid data.
            raise stalled() from error
        raise failure(error) from error


def stalled() -> CameraStalled:
    """No picture came for `STALL_S`."""
    return CameraStalled(f"No picture for {STALL_S:.0f} s. Check the camera's network and load.")


def failure(error: Exception) -> CameraFailure:
    """What went wrong, without the address: it may hold a password."""
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return stalled()
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return CameraUnreachable("The camera refuses the user name or password. Correct them in its address.")
    if isinstance(error, av.error.HTTPNotFoundError | av.error.FileNotFoundError):
        return CameraUnreachable("The camera knows no such stream. Check the path in its address.")
    reason = getattr(error, "strerror", None) or type(error).__name__
    return CameraUnreachable(f"The camera cannot be reached ({reason}). Check its address, power and network.")


def _trusted_authorities() -> dict[str, str]:
    """Those of the system; the environment's SSL_CERT_FILE names others."""
    paths = ssl.get_default_verify_paths()
    files = [paths.cafile, paths.capath and str(Path(paths.capath, "ca-certificates.crt"))]
    authorities = next((file for file in files if file and Path(file).is_file()), None)
    return {"tls_verify": "1"} | ({"ca_file": authorities} if authorities else {})
