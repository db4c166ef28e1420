"""What can go wrong with the simulator, in words for the person who runs it."""


class SimulatorError(Exception):
    """The root; the message says where and what to do."""
