"""Who uses a door or a device: what has to let go of it before it can be deleted."""

from collections.abc import Awaitable, Callable, Sequence

from doorward.acs.used_by import Use, UseFinder

DOOR_USES: list[UseFinder] = []
"""Each finds the users of any of the doors with these ids. Areas whose rows name doors add one (see cross_area.py)."""
DEVICE_USES: list[UseFinder] = []
"""Each finds what else than doors is on any of the devices with these ids."""

PortUses = Callable[[str, int], Awaitable[Sequence[Use]]]
OUTPUT_USES: list[PortUses] = []
"""Each tells what else than a lock is on an output of a device."""
INPUT_USES: list[PortUses] = []
"""Each tells what else than a door's contact is on an input of a device."""
