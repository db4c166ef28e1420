"""Pull points of a simulated device: each keeps what happened until somebody asks, and ends when nobody does."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from doorward.video.onvif.message import Markup, element

MOST = 10
"""Subscriptions at a time; real devices often have fewer."""


@dataclass(slots=True)
class PullPoint:
    """One subscription."""

    number: int
    ends: datetime
    waiting: list[Markup] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Subscriptions:
    """All pull points, and the present state of every property."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._points: dict[int, PullPoint] = {}
        self._made = 0
        self._properties: dict[tuple[str, str], Callable[[str], Markup]] = {}

    def __len__(self) -> int:
        return len(self._living())

    def open(self, life: timedelta) -> PullPoint | None:
        """A new one, with the present states in it; None when there are too many."""
        if len(self._living()) >= MOST:
            return None
        self._made += 1
        point = PullPoint(self._made, self._clock() + life)
        point.waiting = [written("Initialized") for written in self._properties.values()]
        if point.waiting:
            point.news.set()
        self._points[point.number] = point
        return point

    def get(self, number: int) -> PullPoint | None:
        """The pull point of this number, while it lives."""
        return self._living().get(number)

    def renew(self, point: PullPoint, life: timedelta) -> None:
        """Let it live so much longer from now on."""
        point.ends = max(point.ends, self._clock() + life)

    def close(self, point: PullPoint) -> None:
        """Forget it."""
        self._points.pop(point.number, None)

    def notice(self, topic: str, source: tuple[str, str], data: tuple[str, str]) -> None:
        """Tell every pull point that a property has changed."""

        def written(change: str) -> Markup:
            return _notification(topic, source, data, change, self._clock())

        self._properties[topic, source[1]] = written
        for point in self._living().values():
            point.waiting.append(written("Changed"))
            point.news.set()

    async def take(self, point: PullPoint, wait: timedelta, most: int) -> list[Markup]:
        """What waits there, at most so many; waits for the first."""
        try:
            async with asyncio.timeout(wait.total_seconds()):
                await point.news.wait()
        except TimeoutError:
            return []
        taken, point.waiting = point.waiting[:most], point.waiting[most:]
        if not point.waiting:
            point.news.clear()
        return taken

    def _living(self) -> dict[int, PullPoint]:
        now = self._clock()
        self._points = {number: point for number, point in self._points.items() if point.ends > now}
        return self._points


def _notification(topic: str, source: tuple[str, str], data: tuple[str, str], change: str, now: datetime) -> Markup:
    concrete = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
    return element(
        "wsnt:NotificationMessage",
        element("wsnt:Topic", f"tns1:{topic}", Dialect=concrete),
        element(
            "wsnt:Message",
            element(
                "tt:Message",
                element("tt:Source", element("tt:SimpleItem", Name=source[0], Value=source[1])),
                element("tt:Data", element("tt:SimpleItem", Name=data[0], Value=data[1])),
                UtcTime=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                PropertyOperation=change,
            ),
        ),
    )
