"""Who uses a door: what has to let go of it before it can be deleted."""

from collections.abc import Awaitable, Callable

from doorward.acs.operation import Work
from doorward.acs.rules.models import AccessRuleSide

Uses = list[tuple[str, str, str]]
"""What uses something: its kind in words, its id, its name."""


async def access_rules(work: Work, door_id: str) -> Uses:
    """The access rules that let people through the door."""
    sides = AccessRuleSide.filter(door_id=door_id).using_db(work.connection).prefetch_related("rule")
    rules = {side.rule_id: side.rule.name for side in await sides}
    return [("access rule", rule_id, name) for rule_id, name in sorted(rules.items(), key=lambda item: item[1])]


PortUses = Callable[[str, int], Awaitable[Uses]]
OUTPUT_USES: list[PortUses] = []
"""Each tells what else than a lock is on an output of a device."""
INPUT_USES: list[PortUses] = []
"""Each tells what else than a door's contact is on an input of a device."""
DEVICE_USES: list[Callable[[str], Awaitable[Uses]]] = []
"""Each tells what else than doors needs a device."""
DOOR_USES: list[Callable[[Work, str], Awaitable[Uses]]] = [access_rules]
"""Each tells who uses a door. An area whose rows refer to doors adds its own."""
