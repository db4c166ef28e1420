"""Passwords: argon2id, off the event loop, a few at a time because each takes 64 MiB."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from doorward.acs.errors import ValidationFailed

MIN_LENGTH = 10
MAX_LENGTH = 1024
_HASHER = PasswordHasher()
_AT_ONCE = asyncio.Semaphore(2)


def check_password(password: str) -> str:
    """The password, if it is acceptable for a new one."""
    if len(password) < MIN_LENGTH:
        raise ValidationFailed(f"A password has at least {MIN_LENGTH} characters.", "password")
    if len(password) > MAX_LENGTH:
        raise ValidationFailed(f"A password has at most {MAX_LENGTH} characters.", "password")
    return password


async def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_HASHER.hash, password)


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Without a hash the work is done all the same, and the answer is no."""
    if len(password) > MAX_LENGTH:
        return False
    async with _AT_ONCE:
        return await asyncio.to_thread(_verify, password_hash, password)


def _verify(password_hash: str | None, password: str) -> bool:
    if password_hash is None:
        _HASHER.hash(password)
        return False
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
