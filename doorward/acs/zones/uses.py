"""Who uses zones, and who must know that they have other doors: areas that do add themselves (see cross_area.py)."""

from collections.abc import Awaitable, Callable

from doorward.acs.operation import Work
from doorward.acs.used_by import UseFinder
from doorward.acs.zones.layout import Layout

ZONE_USES: list[UseFinder] = []
"""Each finds the users of any of the zones with these ids."""

AFTER_LAYOUT: list[Callable[[Work, Layout, Layout], Awaitable[None]]] = []
"""Each is told, in the operation that changed it, the layout before and after."""
