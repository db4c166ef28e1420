"""What webhooks need of the running server: to send a request, and to hear of changes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A POST to send."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: a status with the beginning of the body, or `error`, a sentence why there is none."""

    elapsed_ms: int
    status: int | None = None
    body: bytes = b""
    retry_after: str | None = None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether the receiver has taken it."""
        return self.status is not None and 200 <= self.status < 300


Post = Callable[[Outgoing], Awaitable[Answer]]
"""Sends one request; never raises for what the network or the receiver does."""


@dataclass(slots=True)
class LiveWebhooks:
    """Set by the server that sends them. Without one (on the command line) nothing is sent."""

    post: Post | None = None
    allow_http: bool = False
    changed: Callable[[str], None] = lambda _: None
    """Something about this webhook has changed: look at it now."""
