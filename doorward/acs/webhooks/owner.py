"""As whom a webhook sees the log: as whoever saved it last, with what they may at the moment."""

from dataclasses import dataclass

from doorward.acs.actor import CLEARANCES, PERMISSIONS, Actor, Permission
from doorward.acs.users.models import User
from doorward.acs.webhooks.models import Webhook


@dataclass(frozen=True, slots=True)
class View:
    """As whom a webhook sees; `actor` None: it sees nothing, for the reason in `words`."""

    actor: Actor | None
    words: str = ""


async def view_of(webhook: Webhook) -> View:
    """As whom this webhook sees now."""
    user = await User.get_or_none(id=webhook.owner_id) if webhook.owner_id else None
    return view_as(webhook, user)


def view_as(webhook: Webhook, user: User | None) -> View:
    """As whom this webhook of this user sees."""
    if user is None:
        return View(None, "The user who answers for it is deleted. Whoever saves it now answers for it.")
    if not user.enabled:
        return View(None, f"{user.name}, who answers for it, is disabled.")
    permissions = PERMISSIONS[user.role]
    if webhook.permissions is not None:
        permissions &= frozenset(webhook.permissions)
    if Permission.EVENT_VIEW not in permissions:
        return View(None, f"{user.name}, who answers for it, may not see events.")
    return View(Actor(user.id, user.name, permissions, "webhook", None, CLEARANCES[user.role]))


def answers_for(webhook: Webhook, actor: Actor) -> None:
    """Make whoever saves it the owner. What a token saves never sees more than that token."""
    webhook.owner_id = actor.user_id
    webhook.permissions = sorted(each.value for each in actor.permissions) if actor.token else None
