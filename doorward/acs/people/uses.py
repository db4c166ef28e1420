"""Who relies on groups and cardholders: other areas say so here, so that people need not know them all."""

from collections.abc import Awaitable, Callable

from doorward.acs.operation import Work
from doorward.acs.used_by import UseFinder

GROUP_USES: list[UseFinder] = []
"""Each finds what relies on any of the groups with these ids, which cannot be deleted before."""

BEFORE_CARDHOLDER_DELETED: list[Callable[[Work, str], Awaitable[None]]] = []
"""Called with a cardholder's id before the row goes, to remove what belongs to them or to refuse."""
