"""What holds for every second factor, whatever it is: an authenticator or a passkey."""

from doorward.acs.errors import Conflict
from doorward.acs.operation import Work
from doorward.acs.users.models import OidcLink, RecoveryCode, User
from doorward.acs.users.standing_rules import needs_second_factor


async def may_lose_a_factor(work: Work, user: User) -> None:
    """Raise when the site requires a second factor, and this is the user's last one."""
    may = await work.domain.privileges.of(user)
    if needs_second_factor(await work.domain.rules.now(), may.permissions):
        raise Conflict("This site requires a second factor of you. An administrator can remove a lost one.")


async def forget_unneeded_codes(work: Work, user: User) -> None:
    """Recovery codes stand in for a second factor: who has none any more needs none."""
    if not user.has_second_factor:
        await RecoveryCode.filter(user_id=user.id).using_db(work.connection).delete()


async def has_another_way(work: Work, user: User) -> bool:
    """Whether the user signs in elsewhere too."""
    links = OidcLink.filter(user_id=user.id, provider__enabled=True)
    return await links.using_db(work.connection).exists()
