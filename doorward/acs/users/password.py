"""Passwords: argon2id, off the event loop, a few at a time because each takes 64 MiB."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from doorward.acs.domain import Domain
from doorward.acs.errors import ValidationFailed

SHORTEST_MINIMUM = 8
"""NIST SP 800-63B asks for no less."""
MAX_LENGTH = 1024
_NAME_LENGTH_THAT_COUNTS = 4
_HASHER = PasswordHasher()
_AT_ONCE = asyncio.Semaphore(2)


async def check_password(domain: Domain, password: str, user_name: str, path: str = "password") -> str:
    """The password, if it is acceptable as a new one of this user."""
    rules = await domain.rules.now()
    if len(password) < rules.min_password_length:
        raise ValidationFailed(f"A password has at least {rules.min_password_length} characters.", path)
    if len(password) > MAX_LENGTH:
        raise ValidationFailed(f"A password has at most {MAX_LENGTH} characters.", path)
    name, given = user_name.casefold(), password.casefold()
    if given == name or (len(name) >= _NAME_LENGTH_THAT_COUNTS and name in given):
        raise ValidationFailed("A password must not have the user's name in it.", path)
    if len(set(password)) <= 2:
        raise ValidationFailed("A password has more than two different characters.", path)
    if domain.breached is not None and await domain.breached.has(password):
        raise ValidationFailed("This password is known to attackers from a breach elsewhere. Choose another.", path)
    return password


async def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_HASHER.hash, password)


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


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
