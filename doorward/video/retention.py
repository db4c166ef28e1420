"""Keeping the store within its size: the oldest recordings go first, held ones never."""

from dataclasses import dataclass
from pathlib import Path

from doorward.video.index import Index

_BATCH = 64


@dataclass(frozen=True, slots=True)
class StoreUse:
    """The space used. `full`: over the limit, and only held or open files are left."""

    used_bytes: int
    full: bool


def enforce_retention(index: Index, root: Path, max_bytes: int) -> StoreUse:
    """Delete the oldest closed files without holds until the store fits. Raises OSError, `sqlite3.Error`."""
    used = index.used_bytes()
    while used > max_bytes:
        oldest = index.deletable_files(_BATCH)
        if not oldest:
            return StoreUse(used, full=True)
        for row in oldest:
            # The file goes first: a row without a file is found out, a file without a row never is.
            (root / row.path).unlink(missing_ok=True)
            index.remove_file(row.id)
            used -= row.size
            if used <= max_bytes:
                break
    return StoreUse(used, full=False)
