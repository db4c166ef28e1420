"""The bookmarks that events have."""

from collections import defaultdict
from collections.abc import Sequence

from doorward.acs.cameras.models import Bookmark


async def bookmarks_of_events(event_ids: Sequence[str]) -> dict[str, list[Bookmark]]:
    """The bookmarks of events that the caller was allowed to read, with their cameras."""
    found: dict[str, list[Bookmark]] = defaultdict(list)
    rows = Bookmark.filter(event_id__in=list(event_ids)).prefetch_related("camera").order_by("id")
    for bookmark in await rows:
        found[bookmark.event_id].append(bookmark)
    return found
