"""What lists of devices of one kind have in common."""

from functools import partial

import strawberry

from doorward.acs.devices import DeviceKind
from doorward.acs.doors.queries import page_devices
from doorward.graphql.paging import Ask, by_actor


@strawberry.input(description="Which devices of a kind; what is left out, or null, does not restrict.")
class DeviceFilter:
    """See Device."""

    controller_id: strawberry.ID | None = None
    """Those of this controller."""
    door_id: strawberry.ID | None = None
    """Those that stand at this door."""
    reader_id: strawberry.ID | None = None
    """The one that this reader is."""


def of_kind(kind: DeviceKind) -> Ask:
    """Asks for a page of the devices of a kind."""
    return by_actor(partial(page_devices, kind=kind))
