"""Sending webhooks while the server runs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from doorward.acs.domain import Domain
from doorward.acs.webhooks.addresses import Network
from doorward.server.webhooks.couriers import Couriers
from doorward.server.webhooks.guard import Resolver
from doorward.server.webhooks.post import Poster


@asynccontextmanager
async def sending_webhooks(
    domain: Domain, networks: Sequence[Network] = (), *, allow_http: bool = False
) -> AsyncIterator[None]:
    """Every enabled webhook gets its messages. `networks`: to which they may go although they are not public."""
    resolver = Resolver()
    poster = Poster(resolver, networks)
    couriers = Couriers(domain, poster)
    domain.webhooks.allow_http = allow_http
    try:
        await couriers.start()
        yield
    finally:
        await couriers.stop()
        await poster.close()
        resolver.close()
