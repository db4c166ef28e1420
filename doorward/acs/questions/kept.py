"""What answering questions keeps between them: the site's policy of the last version that was asked about."""

import asyncio
from dataclasses import dataclass, field

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.policy import Policy


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """All doors and all people under one policy; no credentials, which are read for each question.

    `controllers`: by door id, whose door it is.
    """

    policy: Policy
    compiled: CompiledPolicy
    controllers: dict[str, str]


@dataclass(eq=False, slots=True)
class Kept:
    """The policy, the right to make it anew, and the turn of whoever goes through many people: one at a time."""

    site: SitePolicy | None = None
    making: asyncio.Lock = field(default_factory=asyncio.Lock)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
