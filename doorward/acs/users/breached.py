"""Passwords that are known to attackers, looked up in a file that the site provides.

The file is a list of SHA-1 prefixes in hexadecimal, sorted, of one length (8 to 40 digits; what follows a colon is not
looked at, so that the "ordered by hash" download of Pwned Passwords fits as it is), or a plain list with a password a
line. It is read where it lies, never as a whole.
"""

import asyncio
import hashlib
import mmap
import re
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = "breached-passwords.txt"
"""What it is called in the data directory."""
_HASH_LINE = re.compile(rb"[0-9A-Fa-f]{8,40}(:\d+)?\r?\Z")


@dataclass(frozen=True, slots=True)
class Breached:
    """The list in a file, which may be replaced by another while the server runs."""

    path: Path

    async def has(self, password: str) -> bool:
        """Whether the password is in the list; no file: no. Raises OSError when it cannot be read."""
        return await asyncio.to_thread(self._has, password)

    def _has(self, password: str) -> bool:
        if not password:
            return False  # Nothing is found everywhere.
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            return False
        with file:
            first = file.readline().rstrip(b"\n")
            if not first and not file.read(1):
                return False  # An empty file cannot be mapped.
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                if _HASH_LINE.match(first):
                    return _in_sorted(content, hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest())
                return _in_plain(content, password.encode())


def _in_sorted(content: mmap.mmap, digest: str) -> bool:
    low, high = 0, len(content)
    while low < high:
        middle = (low + high) // 2
        start = content.rfind(b"\n", low, middle) + 1 or low
        end = content.find(b"\n", middle)
        end = len(content) if end == -1 else end
        entry = content[start:end].split(b":")[0].strip().decode("ascii", "replace").lower()
        wanted = digest[: len(entry)]
        if entry == wanted and entry:
            return True
        if entry < wanted:
            low = end + 1
        else:
            high = start
    return False


def _in_plain(content: mmap.mmap, password: bytes) -> bool:
    found = content.find(password)
    while found != -1:
        end = found + len(password)
        begins = found == 0 or content[found - 1] == 0x0A
        if begins and (end == len(content) or content[end] in b"\r\n"):
            return True
        found = content.find(password, found + 1)
    return False
