"""What passes on a bus, counted: who answers, how fast, and what goes wrong.

The tap sees the bytes of both directions as they are, holds no key and changes nothing. Any thread may read the
counters; one writes them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from doorward.acs.messages import LATENCY_BOUNDS_MS, LineCounters
from doorward.hardware.osdp.frame import ACK, NAK, POLL, Frame, Framer

OnFrame = Callable[[Frame], None]


@dataclass(slots=True)
class _Counts:
    commands: int = 0
    replies: int = 0
    naks: int = 0
    damaged: int = 0
    unanswered: int = 0
    repeated: int = 0
    out_of_turn: int = 0
    latency: list[int] = field(default_factory=lambda: [0] * (len(LATENCY_BOUNDS_MS) + 1))
    last_sequence: int = -1
    answered: bool = True
    had_nothing: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    address: int
    sequence: int
    code: int
    at: float


class Tap:
    """Counts by address. Each is called with an address: `on_reply` for an intact reply, `on_damage` for another,
    `on_silence` when a command was not answered, `on_empty` when a device had nothing to tell to a poll.

    The tap cannot check a MAC. That libosdp did is seen from its next command, which has the next sequence number:
    after a reply that it refuses it repeats the number or begins anew. `on_empty` waits for that.
    """

    def __init__(
        self,
        on_reply: Callable[[int], None],
        on_damage: Callable[[int], None],
        on_silence: Callable[[int], None],
        on_empty: Callable[[int], None],
    ) -> None:
        self.on_frame: OnFrame | None = None
        self._on_reply = on_reply
        self._on_damage = on_damage
        self._on_silence = on_silence
        self._on_empty = on_empty
        self._counts: dict[int, _Counts] = {}
        self._asked: _Asked | None = None
        self._commands, self._replies = Framer(), Framer()

    @property
    def waits(self) -> bool:
        """Whether a command has no reply yet."""
        return self._asked is not None

    def counters(self, address: int) -> LineCounters:
        """What was counted of a device so far."""
        counts = self._counts.get(address, _Counts())
        return LineCounters(
            commands=counts.commands,
            replies=counts.replies,
            naks=counts.naks,
            damaged=counts.damaged,
            unanswered=counts.unanswered,
            repeated=counts.repeated,
            out_of_turn=counts.out_of_turn,
            latency=tuple(counts.latency),
        )

    def sent(self, data: bytes, now: float) -> None:
        """The control panel wrote these bytes."""
        self._commands.drop()
        for frame in self._commands.feed(data):
            self._end_wait()
            counts = self._of(frame.address)
            counts.commands += 1
            if not counts.answered and frame.sequence == counts.last_sequence:
                counts.repeated += 1
            if counts.had_nothing and frame.sequence == counts.last_sequence % 3 + 1:
                self._on_empty(frame.address)
            counts.last_sequence, counts.answered, counts.had_nothing = frame.sequence, False, False
            self._asked = _Asked(frame.address, frame.sequence, frame.code, now)
            self._show(frame)

    def received(self, data: bytes, now: float) -> None:
        """These bytes arrived."""
        for frame in self._replies.feed(data):
            self._show(frame)
            if not frame.intact:
                self._damaged()
            elif frame.is_reply:
                self._replied(frame, now)

    def reset(self) -> None:
        """The line begins anew; nothing is waited for."""
        self._asked = None
        for counts in self._counts.values():
            counts.had_nothing = False
        self._commands.drop()
        self._replies.drop()

    def _replied(self, frame: Frame, now: float) -> None:
        asked, counts = self._asked, self._of(frame.address)
        if asked is None or (frame.address, frame.sequence) != (asked.address, asked.sequence):
            counts.out_of_turn += 1
            return
        self._asked = None
        counts.replies += 1
        counts.naks += frame.code == NAK
        counts.answered = True
        counts.had_nothing = asked.code == POLL and frame.code == ACK
        counts.latency[_bucket((now - asked.at) * 1000)] += 1
        self._on_reply(frame.address)

    def _end_wait(self) -> None:
        """The panel goes on; what was not answered by now will not be."""
        if self._replies.drop():
            self._damaged()
        if self._asked is not None:
            self._of(self._asked.address).unanswered += 1
            self._on_silence(self._asked.address)
            self._asked = None

    def _damaged(self) -> None:
        if self._asked is not None:
            self._of(self._asked.address).damaged += 1
            self._on_damage(self._asked.address)

    def _of(self, address: int) -> _Counts:
        return self._counts.setdefault(address, _Counts())

    def _show(self, frame: Frame) -> None:
        if self.on_frame is not None:
            self.on_frame(frame)


def _bucket(milliseconds: float) -> int:
    for index, bound in enumerate(LATENCY_BOUNDS_MS):
        if milliseconds <= bound:
            return index
    return len(LATENCY_BOUNDS_MS)
