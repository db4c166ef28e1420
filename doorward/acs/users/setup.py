"""The first administrator, made over the web by whoever has seen the server's console or its data directory.

While there is no user, the server keeps a one-time token. It is the only way in, and the first who comes with it
takes it: two at once are one that succeeds and one that is refused.
"""

import asyncio
import hmac
import os
import secrets
from pathlib import Path

from doorward.acs.actor import PERMISSIONS, Actor, Role
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, Unauthenticated
from doorward.acs.users.failures import must_wait
from doorward.acs.users.models import User
from doorward.acs.users.operations import create_first_user
from doorward.acs.users.sessions import Caller
from doorward.acs.users.sign_in import SignedIn, begin_session

_TOKEN_BYTES = 16
_DONE = "This installation is set up. Sign in, or ask one of its administrators."


async def prepare_set_up(domain: Domain, path: Path) -> str | None:
    """The token of an installation without users, which is in `path` (mode 0600) too; None when there are users."""
    if await User.exists():
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return None
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await asyncio.to_thread(_write, path, token)
    domain.set_up_token = token
    return token


def _write(path: Path, token: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{token}\n")


async def is_set_up_due(domain: Domain) -> bool:
    """Whether the first administrator can be made over the web: there is a token, and there is nobody yet."""
    return domain.set_up_token is not None and not await User.exists()


async def set_up(domain: Domain, token: str, name: str, password: str, caller: Caller) -> SignedIn:
    """Make the first administrator and sign them in. Raises Conflict once there is a user, whoever made them."""
    wait = domain.sign_ins.wait(caller.address)
    if wait.total_seconds() > 0:
        raise must_wait(wait)
    if not await is_set_up_due(domain):
        raise Conflict(_DONE)
    if not hmac.compare_digest(token.strip().encode(), (domain.set_up_token or "").encode()):
        domain.sign_ins.failed(caller.address)
        raise Unauthenticated("This is not the set-up token. It is on the server's console.", "token")
    actor = Actor(None, "first set-up", PERMISSIONS[Role.ADMINISTRATOR], "set_up", caller.address)
    user = await create_first_user(domain, actor, name, password)
    domain.set_up_token = None
    return await begin_session(domain, user, caller, by="set_up")
