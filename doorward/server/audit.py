"""The command `doorward audit`: is the audit trail as it was written, and a copy of it for somebody else."""

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec

from doorward.acs.events.catalogue import Category
from doorward.acs.events.chain import BATCH, Fault, Head, Verified, verify
from doorward.acs.events.models import AuditLink, Event
from doorward.server.domain import open_domain
from doorward.server.settings import ServerError, Settings

HEAD_FILE = "audit-head"
MOST_FAULTS_SHOWN = 100
LEFT_OUT = ("photo_id",)


class TrailBroken(ServerError):
    """The audit trail is not as it was written."""


async def verify_trail(settings: Settings, expected: str | None) -> None:
    """Look at all of it, and at a head that was noted. That of a sound trail is kept in the data directory.

    Raises TrailBroken, and what opening the domain raises.
    """
    kept = settings.data / HEAD_FILE
    head = _head(expected) if expected is not None else None
    if head is None and kept.exists():
        head = _head(kept.read_text().strip())
    faults, seen = 0, Verified()
    async with open_domain(settings) as domain:
        async for found in verify(domain.sealer, head):
            if isinstance(found, Fault):
                faults += 1
                if faults <= MOST_FAULTS_SHOWN:
                    sys.stdout.write(f"{found}\n")
                continue
            seen = found
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{seen.links} links")
    sys.stdout.write(f"{seen.links} audit events are in the chain; its head is {seen.head or 'nowhere yet'}\n")
    if seen.older:
        sys.stdout.write(f"{seen.older} older ones were written before there was a chain; nothing is known of them\n")
    if faults:
        raise TrailBroken(
            f"The audit trail was tampered with in {faults} places. Keep the database as it is, find out who could "
            "write to it, and compare with a backup."
        )
    if seen.head is not None:
        new = kept.with_suffix(".new")
        new.write_text(f"{seen.head}\n")
        new.replace(kept)


async def export_trail(settings: Settings, since: str | None, until: str | None) -> None:
    """Write it to standard output. Raises what opening the domain raises."""
    async for line in exported(settings, _moment(since), _moment(until)):
        sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


async def exported(settings: Settings, since: datetime | None, until: datetime | None) -> AsyncIterator[bytes]:
    """Audit events as JSON lines, oldest first, with `link` (null for those from before the chain)."""
    async with open_domain(settings):
        position = 0
        wanted = Event.filter(category=Category.AUDIT)
        wanted = wanted.filter(at__gte=since) if since is not None else wanted
        wanted = wanted.filter(at__lt=until) if until is not None else wanted
        while rows := await wanted.filter(position__gt=position).order_by("position").limit(BATCH):
            links = {one.event_id: one for one in await AuditLink.filter(event_id__in=[row.id for row in rows])}
            for row in rows:
                told = {name: getattr(row, name) for name in row._meta.db_fields if name not in LEFT_OUT}
                link = links.get(row.id)
                told["link"] = {"number": link.number, "digest": link.digest} if link is not None else None
                yield msgspec.json.encode(told) + b"\n"
            position = rows[-1].position


def _head(text: str) -> Head:
    try:
        return Head.parse(text)
    except ValueError as error:
        raise ServerError(str(error)) from error


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise ServerError(f"{text!r} is no time such as 2026-01-31T08:00+01:00.") from error
