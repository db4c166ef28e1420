"""The schema: every area's queries, mutations and subscriptions, and the limits that each request meets."""

import strawberry
from strawberry.extensions import (
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    ValidationCache,
)
from strawberry.tools import merge_types

from doorward.graphql.cameras import CameraQuery
from doorward.graphql.doors import DoorMutation, DoorQuery, DoorSubscription
from doorward.graphql.errors import TellErrors
from doorward.graphql.events import EventQuery, EventSubscription
from doorward.graphql.holidays import HolidayMutation, HolidayQuery
from doorward.graphql.overrides import OverrideMutation, OverrideQuery
from doorward.graphql.people import PeopleMutation, PeopleQuery
from doorward.graphql.rules import RuleQuery
from doorward.graphql.schedules import ScheduleMutation, ScheduleQuery
from doorward.graphql.site import SiteMutation, SiteQuery
from doorward.graphql.users import UserMutation, UserQuery

MAX_DEPTH = 10
MAX_TOKENS = 2_000
MAX_ALIASES = 30
_CACHED_DOCUMENTS = 200


def build_schema() -> strawberry.Schema:
    """The schema, ready to serve."""
    return strawberry.Schema(
        query=merge_types(
            "Query",
            (
                UserQuery,
                PeopleQuery,
                DoorQuery,
                RuleQuery,
                CameraQuery,
                EventQuery,
                ScheduleQuery,
                OverrideQuery,
                HolidayQuery,
                SiteQuery,
            ),
        ),
        mutation=merge_types(
            "Mutation",
            (
                UserMutation,
                PeopleMutation,
                DoorMutation,
                ScheduleMutation,
                OverrideMutation,
                HolidayMutation,
                SiteMutation,
            ),
        ),
        subscription=merge_types("Subscription", (EventSubscription, DoorSubscription)),
        extensions=[
            lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
            lambda: MaxAliasesLimiter(max_alias_count=MAX_ALIASES),
            lambda: QueryDepthLimiter(max_depth=MAX_DEPTH),
            lambda: ParserCache(maxsize=_CACHED_DOCUMENTS),
            lambda: ValidationCache(maxsize=_CACHED_DOCUMENTS),
            TellErrors,
        ],
    )


def print_schema() -> str:
    """The schema in GraphQL's own language, as `schema.graphql` keeps it."""
    return build_schema().as_str() + "\n"
