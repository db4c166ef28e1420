"""Telling that jobs have changed: to whoever works them off, and to whoever watches."""

import asyncio
from typing import TYPE_CHECKING

from doorward.acs.versions import Versions

if TYPE_CHECKING:
    from doorward.acs.domain import Domain


class LiveJobs:
    """One event loop owns it. `due` is set while there may be something to work off."""

    def __init__(self) -> None:
        self.due = asyncio.Event()
        self.versions = Versions()


def job_changed(domain: "Domain", job_id: str) -> None:
    """A job was created, came further, or ended; called once that is committed."""
    domain.jobs.due.set()
    domain.jobs.versions.changed(job_id)
