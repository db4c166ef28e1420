"""Signatures as Standard Webhooks has them (version 1, symmetric). Pure."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32
"""The standard wants 24 to 64."""


def new_secret() -> str:
    """A secret as receivers are given it: `whsec_` and the base64 of its bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secrets_in_force: Sequence[str], message_id: str, timestamp_s: int, body: bytes) -> str:
    """The header's value: one signature for each secret, newest first, with spaces between."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return " ".join(_one(secret, signed) for secret in secrets_in_force)


def _one(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
