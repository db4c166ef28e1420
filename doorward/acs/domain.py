"""What every operation and query works on, made once by the server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from doorward.acs.cameras.live import LiveCameras
from doorward.acs.controllers.live import LiveControllers
from doorward.acs.doors.live import LiveDoors
from doorward.acs.doors.orders import Orders
from doorward.acs.events.bus import Bus
from doorward.acs.local_io.live import LiveLines
from doorward.acs.questions.kept import Kept
from doorward.acs.sealing import Sealer


@dataclass(slots=True)
class Domain:
    """The open database is Tortoise's; this is the rest: secrets, the clock (aware UTC), what is live, what is kept."""

    sealer: Sealer
    clock: Callable[[], datetime]
    bus: Bus = field(default_factory=Bus)
    doors: LiveDoors = field(default_factory=LiveDoors)
    lines: LiveLines = field(default_factory=LiveLines)
    controllers: LiveControllers = field(default_factory=LiveControllers)
    cameras: LiveCameras = field(default_factory=LiveCameras)
    orders: Orders = field(default_factory=Orders)
    kept: Kept = field(default_factory=Kept)
    policy_changed: Callable[[], None] = lambda: None
