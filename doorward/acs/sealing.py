"""Secrets at rest: AES-256-GCM under a data key that lives outside the database.

A sealed value is bound to its context (what it is and whose it is), so that it cannot be moved
to another row and opened there.
"""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value was altered, moved, or sealed under another key."""


class Sealer:
    """Seals and opens values under one data key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes, not {len(key)}")
        self._key = key
        self._cipher = AESGCM(key)

    def derive(self, context: str) -> bytes:
        """A key (32 bytes) for one purpose, by HKDF-SHA-256: the same every time, and no way back to the data key."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=context.encode()).derive(self._key)

    def seal(self, plain: bytes, context: str) -> bytes:
        """The sealed form: a random nonce and the ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plain value. Raises SealBroken unless it was sealed by this key for this context."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, body, context.encode())
        except InvalidTag as error:
            raise SealBroken(
                f"the sealed value for {context} does not open: the database and its secret.key do not belong together"
            ) from error


def load_or_create_key(path: Path) -> bytes:
    """The data key in `path`; made there (mode 0600) the first time, durably before it is used."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise SealBroken(
                f"{path} is not a data key ({len(key)} bytes instead of {KEY_BYTES}): restore it from a backup"
            ) from None
        return key
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
