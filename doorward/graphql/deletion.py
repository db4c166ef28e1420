"""What every deletion answers. It takes an id, and where the object has one the version that the caller has seen."""

import strawberry

from doorward.graphql.errors import OperationError


@strawberry.type(description="The id of what was deleted, or why nothing was.")
class DeletedPayload:
    """Result of a deletion."""

    deleted_id: strawberry.ID | None = None
    """What is gone. Null where nothing was deleted."""
    errors: list[OperationError] = strawberry.field(default_factory=list)
