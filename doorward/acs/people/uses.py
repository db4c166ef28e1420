"""Who relies on groups and cardholders: other areas say so here, so that people need not know them all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.operation import Work
from doorward.acs.rules.models import AccessRule, AccessRuleGroup

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Use:
    """Something that relies on an object: its kind in words ("access rule"), its id and its name."""

    kind: str
    id: str
    name: str


GroupUses = Callable[[str, BaseDBAsyncClient], Awaitable[list[Use]]]


async def _access_rules(group_id: str, connection: BaseDBAsyncClient) -> list[Use]:
    named = AccessRuleGroup.filter(group_id=group_id).using_db(connection).values_list("rule_id", flat=True)
    rules = AccessRule.filter(id__in=[str(rule_id) for rule_id in await named]).using_db(connection).order_by("name")
    return [Use("access rule", rule.id, rule.name) for rule in await rules]


GROUP_USES: list[GroupUses] = [_access_rules]
"""Each finds what relies on a group, which cannot be deleted before. An area that names groups adds its own."""

BEFORE_CARDHOLDER_DELETED: list[Callable[[Work, str], Awaitable[None]]] = []
"""Called with a cardholder's id before the row goes, to remove what belongs to them or to refuse."""


async def uses_of_group(group_id: str, connection: BaseDBAsyncClient) -> list[Use]:
    """Everything that relies on a group."""
    return [use for find in GROUP_USES for use in await find(group_id, connection)]


def listed(names: list[str]) -> str:
    """Names for a message; the first five, and how many more."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
