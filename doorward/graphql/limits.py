"""How much the API takes and gives, as the site has it. The defaults are meant to be met by nobody but by mistake."""

import enum

import msgspec

from doorward.acs.buckets import Rate


class Introspection(enum.Enum):
    """Who may ask what the schema is."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed-in"
    NOBODY = "nobody"


class Documents(enum.Enum):
    """What may be asked."""

    ANY = "any"
    PERSISTED = "persisted"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits that a site may set. Costs are those of `cost.py`; docs/reference/limits.md says it in full."""

    most_cost: int = 20_000
    """Of one request."""
    cost_at_once: int = 200_000
    cost_per_second: int = 4_000
    anonymous_cost_at_once: int = 5_000
    """Of everybody at one address who has not signed in."""
    anonymous_cost_per_second: int = 200
    commands_at_once: int = 5
    """Of one user to one door, zone or output."""
    commands_per_second: float = 1.0
    execution_s: float = 30.0
    body_s: float = 30.0
    """So long the body of a request may take to arrive."""
    connections: int = 2_000
    """WebSockets that are open and requests that are being answered."""
    connections_of_address: int = 200
    introspection: Introspection = Introspection.SIGNED_IN
    documents: Documents = Documents.ANY

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, int | float) and not 0 < value < float("inf"):
                raise ValueError(f"{name} must be more than zero, and finite")

    @property
    def signed_in(self) -> Rate:
        """Each user's or token's."""
        return Rate(self.cost_at_once, self.cost_per_second)

    @property
    def anonymous(self) -> Rate:
        """Each address's."""
        return Rate(self.anonymous_cost_at_once, self.anonymous_cost_per_second)

    @property
    def commands(self) -> Rate:
        """Each user's to each door, zone or output."""
        return Rate(self.commands_at_once, self.commands_per_second)


MAX_BODY_BYTES = 1_536 * 1024
MAX_UPLOAD_BYTES = 65 * 1024 * 1024
"""Of a request with a file in it."""
LARGEST_BODIES = {"application/json": MAX_BODY_BYTES, "multipart/form-data": MAX_UPLOAD_BYTES}
"""By content type: all that the API takes, and how large it may be."""
MAX_MESSAGE_BYTES = 1024 * 1024
"""Of a WebSocket."""
