"""As whom a webhook sees the log: as whoever saved it last, with what they may at the moment, by all their roles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from doorward.acs.actor import Actor, Permission
from doorward.acs.reach import EVERYWHERE
from doorward.acs.users.models import User
from doorward.acs.users.privileges import Privileges, StandingPrivileges
from doorward.acs.webhooks.models import Webhook


@dataclass(frozen=True, slots=True)
class View:
    """As whom a webhook sees; `actor` None: it sees nothing, for the reason in `words`."""

    actor: Actor | None
    words: str = ""
    owner: User | None = None


async def view_of(webhook: Webhook) -> View:
    """As whom this webhook sees now."""
    return (await views_of([webhook]))[0]


async def views_of(webhooks: Sequence[Webhook]) -> list[View]:
    """As whom each of these sees now: read anew, so that nothing is sent by what somebody might a moment ago."""
    ids = {webhook.owner_id for webhook in webhooks if webhook.owner_id}
    owners = {user.id: user for user in await User.filter(id__in=sorted(ids))} if ids else {}
    may = await StandingPrivileges().of_all(list(owners.values())) if owners else {}
    return [_view(webhook, owners.get(webhook.owner_id or ""), may.get(webhook.owner_id or "")) for webhook in webhooks]


def _view(webhook: Webhook, user: User | None, may: Privileges | None) -> View:
    if user is None or may is None:
        return View(None, "The user who answers for it is deleted. Whoever saves it now answers for it.")
    if not user.enabled:
        return View(None, f"{user.name}, who answers for it, is disabled.", user)
    if webhook.permissions is not None:
        may = may.narrowed([each for each in Permission if each.value in webhook.permissions], EVERYWHERE)
    if Permission.EVENT_VIEW not in may.somewhere:
        return View(None, f"{user.name}, who answers for it, may not see events.", user)
    actor = Actor(
        user.id, user.name, may.permissions, "webhook", None, may.clearance, reaches=may.reaches, windows=may.windows
    )
    return View(actor, owner=user)


def seen_by_both(reader: Actor, view: Actor) -> Actor:
    """The reader, with no more than the webhook of theirs sees; a token of theirs may see less than that."""
    may = Privileges(reader.permissions, reader.reaches, reader.clearance, reader.windows)
    seen = Privileges(view.permissions, view.reaches, view.clearance)
    reaches = {each: may.reach(each) & seen.reach(each) for each in may.somewhere & seen.somewhere}
    everywhere = frozenset(each for each, reach in reaches.items() if reach.everything)
    scoped = {each: reach for each, reach in reaches.items() if not reach.everything}
    return replace(reader, permissions=everywhere, reaches=scoped)


def answers_for(webhook: Webhook, actor: Actor) -> None:
    """Make whoever saves it the owner. What a token saves never sees more than that token.

    A token that may set up webhooks has no places of its own (they take the permission everywhere): where it sees
    something is where its user does.
    """
    webhook.owner_id = actor.user_id
    may = actor.permissions | actor.reaches.keys()
    webhook.permissions = sorted(each.value for each in may) if actor.token else None
