"""What every deletion takes and answers."""

import strawberry

from doorward.graphql.errors import OperationError


@strawberry.input(description="What to delete.")
class DeleteInput:
    """An id, and optionally the version that the caller has seen."""

    id: strawberry.ID
    expected_version: int | None = None


@strawberry.type(description="The id of what was deleted, or why nothing was.")
class DeletedPayload:
    """Result of a deletion."""

    deleted_id: strawberry.ID | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)
