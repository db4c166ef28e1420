"""What a decision says: outcome, reason, trace, and what it would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec

from doorward.acs.decision.card_format import CardToken
from doorward.acs.decision.memory import Change, Memory, Waiter
from doorward.acs.decision.policy import CardholderPolicy, CredentialPolicy, IdentificationType, Side
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.trace import TraceStep


class Outcome(StrEnum):
    """What was decided. WAITING: nothing speaks against it yet, but something or somebody more must be shown."""

    GRANTED = "granted"
    """The door is released."""
    DENIED = "denied"
    """The door stays as it is; the reason says why."""
    WAITING = "waiting"
    """Nothing speaks against it yet, but something or somebody more must be shown."""


class DoorResponse(StrEnum):
    """What a grant does to the door: release it once, toggle it (double swipe), or put it in lockdown."""

    RELEASE = "release"
    TOGGLE = "toggle"
    LOCKDOWN = "lockdown"


class Notice(StrEnum):
    """What somebody must be told besides the outcome."""

    DURESS = "duress"
    TRACED = "traced"
    ANTI_PASSBACK = "anti_passback"
    LOCKED_OUT = "locked_out"


class Move(msgspec.Struct, frozen=True):
    """Where those who pass come to be: in `zone_id`, or in no zone (None). Holds once the door has opened."""

    zone_id: str | None
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class Decision(msgspec.Struct, frozen=True, gc=False):
    """The outcome, why, for whom and where (as far as that became known), and the trace.

    `changes` hold whatever the outcome; `move` is for the moment the door opens. `companions` pass together with
    the cardholder. `credentials` are all that were shown, if several. `long`: the long access time applies.
    """

    outcome: Outcome
    reason: Reason
    trace: tuple[TraceStep, ...]
    door_id: str | None = None
    side: Side | None = None
    token: CardToken | None = None
    credential_id: str | None = None
    cardholder_id: str | None = None
    rule_id: str | None = None
    response: DoorResponse = DoorResponse.RELEASE
    long: bool = False
    notices: tuple[Notice, ...] = ()
    companions: tuple[Waiter, ...] = ()
    move: Move | None = None
    changes: tuple[Change, ...] = ()
    credentials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoorCondition:
    """What decisions must know of a door's present state. `closed` and `locked` are None when that is not known."""

    lockdown: bool = False
    online: bool = True
    closed: bool | None = True
    locked: bool | None = True


@dataclass(frozen=True, slots=True)
class Conditions:
    """The world at the moment of a decision, besides the policy.

    `doors` by id: a door that is missing is one whose state is not known here (another controller's, perhaps).
    `connected`: the server, and through it the other controllers, can be reached. `contact_age_s`: since when
    it could not.
    """

    memory: Memory = field(default_factory=Memory)
    doors: Mapping[str, DoorCondition] = field(default_factory=dict)
    connected: bool = True
    clock_ok: bool = True
    contact_age_s: float = 0.0


class Draft(msgspec.Struct, gc=False):
    """A decision in the making: what the checks have found so far. Lives only inside one call of `decide`.

    `types` is what was shown, `used` the credentials it turned out to be. A struct, because one is made for every
    badge, and nothing is made faster.
    """

    now: datetime
    trace: list[TraceStep]
    outcome: Outcome = Outcome.DENIED
    types: frozenset[IdentificationType] = frozenset()
    used: tuple[CredentialPolicy, ...] = ()
    cardholder: CardholderPolicy | None = None
    token: CardToken | None = None
    rule_id: str | None = None
    response: DoorResponse = DoorResponse.RELEASE
    long: bool = False
    notices: tuple[Notice, ...] = ()
    companions: tuple[Waiter, ...] = ()
    move: Move | None = None
    changes: tuple[Change, ...] = ()

    def passed(self, check: str, detail: str) -> None:
        """Note a check that speaks for going on."""
        self.trace.append(TraceStep(check, True, detail))

    def denied(self, check: str, reason: Reason, detail: str = "") -> Reason:
        """Note the check that ends the decision; returns its reason."""
        self.trace.append(TraceStep(check, False, detail or reason.value))
        return reason

    def waits(self, check: str, reason: Reason, detail: str = "") -> Reason:
        """Note what is missing; returns the reason. The outcome will be WAITING."""
        self.outcome = Outcome.WAITING
        return self.denied(check, reason, detail)
