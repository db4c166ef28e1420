"""Opening the domain: key, database and site, as every command needs them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from doorward.acs.buckets import Rate
from doorward.acs.database import open_database
from doorward.acs.domain import COMMAND_RATE, Domain
from doorward.acs.sealing import Sealer, load_or_create_key
from doorward.acs.site.operations import ensure_site
from doorward.acs.users.breached import FILE_NAME, Breached
from doorward.server.settings import Settings, prepare_data_directory


def utc_now() -> datetime:
    """The present moment, aware UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_domain(settings: Settings, command_rate: Rate = COMMAND_RATE) -> AsyncIterator[Domain]:
    """The domain over the open, migrated database. Raises StartFailed, SealBroken or DatabaseUnusable."""
    prepare_data_directory(settings)
    sealer = Sealer(load_or_create_key(settings.data_key))
    async with open_database(settings.database_url):
        await ensure_site()
        yield Domain(
            sealer,
            utc_now,
            breached=Breached(settings.data / FILE_NAME),
            command_rate=command_rate,
            job_files=settings.data / "jobs",
        )
