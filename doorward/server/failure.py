"""What is answered outside of GraphQL when something is refused."""

from starlette.responses import JSONResponse, Response

from doorward.acs.errors import AcsError, Busy, Conflict, NotFound, NotPermitted, Unauthenticated

_STATUSES: dict[type[AcsError], int] = {
    Unauthenticated: 401,
    NotPermitted: 403,
    NotFound: 404,
    Conflict: 409,
    Busy: 503,
}


def failure(error: AcsError) -> Response:
    """The error as its status, and its sentence as JSON."""
    return JSONResponse({"error": error.message}, _STATUSES.get(type(error), 400))
