"""Extensions cost a subscription nothing for each event that went well: those that add nothing are not asked."""

from typing import Any

import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.extensions.context import StreamResultContextManager
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.types import ExecutionContext, StreamExecutionResult


class _Runner(SchemaExtensionsRunner):
    """Strawberry's, for extensions that look at an event's result only when it has errors."""

    def __init__(self, execution_context: ExecutionContext, extensions: list[SchemaExtension] | None = None) -> None:
        super().__init__(execution_context, extensions)
        self._adding = [one for one in self.extensions if type(one).get_results is not SchemaExtension.get_results]

    def on_stream_result(self, result: StreamExecutionResult) -> StreamResultContextManager:
        """Around the sending of a result."""
        failed = getattr(result, "errors", True)
        return StreamResultContextManager(self.extensions if failed else [], result)

    async def get_extensions_results(self, ctx: ExecutionContext) -> dict[str, Any]:
        """What extensions add to a result."""
        return await super().get_extensions_results(ctx) if self._adding else ctx.extensions_results


class Schema(strawberry.Schema):
    """Strawberry's, with that runner."""

    def create_extensions_runner(
        self, execution_context: ExecutionContext, extensions: list[SchemaExtension]
    ) -> SchemaExtensionsRunner:
        return _Runner(execution_context, extensions)
