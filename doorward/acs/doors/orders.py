"""Orders for the maintenance of devices that are under way or have ended, in memory; and questions to controllers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from doorward.acs.errors import ControllerOffline
from doorward.acs.identity import new_id
from doorward.acs.messages import (
    ORDER_ENDS,
    Bus,
    BusQuery,
    BusReport,
    Captured,
    Order,
    OrderProgress,
    OrderStep,
    ToController,
)

MOST_KEPT = 100
MOST_CAPTURES = 10
"""Of the latest captures the bytes are kept, until the server stops."""
ANSWER_S = 5.0
LOST = "The controller was lost. What it began ends by itself."

_TOLD = frozenset({OrderStep.KEY_SENT, OrderStep.RUNNING})

Send = Callable[[str, ToController], bool]


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order, where it went, and how far it came. `device_told`: the device may have done what it was to do."""

    controller_id: str
    order: Order
    progress: OrderProgress
    device_told: bool = False
    captured: bytes = field(default=b"", repr=False)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.progress.step in ORDER_ENDS


class Orders:
    """One event loop owns it."""

    def __init__(self) -> None:
        self._states: dict[str, OrderState] = {}
        self._questions: dict[str, tuple[str, asyncio.Future[tuple[Bus, ...]]]] = {}
        self._changed = asyncio.Event()

    def busy(self, device_id: str) -> bool:
        """Whether an order is under way at the device."""
        return any(state.order.device_id == device_id and not state.ended for state in self._states.values())

    def begin(self, controller_id: str, order: Order, send: Send) -> OrderState:
        """Send an order. Raises ControllerOffline."""
        if not send(controller_id, order):
            raise ControllerOffline("The device's controller is not connected. Nothing was done.")
        self._states[order.id] = OrderState(controller_id, order, OrderProgress(order.id, OrderStep.WAITING))
        for order_id in [key for key, state in self._states.items() if state.ended][: -MOST_KEPT or None]:
            del self._states[order_id]
        return self._states[order.id]

    def state(self, order_id: str) -> OrderState | None:
        """An order of this run of the server."""
        return self._states.get(order_id)

    def note(self, controller_id: str, news: OrderProgress | Captured) -> OrderState | None:
        """A controller tells of an order. The order if it has ended by this."""
        state = self._states.get(news.id)
        if state is None or state.controller_id != controller_id or state.ended:
            return None
        if isinstance(news, Captured):
            self._put(replace(state, captured=state.captured + news.data))
            return None
        told = state.device_told or news.step in _TOLD
        state = replace(state, progress=news, device_told=told)
        self._put(state)
        return state if state.ended else None

    def lost(self, controller_id: str) -> None:
        """A controller is gone."""
        for state in list(self._states.values()):
            if state.controller_id == controller_id and not state.ended:
                news = OrderProgress(state.order.id, OrderStep.FAILED, LOST)
                self._put(replace(state, progress=news, device_told=True))
        for asked, future in list(self._questions.values()):
            if asked == controller_id and not future.done():
                future.set_exception(ControllerOffline("The controller was lost."))

    async def buses(self, controller_id: str, send: Send) -> tuple[Bus, ...]:
        """Ask a controller for its buses. Raises ControllerOffline, also when it does not answer in time."""
        query = BusQuery(new_id())
        future: asyncio.Future[tuple[Bus, ...]] = asyncio.get_running_loop().create_future()
        self._questions[query.id] = controller_id, future
        try:
            if not send(controller_id, query):
                raise ControllerOffline("The controller is not connected.")
            return await asyncio.wait_for(future, ANSWER_S)
        except TimeoutError as error:
            raise ControllerOffline("The controller did not answer in time.") from error
        finally:
            del self._questions[query.id]

    def answer(self, controller_id: str, report: BusReport) -> None:
        """A controller answers."""
        asked, future = self._questions.get(report.id, ("", None))
        if asked == controller_id and future is not None and not future.done():
            future.set_result(report.buses)

    def _put(self, state: OrderState) -> None:
        self._states[state.order.id] = state
        with_bytes = [key for key, one in self._states.items() if one.captured]
        for order_id in with_bytes[:-MOST_CAPTURES]:
            self._states[order_id] = replace(self._states[order_id], captured=b"")
