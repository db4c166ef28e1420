"""Failures as the API tells them: expected ones typed, in words; unexpected ones masked, with an id in the log."""

import enum
import logging
from collections.abc import Iterator

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from doorward.acs.errors import (
    AcsError,
    Busy,
    Conflict,
    ControllerOffline,
    Expired,
    NotFound,
    NotPermitted,
    RateLimited,
    Unauthenticated,
    ValidationFailed,
)
from doorward.acs.identity import new_id

logger = logging.getLogger(__name__)


@strawberry.enum(description="What kind of failure it is.")
class ErrorCode(enum.Enum):
    """Stable codes for programs."""

    VALIDATION = "validation"
    CONFLICT = "conflict"
    NOT_FOUND = "not_found"
    PERMISSION = "permission"
    UNAUTHENTICATED = "unauthenticated"
    EXPIRED = "expired"
    CONTROLLER_OFFLINE = "controller_offline"
    BUSY = "busy"
    RATE_LIMITED = "rate_limited"


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
}


@strawberry.type(description="Why a mutation did nothing.")
class OperationError:
    """One reason."""

    code: ErrorCode
    message: str = strawberry.field(description="A sentence for the person who can mend it.")
    path: list[str] = strawberry.field(description="The input field concerned; empty when none is.")
    retry_after_s: int | None = strawberry.field(
        default=None, description="With RATE_LIMITED: so many seconds to wait before the next attempt."
    )
    version: int | None = strawberry.field(
        default=None, description="With CONFLICT at expectedVersion: the version that is in force."
    )

    @classmethod
    def of(cls, error: AcsError) -> "OperationError":
        """The typed form of a domain error."""
        return cls(
            code=code_of(error),
            message=error.message,
            path=list(error.path),
            retry_after_s=_wait_of(error),
            version=_version_of(error),
        )


def _wait_of(error: AcsError) -> int | None:
    return error.seconds if isinstance(error, RateLimited) else None


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


def tell(error: GraphQLError) -> GraphQLError:
    """The error as the caller may see it."""
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        return error
    if isinstance(original, AcsError):
        extensions: dict[str, object] = {"code": code_of(original).name}
        if isinstance(original, RateLimited):
            extensions["retryAfterS"] = original.seconds
        return GraphQLError(original.message, nodes=error.nodes, path=error.path, extensions=extensions)
    incident = new_id()
    logger.error("request failed, incident %s", incident, exc_info=original)
    return GraphQLError(
        f"Something went wrong on the server. Tell its administrator this incident number: {incident}.",
        nodes=error.nodes,
        path=error.path,
        extensions={"code": "INTERNAL", "incident": incident},
    )
