"""How a device signs what it sends: HMAC-SHA-256 under its key over everything that must not be altered.

The signed text is five lines - method, path, timestamp, nonce, boot - each ended by a line feed, and then the body as
it is sent. The timestamp is in whole seconds since 1970, the nonce has 16 to 64 characters of A-Z, a-z, 0-9, - and _
and is used once, and the boot is what `GET /peripherals/boot` last answered.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

TIMESTAMP_HEADER = "Doorward-Timestamp"
NONCE_HEADER = "Doorward-Nonce"
BOOT_HEADER = "Doorward-Boot"
SIGNATURE_HEADER = "Doorward-Signature"
KEY_BYTES = 32
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_BOOT = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is signed beside the request itself. `timestamp` is in seconds since 1970."""

    timestamp: int
    nonce: str
    boot: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a device asks: method, path and body as they came over the wire."""

    method: str
    path: str
    body: bytes = field(default=b"", repr=False)


def signature(key: bytes, request: Request, stamp: Stamp) -> bytes:
    """The 32 bytes that prove that whoever has the key sent this."""
    lines = (request.method, request.path, str(stamp.timestamp), stamp.nonce, stamp.boot)
    return hmac.digest(key, "".join(f"{line}\n" for line in lines).encode() + request.body, "sha256")


def signed_headers(key: bytes, request: Request, stamp: Stamp) -> dict[str, str]:
    """The headers of a signed request."""
    return {
        TIMESTAMP_HEADER: str(stamp.timestamp),
        NONCE_HEADER: stamp.nonce,
        BOOT_HEADER: stamp.boot,
        SIGNATURE_HEADER: signature(key, request, stamp).hex(),
    }


def read_stamp(headers: Mapping[str, str]) -> tuple[Stamp, bytes] | None:
    """The stamp and the signature in these headers (names in lower case), or None when they are not as they must be."""
    timestamp, nonce = headers.get(TIMESTAMP_HEADER.lower(), ""), headers.get(NONCE_HEADER.lower(), "")
    boot, signed = headers.get(BOOT_HEADER.lower(), ""), headers.get(SIGNATURE_HEADER.lower(), "")
    well_formed = (
        _TIMESTAMP.fullmatch(timestamp)
        and str(int(timestamp)) == timestamp
        and _NONCE.fullmatch(nonce)
        and _BOOT.fullmatch(boot)
        and _SIGNATURE.fullmatch(signed)
    )
    return (Stamp(int(timestamp), nonce, boot), bytes.fromhex(signed)) if well_formed else None
