"""Debouncing an input: a change counts only once it has been stable for a while. Times are monotonic ms."""

from dataclasses import dataclass, replace

from doorward.acs.decision.supervision import InputState

MAX_DEBOUNCE_MS = 400
"""IEC 60839-11-1: an input that is active for more than 400 ms must be processed, so none may wait longer."""


@dataclass(frozen=True, slots=True)
class Debounce:
    """One input: what counts (None: nothing yet), and what it was last heard to be, since when."""

    stable: InputState | None = None
    heard: InputState | None = None
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class Debounced:
    """The input after it was heard; `change` is what counts from now on, if that is new.

    At `deadline_ms` what is heard now will count, unless it changes again: give it once more then.
    """

    state: Debounce
    change: InputState | None = None
    deadline_ms: int | None = None


def debounce(state: Debounce, raw: InputState, now_ms: int, debounce_ms: int) -> Debounced:
    """Hear `raw` at `now_ms`. What was stable long enough before it counts first, however late one is told.

    Raises ValueError for a debounce time that would hide what must be processed (above 400 ms), or a negative one.
    """
    if not 0 <= debounce_ms <= MAX_DEBOUNCE_MS:
        raise ValueError(f"a debounce time is 0-{MAX_DEBOUNCE_MS} ms, not {debounce_ms}")
    settled = _settled(state, now_ms, debounce_ms)
    if raw is not state.heard:
        settled = _settled(replace(settled, heard=raw, since_ms=now_ms), now_ms, debounce_ms)
    change = settled.stable if settled.stable is not state.stable else None
    waits = settled.heard is not settled.stable
    return Debounced(settled, change, settled.since_ms + debounce_ms if waits else None)


def _settled(state: Debounce, now_ms: int, debounce_ms: int) -> Debounce:
    if state.heard is None or now_ms < state.since_ms + debounce_ms:
        return state
    return replace(state, stable=state.heard)
