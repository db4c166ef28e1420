"""People's names as lists are sorted by them, for as many people as there are."""

from collections.abc import Collection

from tortoise.connection import get_connection

from doorward.acs.people.models import Cardholder

FEW = 500
"""So many people are looked up one by one; of more, everybody is read."""


async def sort_names(cardholder_ids: Collection[str] | None) -> dict[str, str]:
    """The sort names of these people by their ids, or everybody's (None): read those aside."""
    if cardholder_ids is not None:
        return dict(await Cardholder.filter(id__in=list(cardholder_ids)).values_list("id", "sort_name"))
    _, rows = await get_connection("default").execute_query("SELECT id, sort_name FROM cardholder")
    return {row[0]: row[1] for row in rows}
