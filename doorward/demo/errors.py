"""What can go wrong with the demo, in words for the person who runs it."""


class DemoError(Exception):
    """The root; the message says what to do."""


class SiteMissing(DemoError):
    """The data directory holds no demo site, or only half of one."""


class NoSimulation(DemoError):
    """No simulation is running for the data directory."""


class ActRefused(DemoError):
    """The running simulation cannot do what it was asked."""


class ChildFailed(DemoError):
    """A process that the demo started did not come up, or died."""
