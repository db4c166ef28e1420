"""Failures as the API tells them: expected ones typed, in words; unexpected ones masked, with an id in the log."""

import enum
import logging
from collections.abc import Iterator
from datetime import timedelta

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import StreamExecutionResult

from doorward.acs.errors import (
    AcsError,
    Busy,
    Conflict,
    ControllerOffline,
    Expired,
    FellBehind,
    NotFound,
    NotPermitted,
    RateLimited,
    Unauthenticated,
    ValidationFailed,
)
from doorward.acs.identity import new_id
from doorward.graphql.paging import encode_cursor
from doorward.graphql.scalars import duration_text

logger = logging.getLogger(__name__)


@strawberry.enum(description="What kind of failure it is.")
class ErrorCode(enum.Enum):
    """Stable codes for programs."""

    VALIDATION = "validation"
    """What was sent cannot be taken as it is; the message says what to mend, and where."""
    CONFLICT = "conflict"
    """It clashes with what is there: another version is in force, a name is taken, or something is in use."""
    NOT_FOUND = "not_found"
    """There is no such thing, or it is not for the caller to see."""
    PERMISSION = "permission"
    """The caller lacks a permission for it."""
    UNAUTHENTICATED = "unauthenticated"
    """Nobody is signed in, or a password, code or token is wrong or no longer valid."""
    EXPIRED = "expired"
    """It came too late: its time was over before it was carried out."""
    CONTROLLER_OFFLINE = "controller_offline"
    """The controller is not connected, so that nothing was sent."""
    BUSY = "busy"
    """The server cannot do it at this moment; try again."""
    RATE_LIMITED = "rate_limited"
    """The caller has asked for more than its share; wait, and try again."""
    SLOW_CONSUMER = "slow_consumer"
    """The subscriber read too slowly, and events were dropped; subscribe again after its last cursor."""


_CODES: dict[type[AcsError], ErrorCode] = {
    ValidationFailed: ErrorCode.VALIDATION,
    Conflict: ErrorCode.CONFLICT,
    NotFound: ErrorCode.NOT_FOUND,
    NotPermitted: ErrorCode.PERMISSION,
    Unauthenticated: ErrorCode.UNAUTHENTICATED,
    Expired: ErrorCode.EXPIRED,
    ControllerOffline: ErrorCode.CONTROLLER_OFFLINE,
    Busy: ErrorCode.BUSY,
    RateLimited: ErrorCode.RATE_LIMITED,
    FellBehind: ErrorCode.SLOW_CONSUMER,
}


@strawberry.type(description="Why a mutation did nothing.")
class OperationError:
    """One reason."""

    code: ErrorCode
    """What kind of failure it is, for programs."""
    message: str = strawberry.field(description="A sentence for the person who can mend it.")
    path: list[str] = strawberry.field(description="The input field concerned; empty when none is.")
    retry_after: timedelta | None = strawberry.field(
        default=None, description="With RATE_LIMITED: so long to wait before the next attempt. Null otherwise."
    )
    version: int | None = strawberry.field(
        default=None, description="With CONFLICT at expectedVersion: the version that is in force. Null otherwise."
    )

    @classmethod
    def of(cls, error: AcsError) -> "OperationError":
        """The typed form of a domain error."""
        return cls(
            code=code_of(error),
            message=error.message,
            path=list(error.path),
            retry_after=_wait_of(error),
            version=_version_of(error),
        )


def _wait_of(error: AcsError) -> timedelta | None:
    return timedelta(seconds=error.seconds) if isinstance(error, RateLimited) else None


def _version_of(error: AcsError) -> int | None:
    return error.version if isinstance(error, Conflict) else None


def code_of(error: AcsError) -> ErrorCode:
    """The stable code of a domain error."""
    return next((_CODES[kind] for kind in type(error).__mro__ if kind in _CODES), ErrorCode.VALIDATION)


class TellErrors(SchemaExtension):
    """Domain errors keep their words and get their code; anything else is logged under an id and masked."""

    def on_operation(self) -> Iterator[None]:
        yield
        result = self.execution_context.result
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = [tell(error) for error in errors]  # type: ignore[union-attr]

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """The same for each answer of a subscription, which is sent before the operation ends."""
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = [tell(error) for error in errors]  # type: ignore[union-attr]
        yield


def tell(error: GraphQLError) -> GraphQLError:
    """The error as the caller may see it."""
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        return error
    if isinstance(original, MissingQueryError | CannotGetOperationTypeError):
        return GraphQLError("Send a query, and the name of the operation where it has several.")
    if isinstance(original, AcsError):
        extensions: dict[str, object] = {"code": code_of(original).name}
        if isinstance(original, RateLimited):
            extensions["retryAfter"] = duration_text(timedelta(seconds=original.seconds))
        if isinstance(original, FellBehind):
            extensions["after"] = encode_cursor(str(original.position))
        return GraphQLError(original.message, nodes=error.nodes, path=error.path, extensions=extensions)
    incident = new_id()
    logger.error("request failed, incident %s", incident, exc_info=original)
    return GraphQLError(
        f"Something went wrong on the server. Tell its administrator this incident number: {incident}.",
        nodes=error.nodes,
        path=error.path,
        extensions={"code": "INTERNAL", "incident": incident},
    )
