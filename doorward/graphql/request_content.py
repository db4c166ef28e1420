"""The content of a request as bytes, by which a repeat is told from something else under the same key."""

import enum
import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.datastructures import UploadFile
from strawberry import UNSET

_NO_PART = frozenset({"idempotency_key"})


def content_of(given: object) -> bytes:
    """The same for the same input; what was left out differs from what is null."""
    return json.dumps(_plain(given), sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        found = {each.name: getattr(value, each.name) for each in fields(value) if each.name not in _NO_PART}
        return {name: _plain(entry) for name, entry in found.items() if entry is not UNSET}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, UploadFile):
        digest = hashlib.file_digest(value.file, "sha256").hexdigest()  # type: ignore[arg-type]
        value.file.seek(0)
        return digest
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value
