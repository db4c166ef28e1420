"""What may be asked about users and their sessions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from doorward.acs.actor import Actor, Permission, Role
from doorward.acs.domain import Domain
from doorward.acs.errors import NotFound
from doorward.acs.keyset import NAMES, Column, Order, Orders, named, page_rows, where
from doorward.acs.paging import Page, PageRequest
from doorward.acs.users.failures import waits_of
from doorward.acs.users.models import RecoveryCode, Session, SignInRules, User, UserKind
from doorward.acs.users.sessions import open_sessions
from doorward.acs.users.standing_rules import RULES_ID, default_rules


class SessionOrder(StrEnum):
    """How sessions can be ordered: the last used first, or the last begun."""

    LAST_USED = "last_used"
    """The last used first."""
    NEWEST = "newest"
    """The last begun first."""


_SHORT = Column("short", descending=True)
_SESSIONS: Orders = {
    SessionOrder.LAST_USED: Order(
        "-last_used", (Column("last_used_at", datetime, descending=True, nullable=True), _SHORT)
    ),
    SessionOrder.NEWEST: Order("-created", (Column("created_at", datetime, descending=True), _SHORT)),
}


@dataclass(frozen=True, slots=True)
class ListedUser:
    """A user, and until when no sign-in of theirs is tried, if they must wait."""

    user: User
    waits_until: datetime | None


async def acting_user(actor: Actor) -> User | None:
    """The user that an actor is; everybody may know who they are."""
    return await User.get_or_none(id=actor.user_id) if actor.user_id else None


async def list_users(domain: Domain, actor: Actor) -> list[ListedUser]:
    """Every user, by name."""
    actor.require(Permission.USER_WRITE)
    users = await User.all().order_by("name")
    waits = await waits_of([user.name for user in users], domain.clock())
    return [ListedUser(user, waits.get(user.name)) for user in users]


class UserOrder(StrEnum):
    """How users can be ordered; last sign-in: the latest first, and before them those who never signed in."""

    NAME = "name"
    """By name."""
    NAME_DESCENDING = "name_descending"
    """By name, from the end of the alphabet."""
    OLDEST = "oldest"
    """Who was added first comes first."""
    NEWEST = "newest"
    """Who was added last comes first."""
    LAST_SIGN_IN = "last_sign_in"
    """Who never signed in, then who did so last."""


_USERS: Orders = {UserOrder(order.value): given for order, given in NAMES.items()} | {
    UserOrder.LAST_SIGN_IN: Order(
        "-last_sign_in",
        (Column("last_sign_in_at", datetime, descending=True, nullable=True), Column("id", descending=True)),
    )
}


async def page_users(
    domain: Domain,
    actor: Actor,
    request: PageRequest,
    *,
    role: Role | None = None,
    kind: UserKind | None = None,
    enabled: bool | None = None,
) -> Page[ListedUser]:
    """Users, by name."""
    actor.require(Permission.USER_WRITE)
    page = await page_rows(where(named(User.all(), request), role=role, kind=kind, enabled=enabled), _USERS, request)
    waits = await waits_of([user.name for user in page.rows], domain.clock())
    return page.of([ListedUser(user, waits.get(user.name)) for user in page.rows])


async def user_by_id(domain: Domain, actor: Actor, user_id: str) -> ListedUser | None:
    """One user, if there is one with this id."""
    actor.require(Permission.USER_WRITE)
    user = await User.get_or_none(id=user_id)
    if user is None:
        return None
    return ListedUser(user, (await waits_of([user.name], domain.clock())).get(user.name))


async def user_called(actor: Actor, name: str) -> User:
    """The user with this name. Raises NotFound."""
    actor.require(Permission.USER_WRITE)
    user = await User.get_or_none(name=name)
    if user is None:
        raise NotFound(f"There is no user called {name}.", "name")
    return user


def state_words(listed: ListedUser) -> str:
    """What is to be known about whether somebody can sign in."""
    user = listed.user
    words = ["enabled" if user.enabled else "disabled"]
    if listed.waits_until is not None:
        words.append(f"waits until {listed.waits_until.isoformat(timespec='seconds')}")
    if user.must_change_password:
        words.append("must change the password")
    if user.has_second_factor:
        words.append("second factor")
    return ", ".join(words)


async def all_sessions(
    domain: Domain, actor: Actor, request: PageRequest, *, user_id: str | None = None
) -> Page[Session]:
    """Everybody's sessions, or one user's, the last used first."""
    actor.require(Permission.USER_WRITE)
    return await page_rows(await open_sessions(domain, user_id), _SESSIONS, request)


async def own_sessions(domain: Domain, actor: Actor, request: PageRequest) -> Page[Session]:
    """The sessions of whoever asks, the last used first."""
    actor.require(Permission.ACCOUNT_OWN)
    return await page_rows(await open_sessions(domain, actor.user_id or ""), _SESSIONS, request)


async def recovery_codes_left(actor: Actor) -> int:
    """How many recovery codes whoever asks has not used."""
    actor.require(Permission.ACCOUNT_OWN)
    return await RecoveryCode.filter(user_id=actor.user_id or "").count()


async def sign_in_rules(actor: Actor) -> SignInRules:
    """The site's rules of signing in."""
    actor.require(Permission.USER_WRITE)
    return await SignInRules.get_or_none(id=RULES_ID) or default_rules()
