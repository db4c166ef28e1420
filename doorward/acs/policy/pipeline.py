"""What one controller is sent, message after message, so that it decides by the present policy."""

from dataclasses import dataclass
from functools import partial

from doorward.acs.domain import Domain
from doorward.acs.messages import PolicyDelta, PolicySnapshot
from doorward.acs.operation import SITE_ID
from doorward.acs.policy.changes import ChangedIds, changes_since
from doorward.acs.policy.delta import Delta, load_delta, pick_delta, with_dependents
from doorward.acs.policy.digests import Digests
from doorward.acs.policy.parts import Scope
from doorward.acs.policy.reading import aside, consistent
from doorward.acs.policy.snapshot import Whole, compile_whole
from doorward.acs.site.models import Site

MOST_IN_LOOP = 500
"""More changed entities than this (an import, a zone that many rules name) are read aside: they take long."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read for a delta to a version; None: it is not known what changed, or that was too many to read."""

    version: int
    delta: Delta | None = None
    too_many: bool = False


class PolicyFeed:
    """The policy of one controller as far as it was sent. One task uses it."""

    def __init__(self, domain: Domain, controller_id: str) -> None:
        self._domain = domain
        self._controller_id = controller_id
        self._version = 0
        self._content = ""
        self._digests: Digests | None = None

    def begin(self, version: int, content: str) -> None:
        """What the controller says that it runs; version 0: it needs a whole policy."""
        self._version, self._content = version, content
        self._digests = None

    async def next(self) -> PolicySnapshot | PolicyDelta | None:
        """The message that brings the controller up to date; None when it is. It counts as sent."""
        if self._digests is not None:
            read = await self._read(MOST_IN_LOOP)
            if read.too_many:
                read = await aside(partial(self._read, None))
            if read.delta is not None:
                self._digests.update(read.delta.digests())
                return self._sent(read.version, self._digests.content, read.delta)
        return await self._from_the_whole()

    async def _read(self, most: int | None) -> "_Read":
        """What changed since the last message, unless it is more than `most` entities."""
        async with consistent():
            present = (await Site.get(id=SITE_ID)).policy_version
            changed = await changes_since(self._version, present)
            if changed is None:
                return _Read(present)
            changed = await with_dependents(changed)
            if most is not None and sum(map(len, changed.values())) > most:
                return _Read(present, too_many=True)
            return _Read(present, await load_delta(Scope(self._domain, self._controller_id), changed))

    async def _from_the_whole(self) -> PolicySnapshot | PolicyDelta | None:
        """A whole policy is compiled; it is sent unless a delta out of it will do."""
        whole, changed = await aside(partial(self._compile, self._version))
        self._digests = whole.digests
        policy = whole.snapshot.policy
        if policy.content != self._content and (changed is None or policy.version == self._version):
            self._version, self._content = policy.version, policy.content
            return whole.snapshot
        return self._sent(policy.version, policy.content, pick_delta(whole.snapshot, changed or {}))

    async def _compile(self, since: int) -> tuple[Whole, ChangedIds | None]:
        async with consistent():
            whole = await compile_whole(Scope(self._domain, self._controller_id))
            changed = await changes_since(since, whole.snapshot.policy.version)
            if changed is not None:
                changed = await with_dependents(changed)
        return whole, changed

    def _sent(self, version: int, content: str, delta: Delta) -> PolicyDelta | None:
        base_version, base_content = self._version, self._content
        if (version, content) == (base_version, base_content):
            return None
        self._version, self._content = version, content
        return PolicyDelta(base_version, base_content, version, content, delta.changes, delta.wiring)
