"""The present state of auxiliary inputs and outputs, as their controllers tell it. In memory only."""

from doorward.acs.decision.supervision import InputState
from doorward.acs.messages import InputStatus, OutputStatus
from doorward.acs.versions import Versions


class LiveLines:
    """Statuses by the id of the input or output, and who is told that any has changed. One event loop owns it."""

    def __init__(self) -> None:
        self._inputs: dict[str, tuple[str, InputStatus]] = {}
        self._outputs: dict[str, tuple[str, OutputStatus]] = {}
        self.versions = Versions()

    def update(self, controller_id: str, status: InputStatus | OutputStatus) -> None:
        """A controller reports an input or an output of its own."""
        if isinstance(status, InputStatus):
            self._inputs[status.input_id] = controller_id, status
            self.versions.changed(status.input_id)
        else:
            self._outputs[status.output_id] = controller_id, status
            self.versions.changed(status.output_id)

    def detach(self, controller_id: str) -> None:
        """A controller is gone: nothing is known of what hangs on it."""
        for known in (self._inputs, self._outputs):
            gone = [key for key, (owner, _) in known.items() if owner == controller_id]
            for key in gone:
                del known[key]
            self.versions.changed(*gone)

    def input(self, input_id: str) -> InputStatus:
        """The present state of an input; unknown while its controller is away."""
        known = self._inputs.get(input_id)
        return known[1] if known is not None else InputStatus(input_id, InputState.UNKNOWN)

    def output(self, output_id: str) -> OutputStatus:
        """The present state of an output; unknown while its controller is away."""
        known = self._outputs.get(output_id)
        return known[1] if known is not None else OutputStatus(output_id, None)
