"""What those share who make the examples' site: when it is, who is there, and what they have named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from doorward.acs.actor import COMMAND_LINE
from tests.fake_authenticator import FakeAuthenticator
from tests.world import START, Site, World

NOW = START + timedelta(minutes=5)
"""When the examples run; what they run on was made before."""
PASSWORD = "correct horse battery"
SET_UP_TOKEN = "a token from the console"
ORIGIN = "https://doors.example"
"""Where browsers find the site."""
ADMINISTRATOR = "Dana"
WITH_SECOND_FACTOR, BEGINS_SECOND_FACTOR = "Noor", "Iris"
WITH_PASSKEY = "Mina"
OPERATOR = "Owen"
NOBODY = ""
EMPTY = "setUp"
"""What runs where there is no user yet."""
WHO = {
    "makeRecoveryCodes": WITH_SECOND_FACTOR,
    "dropSecondFactor": WITH_SECOND_FACTOR,
    "confirmSecondFactor": BEGINS_SECOND_FACTOR,
    "renamePasskey": WITH_PASSKEY,
    "removeOwnPasskey": WITH_PASSKEY,
    "beginPasskeySignIn": NOBODY,
    "signInWithPasskey": NOBODY,
    "signIn": NOBODY,
    "pairMobile": NOBODY,
    EMPTY: NOBODY,
}
"""Who runs an example, if not the administrator."""


@dataclass
class Prepared:
    """Of each variable its value, of some examples values of their own, and the session of each user."""

    values: dict[str, Any] = field(default_factory=dict)
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    device: FakeAuthenticator = field(default_factory=lambda: FakeAuthenticator(ORIGIN))
    """Keeps the passkeys of the site's users."""

    def name(self, **values: Any) -> None:
        """Say what variables are, in whatever example they are."""
        self.values.update(values)

    def only(self, *examples: str, **values: Any) -> None:
        """Say what they are in these examples."""
        for example in examples:
            self.own.setdefault(example, {}).update(values)

    def of(self, example: str) -> Mapping[str, Any]:
        """The values for one example."""
        return {**self.values, **self.own.get(example, {})}


@dataclass(frozen=True, slots=True)
class Making:
    """The site as far as it is made."""

    world: World
    site: Site
    made: Prepared

    async def do(self, operation: Any, *given: Any, **named: Any) -> Any:
        """Carry out an operation."""
        return await operation(self.world.domain, COMMAND_LINE, *given, **named)
