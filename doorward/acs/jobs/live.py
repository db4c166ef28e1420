"""Telling that jobs have changed: to whoever works them off, and to whoever watches."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorward.acs.domain import Domain


class LiveJobs:
    """One event loop owns it. `due` is set while there may be something to work off."""

    def __init__(self) -> None:
        self.due = asyncio.Event()
        self.watchers: set[Callable[[str], None]] = set()


def job_changed(domain: "Domain", job_id: str) -> None:
    """A job was created, came further, or ended; called once that is committed."""
    domain.jobs.due.set()
    for tell in tuple(domain.jobs.watchers):
        tell(job_id)
