"""What answering questions keeps between them: the policy asked about last, and the people gone through last."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decision import Outcome
from doorward.acs.decision.policy import Policy
from doorward.acs.decision.reason import Reason


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """All doors and all people under one policy; no credentials, which are read for each question.

    `controllers`: by door id, whose door it is.
    """

    policy: Policy
    compiled: CompiledPolicy
    controllers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Passer:
    """What would be decided of one cardholder, by which credential, and by which rule and schedule (its name)."""

    sort_name: str
    cardholder_id: str
    outcome: Outcome
    reason: Reason
    credential_id: str | None
    rule_id: str | None
    schedule: str | None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody whom a rule names at a door side, by name, as decided for the moment `at`.

    `key`: the policy's version and what was asked. `made_at`: when.
    """

    key: tuple[object, ...]
    made_at: datetime
    at: datetime
    people: list[Passer]
    counts: Counter[tuple[Outcome, Reason]]


@dataclass(eq=False, slots=True)
class Kept:
    """The policy, the right to make it anew, and the turn of whoever goes through many people: one at a time."""

    site: SitePolicy | None = None
    crowd: Crowd | None = None
    making: asyncio.Lock = field(default_factory=asyncio.Lock)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
