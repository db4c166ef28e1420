"""A certificate of the server's own: issued by the site's authority, held in memory, renewed in time."""

import asyncio
import logging
import os
import ssl
from collections.abc import Sequence
from datetime import datetime

from doorward.acs.controllers.authority import issue_server
from doorward.acs.controllers.enrolment import renewal_due
from doorward.acs.controllers.stored_authority import the_authority
from doorward.acs.domain import Domain
from doorward.acs.transaction import DATABASE_TROUBLE

LOOK_AGAIN_S = 60.0

logger = logging.getLogger(__name__)


class OwnCertificate:
    """Keeps a TLS context provided with one. Connections that stand keep theirs. Its key is never on a disk."""

    def __init__(self, domain: Domain, names: Sequence[str], context: ssl.SSLContext) -> None:
        """`names` are host names and addresses that it is for."""
        self._domain = domain
        self._names = names
        self._context = context
        self._expires_at: datetime = domain.clock()

    async def renew(self) -> None:
        """Make a new one, from now on."""
        key, issued = issue_server(await the_authority(self._domain), self._names, self._domain.clock())
        descriptor = os.memfd_create("server.pem", os.MFD_CLOEXEC)
        try:
            os.write(descriptor, key + issued.certificate)
            self._context.load_cert_chain(f"/proc/self/fd/{descriptor}")
        finally:
            os.close(descriptor)
        self._expires_at = issued.expires_at

    async def watch(self) -> None:
        """Renew it in time. A task."""
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            try:
                if renewal_due(self._expires_at, self._domain.clock()):
                    await self.renew()
            except DATABASE_TROUBLE:
                logger.exception("the server's own certificate was not renewed; trying again")
