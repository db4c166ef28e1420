"""The present state of auxiliary inputs and outputs, as their controllers tell it. In memory only."""

import asyncio

from doorward.acs.decision.supervision import InputState
from doorward.acs.messages import InputStatus, OutputStatus


class LiveLines:
    """Statuses by the id of the input or output, and who is told that any has changed. One event loop owns it."""

    def __init__(self) -> None:
        self._inputs: dict[str, tuple[str, InputStatus]] = {}
        self._outputs: dict[str, tuple[str, OutputStatus]] = {}
        self._watches: set[asyncio.Event] = set()

    def update(self, controller_id: str, status: InputStatus | OutputStatus) -> None:
        """A controller reports an input or an output of its own."""
        if isinstance(status, InputStatus):
            self._inputs[status.input_id] = controller_id, status
        else:
            self._outputs[status.output_id] = controller_id, status
        self._tell()

    def detach(self, controller_id: str) -> None:
        """A controller is gone: nothing is known of what hangs on it."""
        self._inputs = {key: known for key, known in self._inputs.items() if known[0] != controller_id}
        self._outputs = {key: known for key, known in self._outputs.items() if known[0] != controller_id}
        self._tell()

    def input(self, input_id: str) -> InputStatus:
        """The present state of an input; unknown while its controller is away."""
        known = self._inputs.get(input_id)
        return known[1] if known is not None else InputStatus(input_id, InputState.UNKNOWN)

    def output(self, output_id: str) -> OutputStatus:
        """The present state of an output; unknown while its controller is away."""
        known = self._outputs.get(output_id)
        return known[1] if known is not None else OutputStatus(output_id, None)

    def watch(self) -> asyncio.Event:
        """Begin to watch: it is set whenever anything changes. Give it back to `unwatch`."""
        watch = asyncio.Event()
        self._watches.add(watch)
        return watch

    def unwatch(self, watch: asyncio.Event) -> None:
        """Stop watching."""
        self._watches.discard(watch)

    def _tell(self) -> None:
        for watch in self._watches:
            watch.set()
