"""Recordings in the API: what there is of a time, the events around a moment, and opening an interval to watch it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import strawberry

from doorward.acs.actor import Permission
from doorward.acs.cameras.around import bookmarks_between, cameras_named, events_seen
from doorward.acs.cameras.playback import open_playback
from doorward.acs.cameras.playbacks import Playback as PlaybackRow
from doorward.acs.cameras.playbacks import seen_since
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import CATALOGUE
from doorward.acs.events.models import Event as EventRow
from doorward.graphql.cameras import Bookmark, Camera
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.enums import GapReason, Severity
from doorward.graphql.errors import OperationError
from doorward.graphql.events import Event, event_edges
from doorward.graphql.mutation import mutation
from doorward.video.coverage import Coverage, read_coverage
from doorward.video.wall_time import from_us, to_us

Since = Annotated[datetime, strawberry.argument(description="The first moment of the interval.")]
Until = Annotated[datetime, strawberry.argument(description="The end of the interval.")]
At = Annotated[datetime, strawberry.argument(description="The moment.")]
Within = Annotated[timedelta, strawberry.argument(description="So long before and after it; an hour at most.")]
SHORTLY = timedelta(seconds=30)
MOST_CAMERAS = 16
LONGEST = timedelta(days=7)
MOST_BOOKMARKS = 1_000
MOST_MARKERS = 2_000
MOST_AROUND = 200
FURTHEST = timedelta(hours=1)


@strawberry.type(description="A time that was recorded without a break.")
class RecordedStretch:
    """It can be played without a seam."""

    starts_at: datetime
    """Its first moment."""
    ends_at: datetime
    """Where it ends; of what is being recorded: as far as it has come."""


@strawberry.type(description="A time of which nothing was recorded.")
class RecordingGap:
    """A gap and why there is one."""

    starts_at: datetime
    """When recording ended."""
    ends_at: datetime | None
    """When it went on. Null: it has not."""
    reason: GapReason
    """Why nothing was recorded."""


@strawberry.type(description="An event as a mark beside a recording; `event` has the rest of it.")
class TimelineMarker:
    """What it was, and how much it matters."""

    event_id: strawberry.ID
    """The event."""
    at: datetime
    """When it happened."""
    type: str = strawberry.field(description="Dotted, lower case, stable; eventKinds lists all of them.")
    severity: Severity
    """How much it matters to the person on duty."""
    title: str = strawberry.field(description="The type in words.")

    @classmethod
    def of(cls, row: EventRow) -> "TimelineMarker":
        """The mark of an event."""
        return cls(
            event_id=strawberry.ID(row.id),
            at=row.at,
            type=row.type.value,
            severity=row.severity,
            title=CATALOGUE[row.type].words,
        )


@strawberry.type(description="What there is of a camera in an interval, oldest first.")
class CameraTimeline:
    """All that is drawn under a picture."""

    camera: Camera
    """Whose it is."""
    since: datetime
    """Where it begins: later than was asked for, where the caller may not look so far back."""
    until: datetime
    """Where it ends."""
    recordings: list[RecordedStretch]
    """What can be played."""
    gaps: list[RecordingGap]
    """What cannot, and why."""
    bookmarks: list[Bookmark] = strawberry.field(description="Those with something of it; at most 1,000.")
    events: list[TimelineMarker] = strawberry.field(
        description="Those at the door sides that it sees, and those about it; at most 2,000. Empty without event.view."
    )


@strawberry.type(description="An interval of a recording that was opened to watch it.")
class Playback:
    """For whoever opened it, until an hour after it was last asked for."""

    url: str = strawberry.field(
        description="An HLS master playlist (fragmented MP4), to GET with the same session or token."
    )
    starts_at: datetime
    """The start that was asked for; the first picture is the keyframe at or before it."""
    ends_at: datetime
    """The end that was asked for."""

    @classmethod
    def of(cls, row: PlaybackRow) -> "Playback":
        """What was opened, with its address."""
        return cls(url=f"/playback/{row.id}/master.m3u8", starts_at=row.starts_at, ends_at=row.ends_at)


@strawberry.type(description="What was opened, or why nothing was.")
class OpenPlaybackPayload:
    """Result of openPlayback."""

    playback: Playback | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type
class RecordingQuery:
    """Queries about recordings."""

    @strawberry.field(
        description="What there is of up to 16 cameras in up to 7 days: recordings, gaps, bookmarks and events. "
        "Cameras out of reach are left out. Permission: clip.view."
    )
    async def camera_timelines(
        self, info: ApiInfo, camera_ids: list[strawberry.ID], since: Since, until: Until
    ) -> list[CameraTimeline]:
        context = info.context
        context.actor.reach(Permission.CLIP_VIEW)
        ids = list(dict.fromkeys(str(each) for each in camera_ids))
        if len(ids) > MOST_CAMERAS:
            raise ValidationFailed(f"Ask for {MOST_CAMERAS} cameras at most.", "cameraIds")
        if not since < until <= since + LONGEST:
            raise ValidationFailed("Ask for an interval with a length, of 7 days at most.", "until")
        wanted = _seen(context, ids, since, until)
        named = await cameras_named(list(wanted))
        asked = [(each, to_us(begins), to_us(until)) for each, begins in wanted.items() if each in named]
        found = await _coverage(context.domain.cameras.recordings, asked)
        return [
            await _timeline(context, Camera.of(context.domain, named[each.camera_id]), each, wanted, until)
            for each in found
        ]

    @strawberry.field(
        description="The events that a camera could see around a moment, in order: those at the door sides that it "
        "looks at, and those about it; at most 200. Permission: event.view; the camera within reach of camera.view or "
        "clip.view, or there are none."
    )
    async def events_around(
        self, info: ApiInfo, camera_id: strawberry.ID, at: At, within: Within = SHORTLY
    ) -> list[Event]:
        context = info.context
        context.actor.reach(Permission.EVENT_VIEW)
        if not timedelta() < within <= FURTHEST:
            raise ValidationFailed("Ask for more than nothing and at most an hour.", "within")
        rows = await events_seen(context.actor, camera_id, at - within, at + within, MOST_AROUND)
        return [edge.node for edge in await event_edges(context, rows)]


@strawberry.type
class RecordingMutation:
    """Watching recordings."""

    @mutation(
        description="Open up to 24 hours of a camera's recording to watch it; that this was done is written to the "
        "audit, once. While `until` is in the future the recording is followed. Permission: clip.view.",
    )
    async def open_playback(
        self, info: ApiInfo, camera_id: strawberry.ID, since: Since, until: Until
    ) -> OpenPlaybackPayload:
        row = await open_playback(info.context.domain, info.context.actor, camera_id, since, until)
        return OpenPlaybackPayload(playback=Playback.of(row))


def _seen(context: ApiContext, ids: Sequence[str], since: datetime, until: datetime) -> dict[str, datetime]:
    """The cameras within reach, and from when on each may be seen."""
    found: dict[str, datetime] = {}
    for camera_id in ids:
        try:
            limit = seen_since(context.actor, camera_id, context.domain.clock())
        except NotFound:
            continue
        found[camera_id] = since if limit is None else min(max(since, limit), until)
    return found


async def _coverage(root: Path | None, wanted: list[tuple[str, int, int]]) -> list[Coverage]:
    if root is None:
        return [Coverage(camera_id, (), ()) for camera_id, _, _ in wanted]
    return await asyncio.to_thread(read_coverage, root, wanted)


async def _timeline(
    context: ApiContext, camera: Camera, found: Coverage, wanted: dict[str, datetime], until: datetime
) -> CameraTimeline:
    since = wanted[found.camera_id]
    now = context.domain.clock()
    bookmarks = await bookmarks_between(context.actor, found.camera_id, since, until, now, MOST_BOOKMARKS)
    events = await events_seen(context.actor, found.camera_id, since, until, MOST_MARKERS)
    return CameraTimeline(
        camera=camera,
        since=since,
        until=until,
        recordings=[
            RecordedStretch(starts_at=from_us(each.start_us), ends_at=from_us(each.end_us)) for each in found.stretches
        ],
        gaps=[
            RecordingGap(
                starts_at=from_us(each.start_us),
                ends_at=None if each.end_us is None else from_us(each.end_us),
                reason=each.reason,
            )
            for each in found.gaps
        ],
        bookmarks=[Bookmark.of(context.domain, each) for each in bookmarks],
        events=[TimelineMarker.of(each) for each in events],
    )
