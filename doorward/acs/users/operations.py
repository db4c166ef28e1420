"""Users: made, changed and deleted by those who may; see `own` for what everybody may do about themselves."""

from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.actor import Permission, Role
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.users.escalation import (
    administrators,
    look_after,
    may_give_role,
    one_at_a_time,
    somebody_administers,
)
from doorward.acs.users.failures import lift_wait
from doorward.acs.users.models import Passkey, SecondFactor, Session, SignInRules, User, UserKind
from doorward.acs.users.password import MAX_LENGTH, SHORTEST_MINIMUM, check_password, hash_password
from doorward.acs.users.second_factor import forget_unneeded_codes, has_another_way
from doorward.acs.users.sessions import with_id
from doorward.acs.users.standing_rules import RULES_ID, default_rules

SHORTEST_IDLE_S = 60
LONGEST_IDLE_S = 12 * 60 * 60
LONGEST_TOKEN_DAYS = 3_650
_LONGEST_MINIMUM = 128
_NAME_LENGTH = 100
_NO_HASH = ""


class UserChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is."""

    name: str
    role: Role
    enabled: bool


class RuleChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. `idle_timeout_s` None: sessions do not end by not being used."""

    min_password_length: int
    second_factor: SecondFactor
    idle_timeout_s: int | None
    longest_token_days: int


@operation(Permission.USER_WRITE)
async def create_user(work: Work, name: str, password: str, role: Role, must_change_password: bool = False) -> User:
    """Somebody new who can sign in."""
    may_give_role(work, role)
    name = await _free_name(work, name, None)
    password_hash = await hash_password(await check_password(work.domain, password, name))
    user = await User.create(
        using_db=work.connection,
        id=new_id(),
        name=name,
        password_hash=password_hash,
        role=role,
        must_change_password=must_change_password,
    )
    work.audit(EventType.USER_CREATED, of=user, after={"id": user.id, "name": name, "role": role.value})
    return user


@operation(Permission.USER_WRITE)
async def create_service_account(work: Work, name: str, role: Role) -> User:
    """A program that comes with tokens and cannot sign in."""
    may_give_role(work, role)
    name = await _free_name(work, name, None)
    user = await User.create(
        using_db=work.connection, id=new_id(), name=name, password_hash=_NO_HASH, role=role, kind=UserKind.SERVICE
    )
    work.audit(EventType.USER_CREATED, of=user, after={"id": user.id, "name": name, "role": role.value})
    return user


@operation(Permission.USER_WRITE)
async def create_first_user(work: Work, name: str, password: str) -> User:
    """The first administrator of an installation that has no user at all. Of several at once, one succeeds."""
    await one_at_a_time(work.connection)
    if await User.all().using_db(work.connection).exists():
        raise Conflict("This installation is set up. Sign in, or ask one of its administrators.")
    name = check.text(name, "name", longest=_NAME_LENGTH)
    password_hash = await hash_password(await check_password(work.domain, password, name))
    user = await User.create(
        using_db=work.connection, id=new_id(), name=name, password_hash=password_hash, role=Role.ADMINISTRATOR
    )
    work.audit(EventType.USER_CREATED, of=user, after={"id": user.id, "name": name, "role": user.role.value})
    return user


@operation(Permission.USER_WRITE)
async def update_user(work: Work, user_id: str, changes: UserChanges, expected_version: int | None = None) -> User:
    """Change a user's name, role, or whether they may sign in at all. Open sessions and subscriptions follow."""
    await one_at_a_time(work.connection)
    user = await _locked(work, user_id)
    check.version(user.version, expected_version)
    await look_after(work, user)
    before, administered = _told(user), await administrators(work.connection)
    if "name" in changes:
        user.name = await _free_name(work, changes["name"], user)
    if changes.get("role", user.role) is not user.role:
        user.role = changes["role"]
        may_give_role(work, user.role)
    user.enabled = changes.get("enabled", user.enabled)
    after = _told(user)
    if before == after:
        return user
    if user.id == work.actor.user_id and (before["role"], before["enabled"]) != (after["role"], after["enabled"]):
        raise Conflict("You cannot take your own rights away. Ask another administrator.")
    user.version += 1
    await user.save(using_db=work.connection, update_fields=["name", "role", "enabled", "version"])
    if administered:
        await somebody_administers(work)
    work.after.append(work.domain.privileges.changed)
    if not user.enabled:
        await Session.filter(user_id=user.id).using_db(work.connection).delete()
    work.audit(EventType.USER_UPDATED, of=user, before=before, after=after)
    return user


@operation(Permission.USER_WRITE)
async def delete_user(work: Work, user_id: str, expected_version: int | None = None) -> None:
    """Delete a user; what they did stays in the log under their name. Refused for oneself."""
    await one_at_a_time(work.connection)
    user = await _locked(work, user_id)
    check.version(user.version, expected_version)
    if user.id == work.actor.user_id:
        raise Conflict("You cannot delete yourself. Ask another administrator.")
    await look_after(work, user)
    administered = await administrators(work.connection)
    await Session.filter(user_id=user.id).using_db(work.connection).delete()
    work.audit(EventType.USER_DELETED, of=user, before=_told(user))
    await user.delete(using_db=work.connection)
    if administered:
        await somebody_administers(work)
    work.after.append(work.domain.privileges.changed)


@operation(Permission.USER_WRITE)
async def set_password(work: Work, name: str, password: str, must_change_password: bool = False) -> User:
    """A new password for the user with this name; every session of theirs ends, and they need not wait any more."""
    user = await User.select_for_update().using_db(work.connection).get_or_none(name=name)
    if user is None:
        raise NotFound(f"There is no user called {name}.", "name")
    await look_after(work, user, "name")
    return await _give_password(work, user, password, must_change_password)


@operation(Permission.USER_WRITE)
async def reset_password(work: Work, user_id: str, password: str, expected_version: int | None = None) -> User:
    """A new password for somebody else, which they must change when they next sign in; their sessions end."""
    user = await _locked(work, user_id)
    check.version(user.version, expected_version)
    if user.id == work.actor.user_id:
        raise Conflict("Change your own password under your account, where the old one is asked for.", "id")
    await look_after(work, user)
    return await _give_password(work, user, password, True)


@operation(Permission.USER_WRITE)
async def unlock_user(work: Work, user_id: str) -> User:
    """The user need not wait any more after failed sign-ins."""
    user = await _locked(work, user_id)
    failures = await lift_wait(work.connection, user.name)
    if failures:
        work.audit(EventType.USER_UNLOCKED, of=user, before={"failures": failures}, after={"failures": 0})
    return user


@operation(Permission.USER_WRITE)
async def remove_second_factor(work: Work, user_id: str, expected_version: int | None = None) -> User:
    """Take all second factors away from somebody who has lost them, with recovery codes; their sessions end."""
    user = await _locked(work, user_id)
    check.version(user.version, expected_version)
    if user.id == work.actor.user_id:
        raise Conflict("Remove your own second factor under your account, where the password is asked for.", "id")
    await look_after(work, user)
    if not user.has_second_factor:
        raise Conflict(f"{user.name} has no second factor.", "id")
    if user.passkeys and not user.password_hash and not await has_another_way(work, user):
        raise Conflict(f"{user.name} has no password, and signs in by passkey only. Give them a password first.", "id")
    await Passkey.filter(user_id=user.id).using_db(work.connection).delete()
    user.passkeys = 0
    await drop_authenticator(work, user)
    await Session.filter(user_id=user.id).using_db(work.connection).delete()
    return user


@operation(Permission.USER_WRITE)
async def end_session(work: Work, session_id: str) -> None:
    """End one session, whosever it is."""
    session = await with_id(session_id).using_db(work.connection).first().prefetch_related("user")
    if session is None:
        raise NotFound("This session has ended already.", "id")
    await session.delete(using_db=work.connection)
    work.audit(EventType.USER_SESSIONS_ENDED, of=session.user, before={"sessions": 1}, after={"sessions": 0})


@operation(Permission.USER_WRITE)
async def end_sessions_of(work: Work, user_id: str) -> int:
    """End every session of a user; how many there were."""
    user = await _locked(work, user_id)
    ended = await Session.filter(user_id=user.id).using_db(work.connection).delete()
    if ended:
        work.audit(EventType.USER_SESSIONS_ENDED, of=user, before={"sessions": ended}, after={"sessions": 0})
    return ended


@operation(Permission.USER_WRITE)
async def update_sign_in_rules(work: Work, changes: RuleChanges, expected_version: int | None = None) -> SignInRules:
    """Change what holds for every password, second factor and session. Passwords that there are stay as they are."""
    rules = await SignInRules.select_for_update().using_db(work.connection).get_or_none(id=RULES_ID)
    stored = rules is not None
    rules = rules or default_rules()
    check.version(rules.version, expected_version)
    before = _rules_told(rules)
    _apply(rules, changes)
    after = _rules_told(rules)
    if before == after:
        return rules
    rules.version += 1
    if stored:
        await rules.save(using_db=work.connection)
    else:
        await rules.save(using_db=work.connection, force_create=True)
    work.after.append(work.domain.rules.changed)
    work.audit(EventType.SIGN_IN_RULES_UPDATED, of=rules, before=before, after=after)
    return rules


async def add_user_elsewhere(work: Work, name: str, role: Role) -> User:
    """Somebody new who signs in elsewhere, and has no password here."""
    name = await _free_name(work, name, None)
    user = await User.create(using_db=work.connection, id=new_id(), name=name, password_hash=_NO_HASH, role=role)
    work.audit(EventType.USER_CREATED, of=user, after={"id": user.id, "name": name, "role": role.value})
    return user


async def drop_authenticator(work: Work, user: User) -> None:
    """The user has no authenticator any more, and no recovery codes if they have no passkeys either."""
    user.sealed_totp = user.sealed_next_totp = None
    await user.save(using_db=work.connection, update_fields=["sealed_totp", "sealed_next_totp", "passkeys"])
    await forget_unneeded_codes(work, user)
    work.audit(EventType.SECOND_FACTOR_REMOVED, of=user, before={"second_factor": True}, after={"second_factor": False})


def _told(user: User) -> dict[str, Any]:
    return {"name": user.name, "role": user.role.value, "enabled": user.enabled}


def _rules_told(rules: SignInRules) -> dict[str, Any]:
    return {
        "min_password_length": rules.min_password_length,
        "second_factor": rules.second_factor.value,
        "idle_timeout_s": rules.idle_timeout_s,
        "longest_token_days": rules.longest_token_days,
    }


def _apply(rules: SignInRules, changes: RuleChanges) -> None:
    if "min_password_length" in changes:
        rules.min_password_length = changes["min_password_length"]
        if not SHORTEST_MINIMUM <= rules.min_password_length <= min(_LONGEST_MINIMUM, MAX_LENGTH):
            raise ValidationFailed(f"This is {SHORTEST_MINIMUM} to {_LONGEST_MINIMUM} characters.", "minPasswordLength")
    rules.second_factor = changes.get("second_factor", rules.second_factor)
    if "idle_timeout_s" in changes:
        rules.idle_timeout_s = changes["idle_timeout_s"]
        if rules.idle_timeout_s is not None and not SHORTEST_IDLE_S <= rules.idle_timeout_s <= LONGEST_IDLE_S:
            raise ValidationFailed("This is 1 minute to 12 hours, or null for no such end.", "idleTimeout")
    if "longest_token_days" in changes:
        rules.longest_token_days = changes["longest_token_days"]
        if not 1 <= rules.longest_token_days <= LONGEST_TOKEN_DAYS:
            raise ValidationFailed(f"This is 1 to {LONGEST_TOKEN_DAYS} days.", "longestToken")


async def _locked(work: Work, user_id: str) -> User:
    user = await User.select_for_update().using_db(work.connection).get_or_none(id=user_id)
    if user is None:
        raise NotFound("There is no such user.", "id")
    return user


async def _free_name(work: Work, name: str, user: User | None) -> str:
    name = check.text(name, "name", longest=_NAME_LENGTH)
    taken = await User.filter(name__iexact=name).using_db(work.connection)
    if any(user is None or other.id != user.id for other in taken):
        raise Conflict(f"There is a user called {taken[0].name} already.", "name")
    return name


async def _give_password(work: Work, user: User, password: str, must_change: bool) -> User:
    if user.kind is UserKind.SERVICE:
        raise Conflict(f"{user.name} is a service account: it has tokens, and no password.", "name")
    user.password_hash = await hash_password(await check_password(work.domain, password, user.name))
    user.must_change_password = must_change
    await user.save(using_db=work.connection, update_fields=["password_hash", "must_change_password"])
    await Session.filter(user_id=user.id).using_db(work.connection).delete()
    await lift_wait(work.connection, user.name)
    work.audit(EventType.USER_PASSWORD_CHANGED, of=user, before={"password": "old"}, after={"password": "new"})
    return user
