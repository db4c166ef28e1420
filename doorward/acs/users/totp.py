"""The second factor: codes of six digits, anew every 30 seconds (RFC 6238, HMAC-SHA-1), and recovery codes."""

import base64
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from doorward.acs.sealing import Sealer

SECRET_BYTES = 20
"""As long as the hash, which RFC 4226 recommends."""
STEP_S = 30
DIGITS = 6
STEPS_OFF = 1
"""So many steps may the clock of the phone be off either way."""
ISSUER = "Doorward"
RECOVERY_CODES = 10
_RECOVERY_CONTEXT = "recovery code"
_RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_RECOVERY_LENGTH = 12
"""Over 59 bits each."""


def new_secret() -> bytes:
    """A secret for one user."""
    return secrets.token_bytes(SECRET_BYTES)


def context_of(user_id: str) -> str:
    """What a user's secret is sealed for."""
    return f"totp {user_id}"


def totp_uri(secret: bytes, user_name: str) -> str:
    """What the QR code for an authenticator holds (otpauth://)."""
    return _totp(secret).get_provisioning_uri(user_name, ISSUER)


def secret_text(secret: bytes) -> str:
    """The secret to type where no QR code can be read: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def code_at(secret: bytes, at: datetime) -> str:
    """The code that an authenticator shows at this moment."""
    return _totp(secret).generate(int(at.timestamp())).decode()


def step_of_code(secret: bytes, code: str, at: datetime, after_step: int) -> int | None:
    """The step whose code this is, near enough to now and later than `after_step`; None: it is wrong, or was taken."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdigit() and len(given) == DIGITS):
        return None
    now, found = int(at.timestamp()) // STEP_S, None
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        right = hmac.compare_digest(_totp(secret).generate(step * STEP_S), given.encode())
        if right and step > after_step:
            found = step
    return found


def new_recovery_codes(choose: Callable[[str], str] = secrets.choice) -> list[str]:
    """Ten codes, such as `k3vq-9mzt-2hpx`."""
    return [
        "-".join("".join(choose(_RECOVERY_ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(sealer: Sealer, user_id: str, code: str) -> str | None:
    """What is stored of a recovery code; None when this is none. Without the data key it cannot be guessed."""
    given = "".join(code.lower().replace("-", " ").split())
    if len(given) != _RECOVERY_LENGTH or not set(given) <= set(_RECOVERY_ALPHABET):
        return None
    return hmac.digest(sealer.derive(_RECOVERY_CONTEXT), f"{user_id} {given}".encode(), sha256).hex()


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 - what authenticators speak; HMAC needs no more
