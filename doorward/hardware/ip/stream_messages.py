"""What a controller tells the process that looks at a stream, and what that sees: lines of JSON."""

import msgspec

from doorward.acs.devices import WHOLE_PICTURE, Region


class StreamJob(msgspec.Struct, frozen=True):
    """Which stream to look at, and where in its picture."""

    url: str
    region: Region = WHOLE_PICTURE

    def __repr__(self) -> str:
        """Without the address: it may have a password."""
        return "StreamJob()"


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """A code has come into view. `prompt`: the picture is one of now."""

    text: str
    prompt: bool

    def __repr__(self) -> str:
        """Without the text: it opens doors."""
        return f"Seen(prompt={self.prompt})"


class Alive(msgspec.Struct, frozen=True, tag="alive"):
    """Pictures arrive. Told once a second."""


class Lost(msgspec.Struct, frozen=True, tag="lost"):
    """The stream has ended or cannot be opened, for this reason; the process ends."""

    reason: str


Sighting = Seen | Alive | Lost
