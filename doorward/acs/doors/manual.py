"""Who set doors by hand, in the words that the desk shows."""

from collections.abc import Iterable

from doorward.acs.messages import DoorStatus
from doorward.acs.people.models import Cardholder
from doorward.acs.users.models import User


async def set_by(statuses: Iterable[DoorStatus]) -> dict[str, str]:
    """Who set which door by hand, by door id; a door of which that is not known, or that nobody set, is not in it."""
    set_ones = [(status.door_id, status.manual) for status in statuses if status.manual is not None]
    user_ids = {manual.user_id for _, manual in set_ones if manual.user_id}
    cardholder_ids = {manual.cardholder_id for _, manual in set_ones if manual.cardholder_id}
    names: dict[str, str] = {}
    if user_ids:
        names.update((user.id, user.name) for user in await User.filter(id__in=list(user_ids)))
    if cardholder_ids:
        people = await Cardholder.filter(id__in=list(cardholder_ids))
        names.update((person.id, person.display_name) for person in people)
    found = {door_id: manual.user_id or manual.cardholder_id or "" for door_id, manual in set_ones}
    return {door_id: names[who] for door_id, who in found.items() if who in names}
