"""`doorward recorder check`: what is wrong with a store on standard output, how far it is on standard error."""

import sqlite3
import sys
import time
from pathlib import Path
from typing import TextIO

from doorward.video.check import StoreCheck
from doorward.video.index import DATABASE_NAME, Index
from doorward.video.store_lock import StoreLock, is_in_use

_PROGRESS_S = 2.0


def run_check(root: Path, *, repair: bool, output: TextIO | None = None, errors: TextIO | None = None) -> int:
    """The exit status: 0 where nothing is wrong any more, 1 where something is or the check was not possible."""
    output, errors = output or sys.stdout, errors or sys.stderr
    try:
        if not (root / DATABASE_NAME).exists():
            errors.write(f"{root} has no index of recordings ({DATABASE_NAME}); give the directory that has it\n")
            return 1
        if not repair:
            return _check(root, output, errors, repair=False, recorder_runs=is_in_use(root))
        lock = StoreLock(root, alone=True)
        try:
            return _check(root, output, errors, repair=True, recorder_runs=False)
        finally:
            lock.close()
    except BlockingIOError as error:
        errors.write(f"{root} cannot be repaired now: {error.strerror}. Stop the server, or check without --repair.\n")
    except (OSError, sqlite3.Error) as error:
        errors.write(f"{root} could not be checked ({error}); check its disk and permissions\n")
    return 1


def _check(root: Path, output: TextIO, errors: TextIO, *, repair: bool, recorder_runs: bool) -> int:
    index = Index(root)
    told_at = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _PROGRESS_S:
            told_at = time.monotonic()
            errors.write(f"{done / 10**9:.1f} of {total / 10**9:.1f} GB checked\n")
            errors.flush()

    found = left = 0
    try:
        check = StoreCheck(
            index,
            root,
            repair=repair,
            recorder_runs=recorder_runs,
            now_us=time.time_ns() // 1000,
            progress=tell,
        )
        for finding in check.findings():
            found += 1
            left += not finding.repaired
            done = " (repaired)" if finding.repaired else ""
            output.write(f"{finding.kind} {finding.path}: {finding.detail}{done}\n")
    finally:
        index.close()
    output.write("Nothing is wrong.\n" if not found else f"{found} found, {left} left.\n")
    return 1 if left else 0
