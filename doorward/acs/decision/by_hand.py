"""Auxiliary outputs that somebody switches by hand: a hold lies above what the rules want, until its end. Pure."""

from datetime import datetime
from enum import StrEnum

import msgspec


class HandAction(StrEnum):
    """What can be done to an output by hand. `AUTO`: give it back to its rules."""

    ON = "on"
    """On, until its end or until it is given back."""
    OFF = "off"
    """Off, until its end or until it is given back."""
    PULSE = "pulse"
    """On for so long, then as its rules want it."""
    AUTO = "auto"
    """Given back: as its rules want it, from now on."""


class ByHand(msgspec.Struct, frozen=True, array_like=True):
    """A hold: ON, OFF or PULSE, until when (aware UTC; None: until somebody gives it back), who set it and by which
    command. A pulse always has an end."""

    action: HandAction
    until: datetime | None
    user_id: str
    command_id: str

    @property
    def on(self) -> bool:
        """Whether the output is on as long as it is held."""
        return self.action is not HandAction.OFF
