"""Motion detection in the API: its settings, levels over time, and the search in an area."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import strawberry

from doorward.acs.cameras import motion_settings as domain
from doorward.acs.cameras.live import MotionCondition
from doorward.acs.cameras.motion import motion_detection, searched_from, set_motion_detection
from doorward.acs.errors import ValidationFailed
from doorward.graphql.context import ApiInfo
from doorward.graphql.enums import MotionState
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import mutation
from doorward.graphql.scalars import seconds_of
from doorward.video.motion.search import motion_levels, search_motion
from doorward.video.wall_time import from_us, to_us

MOST_STEPS = 10_000
MOST_FINDINGS = 1_000
LONGEST_STEP_S = 86_400


@strawberry.type(description="A place in the picture.")
class MotionPoint:
    """See MotionArea."""

    x: float
    """From the left, 0 to 1."""
    y: float
    """From the top, 0 to 1."""


@strawberry.type(description="A polygon in the picture, its last point joined to the first.")
class MotionArea:
    """See MotionDetection."""

    points: list[MotionPoint]
    """3 to 20 corners, in their order."""

    @classmethod
    def of(cls, area: domain.Area) -> "MotionArea":
        """The area as the API shows it."""
        return cls(points=[MotionPoint(x=point.x, y=point.y) for point in area])


@strawberry.input(description="A place in the picture.")
class MotionPointInput:
    """See MotionPoint."""

    x: float
    y: float


@strawberry.input(description="A polygon in the picture; see MotionArea.")
class MotionAreaInput:
    """See MotionArea."""

    points: list[MotionPointInput]

    def area(self) -> domain.Area:
        """The area as the domain has it."""
        return tuple(domain.Point(point.x, point.y) for point in self.points)


@strawberry.type(description="How motion is detected in a camera's pictures, and how that goes.")
class MotionDetection:
    """Sizes and distances are shares of the picture's width and height; 0 turns a filter off."""

    camera_id: strawberry.ID
    """Whose pictures are looked at."""
    enabled: bool
    """Whether anybody looks."""
    sensitivity: int
    """0 to 100: the higher, the less a place must become brighter or darker."""
    include: list[MotionArea]
    """Where motion counts; none: in the whole picture. At most 10."""
    exclude: list[MotionArea]
    """Where it does not count, whatever is included. At most 10."""
    small_width: float
    """What is narrower than this and also lower than smallHeight is ignored."""
    small_height: float
    """What is lower than this and also narrower than smallWidth is ignored."""
    short_lived: timedelta
    """What is seen for less time is ignored, at most 10 s; what lasts counts that much later."""
    swaying_distance: float
    """What stays this near to where it was first seen is ignored."""
    history: timedelta
    """After about this time, 2 s to an hour, what stands still belongs to the background."""
    version: int
    """Grows with every change; send it back as expectedVersion."""
    state: MotionState | None
    """What the recorder last said. Null: nobody looks, or nothing was looked at yet."""
    detail: str
    """What to do about the state; empty when there is nothing to do."""
    moving: bool
    """Whether something moves at present."""
    cpu_share: float
    """How much of one processor core it takes, 0 to 1, over the last 10 seconds."""
    pictures_per_second: float
    """How many pictures are looked at, over the same time."""

    @classmethod
    def of(
        cls, camera_id: str, settings: domain.MotionSettings, version: int, now: MotionCondition | None
    ) -> "MotionDetection":
        """Settings and present state as the API shows them."""
        return cls(
            camera_id=strawberry.ID(camera_id),
            enabled=settings.enabled,
            sensitivity=settings.sensitivity,
            include=[MotionArea.of(area) for area in settings.include],
            exclude=[MotionArea.of(area) for area in settings.exclude],
            small_width=settings.small_width,
            small_height=settings.small_height,
            short_lived=timedelta(seconds=settings.short_lived_s),
            swaying_distance=settings.swaying_distance,
            history=timedelta(seconds=settings.history_s),
            version=version,
            state=None if now is None else MotionState(now.state),
            detail="" if now is None else now.detail,
            moving=now is not None and now.moving,
            cpu_share=0.0 if now is None else now.cpu_share,
            pictures_per_second=0.0 if now is None else now.pictures_per_s,
        )


@strawberry.input(description="All settings of motion detection; see MotionDetection. What is left out is as at first.")
class MotionSettingsInput:
    """See MotionDetection."""

    enabled: bool = True
    """Whether anybody looks."""
    sensitivity: int = domain.DEFAULT_MOTION.sensitivity
    """0 to 100: the higher, the less a place must become brighter or darker."""
    include: list[MotionAreaInput] = strawberry.field(default_factory=list)
    """Where motion counts; none: in the whole picture. At most 10."""
    exclude: list[MotionAreaInput] = strawberry.field(default_factory=list)
    """Where it does not count, whatever is included. At most 10."""
    small_width: float = domain.DEFAULT_MOTION.small_width
    """What is narrower than this and also lower than smallHeight is ignored."""
    small_height: float = domain.DEFAULT_MOTION.small_height
    """What is lower than this and also narrower than smallWidth is ignored."""
    short_lived: timedelta = timedelta(seconds=domain.DEFAULT_MOTION.short_lived_s)
    """What is seen for less time is ignored, at most 10 s."""
    swaying_distance: float = domain.DEFAULT_MOTION.swaying_distance
    """What stays this near to where it was first seen is ignored."""
    history: timedelta = timedelta(seconds=domain.DEFAULT_MOTION.history_s)
    """After about this time, 2 s to an hour, what stands still belongs to the background."""

    def settings(self) -> domain.MotionSettings:
        """The settings as the domain has them."""
        return domain.MotionSettings(
            enabled=self.enabled,
            sensitivity=self.sensitivity,
            include=tuple(area.area() for area in self.include),
            exclude=tuple(area.area() for area in self.exclude),
            small_width=self.small_width,
            small_height=self.small_height,
            short_lived_s=self.short_lived.total_seconds(),
            swaying_distance=self.swaying_distance,
            history_s=self.history.total_seconds(),
        )


@strawberry.type(description="The settings as they now are, or why nothing was done.")
class MotionDetectionPayload:
    """Result of setting motion detection."""

    motion_detection: MotionDetection | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="A time in which something moved in the area, in whole seconds.")
class MotionFinding:
    """Seconds at most 5 apart are one finding."""

    starts_at: datetime
    """The beginning of the first second."""
    ends_at: datetime
    """The end of the last second."""
    share: float
    """The most of the area that moved within one second, 0 to 1."""


@strawberry.type(description="How much moved over time, for drawing.")
class MotionLevels:
    """Equal steps, one after the other."""

    starts_at: datetime
    """When the first step begins: as asked for, on a whole second or minute, or as far back as the caller may see."""
    step: timedelta
    """How long each step is."""
    levels: list[float | None]
    """The highest share of the picture that moved under the settings, 0 to 1. Null where nobody looked."""


_Camera = Annotated[strawberry.ID, strawberry.argument(description="Whose recording it is.")]
_From = Annotated[datetime, strawberry.argument(name="since", description="The first moment.")]
_To = Annotated[datetime, strawberry.argument(name="until", description="The end, at most 31 days later.")]


@strawberry.type
class MotionQuery:
    """Queries about motion."""

    @strawberry.field(
        description="How motion is detected in a camera's pictures. Permission: configuration.view.",
    )
    async def motion_detection(
        self,
        info: ApiInfo,
        camera_id: Annotated[strawberry.ID, strawberry.argument(description="Whose pictures are looked at.")],
    ) -> MotionDetection:
        context = info.context
        settings, version = await motion_detection(context.actor, camera_id)
        return MotionDetection.of(camera_id, settings, version, context.domain.cameras.motion.get(camera_id))

    @strawberry.field(
        description="When something moved in an area of a camera's picture, the earliest first, as far back as "
        "recordings are kept and the caller may see them. Whatever moved while motion detection was on is found, also "
        "what its areas and filters leave out. At most 1,000: search on from the last one's end. "
        "Permission: clip.view."
    )
    async def motion_search(
        self,
        info: ApiInfo,
        camera_id: _Camera,
        area: Annotated[MotionAreaInput, strawberry.argument(description="Where in the picture.")],
        starts_at: _From,
        ends_at: _To,
        min_share: Annotated[
            float, strawberry.argument(description="How much of the area must move, 0 to 1; 0: anything.")
        ] = 0.0,
        lasting: Annotated[
            timedelta, strawberry.argument(description="What lasts less is left out; whole seconds.")
        ] = timedelta(seconds=1),
    ) -> list[MotionFinding]:
        begin = await _begin(info, camera_id, starts_at, ends_at)
        searched = domain.check_area(area.area(), "area", "points")
        if not 0 <= min_share <= 1:
            raise ValidationFailed("This must be between 0 and 1.", "minShare")
        root = info.context.domain.cameras.recordings
        if root is None or begin >= ends_at:
            return []
        found = await asyncio.to_thread(
            search_motion,
            root,
            camera_id,
            searched,
            to_us(begin),
            to_us(ends_at),
            min_share,
            seconds_of(lasting, "lasting"),
        )
        return [
            MotionFinding(starts_at=from_us(each.start_us), ends_at=from_us(each.end_us), share=each.share)
            for each in found[:MOST_FINDINGS]
        ]

    @strawberry.field(
        description="How much moved over time in a camera's picture, for drawing under its timeline. "
        "Permission: clip.view."
    )
    async def motion_levels(
        self,
        info: ApiInfo,
        camera_id: _Camera,
        starts_at: _From,
        ends_at: _To,
        step: Annotated[
            timedelta,
            strawberry.argument(description="How long a step is, 1 s to a day; whole minutes are quickest."),
        ] = timedelta(minutes=1),
    ) -> MotionLevels:
        begin = await _begin(info, camera_id, starts_at, ends_at)
        step_s = seconds_of(step, "step")
        if not 1 <= step_s <= LONGEST_STEP_S:
            raise ValidationFailed(f"A step lasts 1 to {LONGEST_STEP_S} seconds.", "step")
        count = max(0, -int((begin - ends_at).total_seconds() // step_s))
        if count > MOST_STEPS:
            raise ValidationFailed(f"These are {count} steps; {MOST_STEPS} are the most. Take longer ones.", "step")
        start_us = _whole(to_us(begin), step_s)
        root = info.context.domain.cameras.recordings
        levels = await _levels(root, camera_id, start_us, count, step_s)
        return MotionLevels(starts_at=from_us(start_us), step=step, levels=levels)


@strawberry.type
class MotionMutation:
    """Changes of motion detection."""

    @mutation(
        description="Set how motion is detected in a camera's pictures. Its recording is not interrupted. "
        "Permission: configuration.write."
    )
    async def set_motion_detection(
        self,
        info: ApiInfo,
        camera_id: Annotated[strawberry.ID, strawberry.argument(description="Whose pictures are looked at.")],
        settings: Annotated[MotionSettingsInput, strawberry.argument(description="What counts as motion from now on.")],
        expected_version: int | None = None,
    ) -> MotionDetectionPayload:
        context = info.context
        await set_motion_detection(context.domain, context.actor, camera_id, settings.settings(), expected_version)
        found, version = await motion_detection(context.actor, camera_id)
        now = context.domain.cameras.motion.get(camera_id)
        return MotionDetectionPayload(motion_detection=MotionDetection.of(camera_id, found, version, now))


async def _begin(info: ApiInfo, camera_id: str, starts_at: datetime, ends_at: datetime) -> datetime:
    context = info.context
    return await searched_from(context.actor, camera_id, starts_at, ends_at, context.domain.clock())


async def _levels(root: Path | None, camera_id: str, start_us: int, count: int, step_s: int) -> list[float | None]:
    if root is None:
        return [None] * count
    return await asyncio.to_thread(motion_levels, root, camera_id, start_us, count, step_s)


def _whole(start_us: int, step_s: int) -> int:
    """The whole second or, for steps of whole minutes, the whole minute in which it lies."""
    unit_us = (60 if step_s % 60 == 0 else 1) * 1_000_000
    return start_us // unit_us * unit_us
