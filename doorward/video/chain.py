"""What ties a camera's recorded files together, so that one changed or taken away shows."""

import hashlib
import json


def link(before: bytes, camera_id: str, path: str, start_us: int, end_us: int, size: int, sha256: bytes) -> bytes:
    """The chain's value at a file: SHA-256 over the value before it (nothing at the first) and what the file is.

    What the file is: UTF-8 JSON without spaces, `[camera, path, start_us, end_us, size, "sha256 in hex"]`.
    """
    facts = json.dumps([camera_id, path, start_us, end_us, size, sha256.hex()], separators=(",", ":"))
    return hashlib.sha256(before + facts.encode()).digest()
