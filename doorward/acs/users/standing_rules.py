"""The site's rules of signing in, as every request needs them: read anew every few seconds only."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field

from doorward.acs.actor import Permission
from doorward.acs.users.models import SecondFactor, SignInRules

RULES_ID = "site"
FRESH_S = 2.0
"""Another process (the command line) may have changed them."""


def default_rules() -> SignInRules:
    """What holds while nobody has changed anything."""
    return SignInRules(
        id=RULES_ID,
        min_password_length=10,
        second_factor=SecondFactor.OPTIONAL,
        idle_timeout_s=None,
        longest_token_days=365,
        version=1,
    )


def needs_second_factor(rules: SignInRules, permissions: Collection[Permission]) -> bool:
    """Whether who may all this must have a second factor. Who manages users is an administrator, however named."""
    if rules.second_factor is SecondFactor.ADMINISTRATORS:
        return Permission.USER_WRITE in permissions
    return rules.second_factor is SecondFactor.EVERYBODY


@dataclass(slots=True)
class StandingRules:
    """The rules as they were last read."""

    _rules: SignInRules = field(default_factory=default_rules)
    _read_at_s: float = float("-inf")

    async def now(self) -> SignInRules:
        """The rules, not older than `FRESH_S`."""
        if time.monotonic() - self._read_at_s >= FRESH_S:
            self._rules = await SignInRules.get_or_none(id=RULES_ID) or default_rules()
            self._read_at_s = time.monotonic()
        return self._rules

    def changed(self) -> None:
        """Read them anew next time."""
        self._read_at_s = float("-inf")
