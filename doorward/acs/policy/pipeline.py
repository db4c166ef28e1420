"""What one controller is sent, message after message, so that it decides by the present policy."""

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
            async with consistent():
                present = (await Site.get(id=SITE_ID)).policy_version
                changed = await changes_since(self._version, present)
                if changed is not None:
                    changed = await with_dependents(changed)
                    delta = await load_delta(Scope(self._domain, self._controller_id), changed)
            if changed is not None:
                self._digests.update(delta.digests())
                return self._sent(present, self._digests.content, delta)
        return await self._from_the_whole()

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
        return PolicyDelta(base_version, base_content, version, content, delta.changes, delta.devices)
