"""The thread that takes in policies for a controller: checks, keeps and compiles them while cards are decided.

The controller goes on under the old policy until the new one is ready, and then changes over in one turn.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.live_policy import LivePolicy
from doorward.acs.decision.patch import PolicyStore
from doorward.acs.decision.policy import Policy
from doorward.acs.devices import Wiring
from doorward.acs.messages import PolicyDelta, PolicyRefused, PolicySnapshot
from doorward.acs.policy.content import content_after, content_of
from doorward.acs.policy.garbage import leave_alone, no_full_collections
from doorward.hardware.errors import PolicyUnkept
from doorward.hardware.policy_file import PolicyFile

logger = logging.getLogger(__name__)

SAVE_RETRY_S = 5.0


@dataclass(frozen=True, slots=True)
class ReadyPolicy:
    """A policy with its wiring, ready to rule by. `unkept` says why it is not on the disk ("": it is)."""

    compiled: CompiledPolicy
    content: str
    wiring: Wiring
    unkept: str = ""


@dataclass(frozen=True, slots=True)
class PolicyKept:
    """What could not be kept is on the disk now."""


class _Linked:
    """The server is another, or heard nothing of what it was told last."""


PolicyNews = ReadyPolicy | PolicyRefused | PolicyKept
_Queued = PolicySnapshot | PolicyDelta | _Linked | None


class PolicyWorker:
    """Runs from `start` to `stop`. `tell` is called in its thread and must return at once."""

    def __init__(self, file: PolicyFile, tell: Callable[[PolicyNews], None]) -> None:
        self._file = file
        self._tell = tell
        self._live = LivePolicy(PolicyStore(Policy(0, "UTC")))
        self._wiring = Wiring()
        self._saved = True
        self._refused = False
        self._queue: queue.SimpleQueue[_Queued] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="controller-policy", daemon=True)

    def load(self) -> ReadyPolicy | None:
        """Before `start`: the policy that was kept, if any. Raises SealBroken and PolicyUnkept."""
        with no_full_collections():
            kept = self._file.load()
        if kept is None:
            return None
        self._live, self._wiring = LivePolicy(kept[0]), kept[1]
        with no_full_collections():
            ready = self._ready("")
        leave_alone(len(self._store))
        return ready

    def start(self) -> None:
        """Begin to take in what is put."""
        self._thread.start()

    def put(self, message: PolicySnapshot | PolicyDelta) -> None:
        """A message of the server; any thread may."""
        self._queue.put(message)

    def linked(self) -> None:
        """There is a new link: a refusal that the server has not answered is told again."""
        self._queue.put(_Linked())

    def stop(self) -> None:
        """Take in what was put before, and end."""
        if self._thread.ident is not None:
            self._queue.put(None)
            self._thread.join()

    @property
    def _store(self) -> PolicyStore:
        return self._live.store

    def _run(self) -> None:
        while True:
            batch = self._wait()
            try:
                self._take_all([item for item in batch if item is not None])
            except Exception:
                logger.exception("a policy cannot be taken in; the one before still rules")
                # After a whole policy, to ask for another one would go on for ever.
                if batch and isinstance(batch[-1], PolicyDelta):
                    self._refuse()
            if None in batch:
                return

    def _wait(self) -> list[_Queued]:
        """Everything that was put, or nothing when it is time to try to save again."""
        try:
            batch = [self._queue.get(timeout=None if self._saved else SAVE_RETRY_S)]
        except queue.Empty:
            return []
        while not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    def _take_all(self, items: list[PolicySnapshot | PolicyDelta | _Linked]) -> None:
        if not items and not self._saved and not self._save_whole():
            self._tell(PolicyKept())
        with no_full_collections():
            taken = [problem for item in items if (problem := self._take(item)) is not None]
            if taken:
                self._tell(self._ready(taken[-1]))
        if any(isinstance(item, PolicySnapshot) for item in items):
            leave_alone(len(self._store))

    def _take(self, message: PolicySnapshot | PolicyDelta | _Linked) -> str | None:
        """Take one in and keep it: why it is not kept ("": it is), or None when nothing has changed."""
        if isinstance(message, _Linked):
            self._refused = False
            return None
        if isinstance(message, PolicySnapshot):
            self._live, self._wiring = LivePolicy(PolicyStore(message.policy)), message.wiring
            self._store.content = self._store.content or content_of(message.policy, message.wiring)
            self._refused = False
            return self._save_whole()
        if not self._fits(message):
            self._refuse()
            return None
        self._live.apply(message.changes, message.version, message.content)
        if message.wiring is not None:
            self._wiring = message.wiring
        return self._save_changes(message) if self._saved else self._save_whole()

    def _fits(self, delta: PolicyDelta) -> bool:
        store = self._store
        if (delta.base_version, delta.base_content) != (store.version, store.content):
            return False
        return content_after(store, self._wiring, delta.changes, delta.wiring) == delta.content

    def _refuse(self) -> None:
        if not self._refused:
            self._refused = True
            self._tell(PolicyRefused(self._store.version, self._store.content))

    def _save_whole(self) -> str:
        try:
            self._file.save(self._store, self._wiring)
        except PolicyUnkept as error:
            return self._not_saved(error)
        self._saved = True
        return ""

    def _save_changes(self, delta: PolicyDelta) -> str:
        try:
            self._file.save_changes(self._store, delta.changes, self._wiring)
        except PolicyUnkept as error:
            return self._not_saved(error)
        return ""

    def _not_saved(self, error: PolicyUnkept) -> str:
        logger.error("%s", error)
        self._saved = False
        return str(error)

    def _ready(self, unkept: str) -> ReadyPolicy:
        return ReadyPolicy(self._live.compiled(), self._store.content, self._wiring, unkept)
