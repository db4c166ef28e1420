"""Storing what controllers and the recorder report.

These have no actor: they are how the log is fed. A controller's record is stored exactly once, by
its controller and sequence number, with the bookmarks that it asks for, in one transaction. A controller
that comes back after long sends its news ahead of its backlog; each of the two is stored in sequence.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.cameras.live import Wanted
from doorward.acs.cameras.models import Bookmark, CameraView
from doorward.acs.credentials.usage import note_uses
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Controller, Door
from doorward.acs.events.catalogue import BOOKMARKED, EventType
from doorward.acs.events.log import NewEvent, append, lock_log
from doorward.acs.events.models import Event
from doorward.acs.events.sequences import MOST_RANGES, Stored
from doorward.acs.identity import new_id
from doorward.acs.messages import JournalRecord
from doorward.acs.people.models import Cardholder
from doorward.acs.sealing import Sealer
from doorward.acs.transaction import transacted
from doorward.acs.users.models import User
from doorward.acs.zones.layout import Layout, read_layout
from doorward.acs.zones.presence import note_entries

BOOKMARK_BEFORE = timedelta(seconds=5)
BOOKMARK_AFTER = timedelta(seconds=10)


class JournalGap(Exception):
    """A batch does not follow on what is stored; the controller must send again from there."""

    def __init__(self, stored: Stored) -> None:
        super().__init__(f"records after {stored.upto} are missing")
        self.stored = stored


async def stored_sequence(controller_id: str) -> int:
    """The last journal record of a controller that is stored without a gap."""
    return (await stored_of(controller_id)).upto


async def stored_of(controller_id: str) -> Stored:
    """All the journal records of a controller that are stored."""
    row = await Controller.get(id=controller_id)
    return Stored.of(row.stored_sequence, row.stored_ahead)


async def store_records(
    domain: Domain, controller_id: str, records: Sequence[JournalRecord], live: bool = False
) -> Stored:
    """Store records in sequence, skipping those that are stored; returns what is stored then.

    `live` ones may leave a gap before them, for a backlog that follows. Raises JournalGap, with nothing stored, when
    the records are not in sequence, or a record between them and the stored ones is missing.
    """
    now = domain.clock()
    stored, wanted = await transacted(
        lambda connection: _store(domain.sealer, connection, controller_id, records, live, now)
    )
    if wanted is None:
        return stored
    domain.bus.announce()
    for interval in wanted:
        domain.cameras.hold(interval)
    return stored


async def _store(
    sealer: Sealer,
    connection: BaseDBAsyncClient,
    controller_id: str,
    records: Sequence[JournalRecord],
    live: bool,
    now: datetime,
) -> tuple[Stored, list[Wanted] | None]:
    """What is stored then, and the video wanted (None: nothing was new)."""
    controller = await Controller.select_for_update().using_db(connection).get(id=controller_id)
    stored = Stored.of(controller.stored_sequence, controller.stored_ahead)
    numbers = [record.sequence for record in records]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))) or not _fits(stored, numbers[0], live):
        raise JournalGap(stored)
    fresh = [record for record in records if not stored.has(record.sequence)]
    if not fresh:
        return stored, None
    names = await _Names.of(fresh, connection)
    await note_uses(connection, fresh)
    await lock_log(connection)
    events = await append(sealer, connection, [names.event(controller_id, record) for record in fresh], now)
    await note_entries(connection, events)
    wanted = await _bookmark(events, connection)
    stored = stored.with_range(numbers[0], numbers[-1])
    await _keep(controller, stored, connection)
    return stored, wanted


async def give_up_records(domain: Domain, controller_id: str, first: int, last: int) -> Stored:
    """A controller has lost records for good; what is still missing of them is written down and not waited for."""
    now = domain.clock()
    stored, is_news = await transacted(
        lambda connection: _give_up(domain.sealer, connection, controller_id, first, last, now)
    )
    if is_news:
        domain.bus.announce()
    return stored


async def _give_up(
    sealer: Sealer, connection: BaseDBAsyncClient, controller_id: str, first: int, last: int, now: datetime
) -> tuple[Stored, bool]:
    controller = await Controller.select_for_update().using_db(connection).get(id=controller_id)
    before = Stored.of(controller.stored_sequence, controller.stored_ahead)
    if not before.follows(first) or first > last:
        raise JournalGap(before)
    stored = before.with_range(first, last)
    if stored == before:
        return stored, False
    await _keep(controller, stored, connection)
    lost = {"first": first, "last": last}
    await lock_log(connection)
    await append(
        sealer, connection, [NewEvent(EventType.JOURNAL_LOST, now, controller_id=controller_id, data=lost)], now
    )
    return stored, True


def _fits(stored: Stored, first: int, live: bool) -> bool:
    return stored.has(first) or stored.follows(first) or (live and len(stored.ahead) < MOST_RANGES)


async def _keep(controller: Controller, stored: Stored, connection: BaseDBAsyncClient) -> None:
    controller.stored_sequence = stored.upto
    controller.stored_ahead = [list(one) for one in stored.ahead] or None
    await controller.save(using_db=connection, update_fields=["stored_sequence", "stored_ahead"])


async def record_system_event(domain: Domain, event: NewEvent) -> None:
    """Write one event of the server or the recorder."""
    now = domain.clock()

    async def write(connection: BaseDBAsyncClient) -> None:
        await lock_log(connection)
        await append(domain.sealer, connection, [event], now)

    await transacted(write)
    domain.bus.announce()


class _Names:
    """The names that a batch's events show, as they are now."""

    def __init__(
        self,
        cardholders: dict[str, Cardholder],
        doors: dict[str, str],
        users: dict[str, str],
        layout: Layout,
    ) -> None:
        self._cardholders = cardholders
        self._doors = doors
        self._users = users
        self._layout = layout

    @classmethod
    async def of(cls, records: Sequence[JournalRecord], connection: BaseDBAsyncClient) -> "_Names":
        people = {record.cardholder_id for record in records if record.cardholder_id}
        users = {record.user_id for record in records if record.user_id}
        doors = {record.door_id for record in records if record.door_id}
        return cls(
            {row.id: row for row in await Cardholder.filter(id__in=list(people)).using_db(connection)}
            if people
            else {},
            {row.id: row.name for row in await Door.filter(id__in=list(doors)).using_db(connection)},
            {row.id: row.name for row in await User.filter(id__in=list(users)).using_db(connection)} if users else {},
            await read_layout(connection, doors),
        )

    def _zone(self, record: JournalRecord) -> str | None:
        """The zone that was entered, or to which passing here leads."""
        if record.type is EventType.ACCESS_ENTERED:
            zone: str | None = record.data.get("zone")
            return zone
        if record.door_id is None or record.side is None:
            return None
        return self._layout.entered(record.door_id, record.side)

    def event(self, controller_id: str, record: JournalRecord) -> NewEvent:
        cardholder = self._cardholders.get(record.cardholder_id or "")
        return NewEvent(
            record.type,
            record.at,
            source="controller",
            controller_id=controller_id,
            sequence=record.sequence,
            reason=record.reason,
            door_id=record.door_id,
            door_name=self._doors.get(record.door_id or ""),
            side=record.side,
            reader_id=record.reader_id,
            zone_id=record.zone_id or self._zone(record),
            cardholder_id=record.cardholder_id,
            cardholder_name=cardholder.display_name if cardholder else None,
            photo_id=cardholder.photo_id if cardholder else None,
            credential_id=record.credential_id,
            user_id=record.user_id,
            user_name=self._users.get(record.user_id or ""),
            correlation=record.correlation,
            trace=[[step.check, step.passed, step.detail] for step in record.trace],
            data={**record.data, "boot_id": record.boot_id, "monotonic_ms": record.monotonic_ms},
        )


async def _bookmark(events: Sequence[Event], connection: BaseDBAsyncClient) -> list[Wanted]:
    """Bookmarks for the events that want one, on the cameras of their door side (or door, where no side is known)."""
    showing = [event for event in events if event.type in BOOKMARKED and event.door_id]
    if not showing:
        return []
    views = await CameraView.filter(door_id__in=list({event.door_id for event in showing})).using_db(connection)
    wanted, rows = [], []
    for event in showing:
        seen_by = {
            view.camera_id for view in views if view.door_id == event.door_id and event.side in (None, view.side)
        }
        for camera_id in sorted(seen_by):
            interval = Wanted(camera_id, event.at - BOOKMARK_BEFORE, event.at + BOOKMARK_AFTER)
            rows.append(
                Bookmark(
                    id=new_id(),
                    event_id=event.id,
                    camera_id=camera_id,
                    starts_at=interval.starts_at,
                    ends_at=interval.ends_at,
                )
            )
            wanted.append(interval)
    await Bookmark.bulk_create(rows, using_db=connection)
    return wanted
