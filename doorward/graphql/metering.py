"""Every operation is paid for before it is done, whatever it comes over; what is not valid is paid for too."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextvars import ContextVar
from datetime import datetime, timedelta

import strawberry
from graphql import FragmentDefinitionNode, GraphQLError, OperationDefinitionNode, OperationType
from strawberry.extensions import SchemaExtension

from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.cost import KeptCosts
from doorward.graphql.errors import ErrorCode
from doorward.graphql.meter import Meter
from doorward.graphql.scalars import duration_text

INVALID = 10
"""The cost of a document that is read, and then found not to be valid."""
READING_PER_S = 10_000
"""The cost of a second in which documents are parsed and validated, which some can be made to take long."""
MOST_FOR_READING = 1_000
"""No more than this, however long it took: the thread may have done something else meanwhile."""
TOO_COSTLY = "TOO_COSTLY"
TIMED_OUT = "TIMED_OUT"

_costs = KeptCosts()
_cost: ContextVar[int] = ContextVar("cost of this operation")


def must_wait(seconds: int) -> str:
    """What a caller is told whose bucket is empty."""
    return f"You have asked for more than the server gives at a time. Try again in {seconds} s."


def waiting(seconds: int) -> dict[str, object]:
    """The same for programs, as the extensions of the error."""
    return {"code": ErrorCode.RATE_LIMITED.name, "retryAfter": duration_text(timedelta(seconds=seconds))}


class CostLimit(SchemaExtension):
    """Takes an operation's cost from its caller, or refuses it. A subscription is paid for when it begins."""

    reading_since: float | None = None

    def on_operation(self) -> Iterator[None]:
        try:
            yield
        finally:
            context = self.execution_context.context
            if self.reading_since is not None and isinstance(context, ApiContext) and context.meter is not None:
                context.meter.charge(context.actor, INVALID + self._reading(context.meter))

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context.context
        if isinstance(context, ApiContext) and context.meter is not None:
            self.reading_since = context.meter.timer()
        yield

    def on_execute(self) -> Iterator[None]:
        context = self.execution_context.context
        if isinstance(context, ApiContext) and context.meter is not None:
            cost = self._cost()
            context.meter.charge(context.actor, self._reading(context.meter))
            self.reading_since = None
            limit = context.meter.limits.most_cost
            if cost > limit:
                context.meter.charge(context.actor, INVALID)
                raise GraphQLError(
                    f"This costs {cost:,}, and at most {limit:,} is done at a time. "
                    "Ask for shorter pages, or for fewer lists inside of lists.",
                    extensions={"code": TOO_COSTLY, "cost": cost, "limit": limit},
                )
            wait_s = context.meter.spend(context.actor, cost)
            if wait_s:
                raise GraphQLError(must_wait(wait_s), extensions=waiting(wait_s))
            _cost.set(cost)
        yield

    def _reading(self, meter: Meter) -> int:
        """What it costs to have parsed and validated the document: next to nothing where that was done before."""
        if self.reading_since is None:
            return 0
        return min(int((meter.timer() - self.reading_since) * READING_PER_S), MOST_FOR_READING)

    def _cost(self) -> int:
        context = self.execution_context
        document = context.graphql_document
        definitions = document.definitions if document else ()
        fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
        operation = _operation(definitions, context.operation_name)
        return _costs.of(context.schema._schema, operation, fragments).of(context.variables or {})


def _operation(definitions: Iterable[object], name: str | None) -> OperationDefinitionNode:
    return next(
        one
        for one in definitions
        if isinstance(one, OperationDefinitionNode) and (name is None or (one.name and one.name.value == name))
    )


class TimeLimit(SchemaExtension):
    """Ends a query that takes too long. A change is never cut off in its middle: the endpoint stops waiting for it."""

    async def on_execute(self) -> AsyncIterator[None]:
        context = self.execution_context
        meter = context.context.meter if isinstance(context.context, ApiContext) else None
        if meter is None or context.operation_type.value != OperationType.QUERY.value:
            yield
            return
        try:
            async with asyncio.timeout(meter.limits.execution_s):
                yield
        except TimeoutError as error:
            raise timed_out(meter.limits.execution_s) from error


def timed_out(seconds: float) -> GraphQLError:
    """What is told of a query that took too long."""
    return GraphQLError(
        f"This takes longer than {seconds:g} s, so it was stopped. Ask for less at a time.",
        extensions={"code": TIMED_OUT},
    )


@strawberry.type(
    description="What requests cost, and what the caller may still spend. Costs are in docs/reference/limits.md."
)
class RateLimit:
    """The caller's bucket after this request."""

    cost: int = strawberry.field(description="What this request costs; this field costs nothing.")
    cost_limit: int = strawberry.field(description="The most that one request may cost.")
    limit: int = strawberry.field(description="The most that there is to spend at once.")
    remaining: int = strawberry.field(description="What there is to spend now.")
    reset_at: datetime = strawberry.field(description="When all of it will be there again, if nothing else is asked.")


@strawberry.type
class RateLimitQuery:
    """Queries about the limits of the API."""

    @strawberry.field(
        description="What this request costs and what the caller may still spend; null where nothing is counted. "
        "Needs no permission."
    )
    async def rate_limit(self, info: ApiInfo) -> RateLimit | None:
        context = info.context
        if context.meter is None:
            return None
        return RateLimit(
            cost=_cost.get(0),
            cost_limit=context.meter.limits.most_cost,
            limit=context.meter.at_once(context.actor),
            remaining=context.meter.left(context.actor),
            reset_at=context.meter.full_at(context.actor),
        )
