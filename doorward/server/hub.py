"""Every controller's link in one place: one service each, the newest link counts, and policies reach them all."""

import asyncio
import logging

from doorward.acs.controllers.presence import missing, note_absent
from doorward.acs.domain import Domain
from doorward.acs.transaction import DATABASE_TROUBLE
from doorward.server.controller_service import RETRY_S, ControllerService, ServerLink

ABSENT_AFTER_S = 45.0
"""So long after the server's start a controller that was there before may take to come back."""

logger = logging.getLogger(__name__)


class ControllerHub:
    """Runs the services. One event loop owns it."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._services: dict[str, tuple[ControllerService, asyncio.Task[None]]] = {}
        domain.policy_changed = self.push_policies

    def push_policies(self) -> None:
        """The policy has changed, for whoever is connected."""
        for service, _ in self._services.values():
            service.push_policy()

    def retire(self, reason: str) -> None:
        """End every link, so that their controllers dial again."""
        for service, _ in self._services.values():
            service.retire(reason)

    async def serve(self, controller_id: str, link: ServerLink, address: str = "") -> None:
        """Serve a link until it ends, in place of any that the controller had. Cancelling it ends the service."""
        while (older := self._services.get(controller_id)) is not None:
            service, task = older
            service.retire("replaced by a newer link")
            await asyncio.wait({task}, timeout=1)
            task.cancel()  # It may be waiting for a database that is gone.
            await asyncio.wait({task})
            if self._services.get(controller_id) is older:
                del self._services[controller_id]
        service = ControllerService(self._domain, controller_id, link, address)
        task = asyncio.create_task(service.run(), name=f"controller-{controller_id}")
        entry = self._services[controller_id] = service, task
        self._domain.controllers.linked(controller_id, link.close)
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
            await asyncio.wait({task})
            self._domain.controllers.unlinked(controller_id, link.close)
            if self._services.get(controller_id) is entry:
                del self._services[controller_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error

    async def watch_for_absence(self, after_s: float = ABSENT_AFTER_S) -> None:
        """Once after the start: of controllers that were there before and have not come back, that is said."""
        await asyncio.sleep(after_s)
        while True:
            try:
                for controller_id in await missing(frozenset(self._services)):
                    await note_absent(self._domain, controller_id, "it has not come back since the server was started")
                return
            except DATABASE_TROUBLE:
                logger.exception("could not write down which controllers are missing; trying again in %s s", RETRY_S)
                await asyncio.sleep(RETRY_S)
