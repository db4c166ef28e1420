"""Asking a controller what time it is there: how far its clock is off, and whether its thread still answers."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from doorward.acs.controllers.presence import note_contact
from doorward.acs.domain import Domain
from doorward.acs.messages import TimeCheck, TimeReport
from doorward.acs.transaction import DATABASE_TROUBLE

if TYPE_CHECKING:
    from doorward.server.controller_service import ServerLink

CHECK_EVERY_S = 15.0
FIRST_AFTER_S = 1.0
"""The second check follows the first at once: only with it does the controller learn how it is off."""
SILENT_AFTER_S = 40.0
"""A controller that does not answer for so long is as good as gone, though its link may still stand."""
LONGEST_ROUND_TRIP_S = 2.0
"""An answer that took longer says too little about the clock: half of it is how wrong the offset may be."""
WRITE_EVERY = timedelta(minutes=1)

logger = logging.getLogger(__name__)


class TimeKeeper:
    """One link's checks. `run` is a task that `begin` wakes."""

    def __init__(
        self, domain: Domain, controller_id: str, link: "ServerLink", seconds: Callable[[], float] = monotonic
    ) -> None:
        self._domain = domain
        self._controller_id = controller_id
        self._link = link
        self._seconds = seconds
        self._live = domain.controllers.of(controller_id)
        self._begun = asyncio.Event()
        self._number = 0
        self._asked_at: float | None = None
        self._heard_at = 0.0
        self._busy = False
        self._written_at = domain.clock()

    def begin(self) -> None:
        """The controller has been greeted."""
        self._heard_at = self._seconds()
        self._begun.set()

    async def run(self) -> None:
        """Ask, for as long as the link lives; close it when nobody answers."""
        await self._begun.wait()
        while True:
            # Behind a large policy the question would come late, and its answer mean nothing.
            await self._link.drained()
            self._number += 1
            self._asked_at = self._seconds()
            self._link.send(TimeCheck(self._number, self._live.offset_ms))
            await asyncio.sleep(FIRST_AFTER_S if self._number == 1 else CHECK_EVERY_S)
            if not self._busy and self._seconds() - self._heard_at > SILENT_AFTER_S:
                self._link.close("the controller does not answer")

    @contextmanager
    def handling(self) -> Iterator[None]:
        """A message of the controller is being handled: it lives, and if that takes long it is not to blame."""
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
            self._heard_at = self._seconds()

    async def heard(self, report: TimeReport) -> None:
        """An answer."""
        now, at = self._seconds(), self._domain.clock()
        self._live.last_contact_at = at
        if report.number == self._number and self._asked_at is not None:
            round_trip_s = now - self._asked_at
            self._live.round_trip_ms = round(round_trip_s * 1000)
            if round_trip_s <= LONGEST_ROUND_TRIP_S:
                ahead = report.at - (at - timedelta(seconds=round_trip_s / 2))
                self._live.offset_ms = round(ahead.total_seconds() * 1000)
        if at - self._written_at >= WRITE_EVERY:
            self._written_at = at
            try:
                await note_contact(self._controller_id, at)
            except DATABASE_TROUBLE as error:
                logger.warning("the last contact of a controller was not written down: %s", error)
