"""What may be asked about users."""

from doorward.acs.actor import Actor
from doorward.acs.users.models import User


async def acting_user(actor: Actor) -> User | None:
    """The user that an actor is; everybody may know who they are."""
    return await User.get_or_none(id=actor.user_id) if actor.user_id else None
