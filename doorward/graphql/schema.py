"""The schema: every area's queries, mutations and subscriptions, and the limits that each request meets."""

from functools import cache

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext

from doorward.graphql.account import AccountMutation, AccountQuery
from doorward.graphql.cameras import CameraQuery, CameraSubscription
from doorward.graphql.changes import ChangeSubscription
from doorward.graphql.controllers import ControllerMutation, ControllerQuery
from doorward.graphql.custom_fields import CustomFieldMutation, CustomFieldQuery
from doorward.graphql.device_list import DeviceListQuery
from doorward.graphql.devices import DeviceMutation, DeviceQuery
from doorward.graphql.documents import ParsedDocuments, ValidatedDocuments, document_limits
from doorward.graphql.door_configuration import DoorConfigurationMutation, DoorConfigurationQuery
from doorward.graphql.doors import DoorMutation, DoorQuery, DoorSubscription
from doorward.graphql.elevators import ElevatorMutation, ElevatorQuery
from doorward.graphql.enrolment import CredentialMutation, CredentialQuery
from doorward.graphql.errors import TellErrors, tell
from doorward.graphql.events import EventQuery, EventSubscription
from doorward.graphql.executor import Executor
from doorward.graphql.extension_runner import Schema
from doorward.graphql.formats import FormatMutation, FormatQuery
from doorward.graphql.gpio_devices import GpioDeviceMutation, GpioDeviceQuery
from doorward.graphql.groups import GroupMutation, GroupQuery
from doorward.graphql.holidays import HolidayMutation, HolidayQuery
from doorward.graphql.introspection import IntrospectionLimit, is_hidden, without_guess
from doorward.graphql.ip_devices import IpDeviceMutation, IpDeviceQuery
from doorward.graphql.jobs import JobMutation, JobQuery, JobSubscription
from doorward.graphql.line_states import LineStateMutation, LineStateQuery, LineStateSubscription
from doorward.graphql.local_io import LocalIoMutation, LocalIoQuery
from doorward.graphql.local_rules import LocalRuleMutation, LocalRuleQuery
from doorward.graphql.metering import CostLimit, RateLimitQuery, TimeLimit
from doorward.graphql.motion import MotionMutation, MotionQuery
from doorward.graphql.nodes import NodeQuery
from doorward.graphql.oidc import OidcMutation, OidcQuery
from doorward.graphql.osdp import OsdpMutation, OsdpQuery
from doorward.graphql.overrides import OverrideMutation, OverrideQuery
from doorward.graphql.passkeys import PasskeyMutation, PasskeyQuery
from doorward.graphql.people import PeopleMutation, PeopleQuery
from doorward.graphql.plain_input import PlainInput
from doorward.graphql.presence import PresenceMutation, PresenceQuery
from doorward.graphql.profiles import ProfileMutation, ProfileQuery
from doorward.graphql.questions import QuestionQuery
from doorward.graphql.reader_configuration import ReaderMutation
from doorward.graphql.reader_settings import ReaderSettingsMutation, ReaderSettingsQuery
from doorward.graphql.reader_signals import ReaderSignalsMutation, ReaderSignalsQuery
from doorward.graphql.recordings import RecordingMutation, RecordingQuery
from doorward.graphql.roles import RoleMutation, RoleQuery
from doorward.graphql.rules import RuleMutation, RuleQuery
from doorward.graphql.scalars import SCALARS
from doorward.graphql.schedules import ScheduleMutation, ScheduleQuery
from doorward.graphql.site import SiteMutation, SiteQuery
from doorward.graphql.threats import ThreatMutation, ThreatQuery
from doorward.graphql.tokens import TokenMutation, TokenQuery
from doorward.graphql.users import UserMutation, UserQuery
from doorward.graphql.webhooks import WebhookMutation, WebhookQuery
from doorward.graphql.wiegand_devices import WiegandDeviceMutation, WiegandDeviceQuery
from doorward.graphql.words import describe
from doorward.graphql.zone_commands import ZoneCommandMutation
from doorward.graphql.zones import ZoneMutation, ZoneQuery

MAX_TOKENS = 2_000

_QUERIES = (
    AccountQuery,
    CameraQuery,
    ControllerQuery,
    CredentialQuery,
    CustomFieldQuery,
    DeviceListQuery,
    DeviceQuery,
    DoorConfigurationQuery,
    DoorQuery,
    ElevatorQuery,
    EventQuery,
    FormatQuery,
    GpioDeviceQuery,
    GroupQuery,
    HolidayQuery,
    IpDeviceQuery,
    JobQuery,
    LineStateQuery,
    LocalIoQuery,
    LocalRuleQuery,
    MotionQuery,
    OidcQuery,
    NodeQuery,
    OsdpQuery,
    OverrideQuery,
    PasskeyQuery,
    PeopleQuery,
    PresenceQuery,
    ProfileQuery,
    QuestionQuery,
    RateLimitQuery,
    ReaderSettingsQuery,
    ReaderSignalsQuery,
    RecordingQuery,
    RoleQuery,
    RuleQuery,
    ScheduleQuery,
    SiteQuery,
    ThreatQuery,
    TokenQuery,
    UserQuery,
    WebhookQuery,
    WiegandDeviceQuery,
    ZoneQuery,
)
_MUTATIONS = (
    AccountMutation,
    ControllerMutation,
    CredentialMutation,
    CustomFieldMutation,
    DeviceMutation,
    DoorConfigurationMutation,
    DoorMutation,
    ElevatorMutation,
    FormatMutation,
    GpioDeviceMutation,
    GroupMutation,
    HolidayMutation,
    IpDeviceMutation,
    JobMutation,
    LineStateMutation,
    LocalIoMutation,
    LocalRuleMutation,
    MotionMutation,
    OidcMutation,
    OsdpMutation,
    OverrideMutation,
    PasskeyMutation,
    PeopleMutation,
    PresenceMutation,
    ProfileMutation,
    ReaderMutation,
    ReaderSettingsMutation,
    ReaderSignalsMutation,
    RecordingMutation,
    RoleMutation,
    RuleMutation,
    ScheduleMutation,
    SiteMutation,
    ThreatMutation,
    TokenMutation,
    UserMutation,
    WebhookMutation,
    WiegandDeviceMutation,
    ZoneCommandMutation,
    ZoneMutation,
)
_SUBSCRIPTIONS = (
    CameraSubscription,
    ChangeSubscription,
    DoorSubscription,
    EventSubscription,
    JobSubscription,
    LineStateSubscription,
)
ROOTS = {"Query": _QUERIES, "Mutation": _MUTATIONS, "Subscription": _SUBSCRIPTIONS}
"""What each root type is put together from: one class for each area."""


class _Schema(Schema):
    """Writes no log of requests that are wrong, which could fill it, and masks what fails outside of a resolver too."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Each error as its caller may see it."""
        errors[:] = [tell(error) for error in errors]
        if execution_context is not None and is_hidden(execution_context.context):
            errors[:] = [without_guess(error) for error in errors]


@cache
def build_schema() -> strawberry.Schema:
    """The schema, ready to serve. It knows nothing of a domain, so that there is one for the process."""
    schema = _Schema(
        query=merge_types("Query", _QUERIES),
        mutation=merge_types("Mutation", _MUTATIONS),
        subscription=merge_types("Subscription", _SUBSCRIPTIONS),
        execution_context_class=Executor,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[
            CostLimit,
            lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
            document_limits,
            ParsedDocuments,
            ValidatedDocuments,
            IntrospectionLimit,
            PlainInput,
            TimeLimit,
            TellErrors,
        ],
    )
    describe(schema._schema)
    return schema


def print_schema() -> str:
    """The schema in GraphQL's own language, as `schema.graphql` keeps it."""
    return build_schema().as_str() + "\n"
