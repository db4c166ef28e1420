"""What PINs, QR codes, phones and licence plates are compared by.

A controller knows no PIN and no QR text: it has their HMAC-SHA-256 under the policy's `token_key`, and computes the
same over what was shown. Each kind has its own prefix, so that a PIN never passes for a QR text.

A dynamic QR code is "DW1" and 58 characters of base32 (RFC 4648, without padding): the credential's id (16 bytes),
the number of the 30-second step since 1970 (4 bytes, big-endian) and the first 16 bytes of the HMAC-SHA-256 of both
under the credential's secret. It is all upper case and digits: a QR code of version 3 holds it.
"""

import base64
import binascii
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

DYNAMIC_QR_PREFIX = "DW1"
SECRET_BYTES = 32
STEP_S = 30
_ID_BYTES = 16
_STEP_BYTES = 4
_MAC_BYTES = 16
_BODY_BYTES = _ID_BYTES + _STEP_BYTES + _MAC_BYTES
_BODY_CHARACTERS = (_BODY_BYTES * 8 + 4) // 5
_PADDING = "=" * (-_BODY_CHARACTERS % 8)


def pin_token(key: bytes, digits: str) -> bytes:
    """The 32-byte token of a PIN."""
    return _token(key, b"pin", digits.encode())


def qr_token(key: bytes, text: str) -> bytes:
    """The 32-byte token of a static QR code's text, compared exactly."""
    return _token(key, b"qr", text.encode())


def mobile_token(key: bytes, presented: bytes) -> bytes:
    """The 32-byte token of what a phone presents."""
    return _token(key, b"mobile", presented)


def invitation_token(key: bytes, code: str) -> bytes:
    """The 32-byte token of the code that invites a phone. How it was typed does not matter: case, spaces, dashes."""
    return _token(key, b"invitation", "".join(code.split()).replace("-", "").upper().encode())


def _token(key: bytes, kind: bytes, value: bytes) -> bytes:
    return hmac.digest(key, kind + b"\0" + value, "sha256")


_PLATE_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lo"})


def normalise_plate(text: str) -> str:
    """A licence plate as it is compared: upper case, compatibility forms folded (NFKC), only letters and digits.

    Every script's digits become 0-9. O and 0, or I and 1, stay different: both occur on plates, and merging them
    would let one vehicle pass for another.
    """
    upper = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    kept = (_plate_character(character) for character in upper)
    return unicodedata.normalize("NFKC", "".join(kept))


def _plate_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return character if category in _PLATE_CATEGORIES else ""


@dataclass(frozen=True, slots=True)
class DynamicQr:
    """What a dynamic QR code says; believe it only after `verify`."""

    credential_id: str
    step: int
    mac: bytes


def step_of(now: datetime) -> int:
    """The 30-second step of an aware moment, counted from 1970."""
    return int(now.timestamp()) // STEP_S


def dynamic_qr(secret: bytes, credential_id: str, step: int) -> str:
    """The text of a credential's QR code in that step. `credential_id` is a UUID."""
    body = UUID(credential_id).bytes + step.to_bytes(_STEP_BYTES, "big")
    return DYNAMIC_QR_PREFIX + _base32(body + _mac(secret, body))


def read_dynamic_qr(text: str) -> DynamicQr | None:
    """The parts of a dynamic QR code, or None if the text is none. Nothing about it is checked yet."""
    if not text.startswith(DYNAMIC_QR_PREFIX):
        return None
    encoded = text[len(DYNAMIC_QR_PREFIX) :]
    if len(encoded) != _BODY_CHARACTERS:
        return None
    try:
        body = base64.b32decode(encoded + _PADDING)
    except (binascii.Error, ValueError):
        return None
    if _base32(body) != encoded:
        return None  # the bits that base32 leaves over are set: the same code in another spelling
    step = int.from_bytes(body[_ID_BYTES : _ID_BYTES + _STEP_BYTES], "big")
    return DynamicQr(str(UUID(bytes=body[:_ID_BYTES])), step, body[_ID_BYTES + _STEP_BYTES :])


def verify(secret: bytes, shown: DynamicQr) -> bool:
    """Whether the code was made with this secret. Whether its step is the present one is another question."""
    body = UUID(shown.credential_id).bytes + shown.step.to_bytes(_STEP_BYTES, "big")
    return hmac.compare_digest(_mac(secret, body), shown.mac)


def _mac(secret: bytes, body: bytes) -> bytes:
    return _token(secret, b"dynamic qr", body)[:_MAC_BYTES]


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=")
