"""Everything in the API says what it is, in words of its own."""

import re
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from doorward.acs.decision.policy import Side
from doorward.graphql import words
from doorward.graphql.paging import PageInfo
from doorward.graphql.schema import build_schema

_TO_DO = """
    AccessDifference AccessOutcome AccessRule AccessRuleFilter AccessRuleMembersInput AccessRulePart
    AccessSpan AddFloorInput AlarmNews AllowUnsignedPlatesInput AntiPassback AssignRolesInput Assumption
    AssumptionMade AuxInput AuxInputState AuxStates BeginOidcLinkInput BeginPasskeyInput BitOrder Bookmark
    BookmarkOrder Camera CameraState CaptureBusInput CapturePayload Card CardField CardFieldInput CardFormat
    CardFormatInput CardOwner CardParity CardParityInput CardReading CardTrial Cardholder
    CardholderFilterInput CardholderName ChangeAccessRuleMembersInput ChangeKind ChangePasswordInput
    ChangePinInput ChangedField Circuit CommandAuxOutputInput CommandKind CommandStatus
    ConfirmSecondFactorInput Controller ControllerBuses CopyDoorInput CreateAccessRuleInput
    CreateAuxInputInput CreateCardCredentialInput CreateCardFormatInput CreateCardInput CreateCardholderInput
    CreateCustomFieldInput CreateDoorInput CreateElevatorInput CreateGpioDeviceInput
    CreateHolidayCalendarInput CreateIdentificationProfileInput CreateIpDeviceInput CreateMobileInput
    CreateOsdpDeviceInput CreateOsdpModuleInput CreatePinInput CreatePlateInput CreateQrInput
    CreateServiceAccountInput CreateSignalSetInput Credential CredentialCondition CredentialKind
    CredentialName CredentialStatus CustomField CustomFieldFilter CustomFieldKind CustomFieldOrder
    CustomFieldValue DecisionExplanation DecisionStep DeleteCustomFieldInput DeletedPayload Device
    DeviceCapability DeviceIdentity DeviceKind DeviceListFilter DeviceListOrder DeviceOrder Door DoorCommand
    DoorCondition DoorConfiguration DoorConfigurationFilter DoorFact DoorInput DoorInputInput DoorKind
    DoorLock DoorLockInput DoorMode DoorPosition DoorSetting DoorSide DoorSource DoorState DraftChangeInput
    DraftComparison DraftScheduleInput DraftZoneDoorsInput Elevator EmergencyAction EnrolmentCodePayload
    EntityChange EntityKind ErrorCode Event EventCategory EventFilter EventKind FillHolidayCalendarInput
    FirstToDo FloorInput ForgiveCardholderInput ForgiveEverybodyInput ForgiveZoneInput GpioDevice GpioInput
    GpioInputInput GpioOutput GpioOutputInput Grant GrantInput Group GroupRole GroupRoleInput HeldPrivilege
    Holiday HolidayCalendar HolidayCountry HolidayInput HolidaySource HolidaySourceInput IdentificationMethod
    IdentificationMethodInput IdentificationProfile IdentificationType ImportInput InputPurpose InputState
    Interlock Interval IntervalInput IpDevice UpdateAccessRuleInput UpdateAuxInputInput UpdateCardFormatInput
    UpdateCardInput UpdateCardholderInput UpdateCredentialInput UpdateCustomFieldInput UpdateDoorInput
    UpdateGpioDeviceInput UpdateIdentificationProfileInput UpdateIpDeviceInput
"""
TO_DO = frozenset(_TO_DO.split())
"""Types whose parts do not all say yet what they are."""
_ARTICLES = re.compile(r"^(the|a|an|its|whether) ")


def described(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """A type and all its parts by name, with what is said of each."""
    yield kind.name, kind.description
    if isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            yield f"{kind.name}.{name}", value.description
    elif isinstance(kind, GraphQLInputObjectType):
        for name, given in kind.fields.items():
            yield f"{kind.name}.{name}", given.description
    elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field.description
            for of, argument in field.args.items():
                yield f"{kind.name}.{name}({of})", argument.description


def everything(but: frozenset[str] = TO_DO) -> list[tuple[str, str]]:
    """All of the schema but what GraphQL itself says."""
    return [
        (name, text or "")
        for kind in build_schema()._schema.type_map.values()
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind) and kind.name not in but
        for name, text in described(kind)
    ]


def test_every_type_field_argument_and_value_is_described() -> None:
    assert [name for name, text in everything() if not text.strip()] == []


def test_descriptions_are_sentences_of_one_paragraph() -> None:
    ragged = [
        (name, text)
        for name, text in everything()
        if text and (not text.endswith((".", "?")) or not (text[0].isupper() or not text[0].isalpha()))
    ]
    assert [each for each in ragged if not _begins_with_a_name(each[1])] == []
    assert [name for name, text in everything() if "  " in text or text != text.strip()] == []


def test_no_description_is_only_the_name_again() -> None:
    assert [(name, text) for name, text in everything() if text and _letters(text) == _own_name(name)] == []


def test_an_input_has_the_words_of_what_it_is_for_but_not_when_that_is_hidden() -> None:
    said = dict(everything(but=frozenset()))
    assert said["UpdateCardholderInput.doubleSwipe"] == said["Cardholder.doubleSwipe"]
    assert said["UpdateCardholderInput.notes"] + " Null without personal.view." == said["Cardholder.notes"]


def test_a_filter_does_not_say_what_null_means_of_a_row() -> None:
    said = dict(everything(but=frozenset()))
    assert "Null" in said["DoorConfiguration.controllerId"]
    assert "Null" not in said["DoorConfigurationFilter.controllerId"]


class _Loader:
    """Has the source of one class."""

    def get_source(self, _: str) -> str:
        """Fields over one line and over several, with and without words."""
        return '''
class Told:
    """What it is."""

    short: int
    """One line."""
    silent: int
    long: list[int] = field(
        default_factory=list
    )
    """Several lines
    with a "quote" in them.
    """

    def method(self) -> None:
        """No field."""
'''


def test_what_stands_under_a_field_is_read_however_long_both_are(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("doorward.told")
    module.__loader__ = _Loader()  # type: ignore[assignment]
    monkeypatch.setitem(sys.modules, "doorward.told", module)
    said = {"short": "One line.", "long": 'Several lines with a "quote" in them.'}
    assert words._words_in("doorward.told") == {"Told": said}


@pytest.mark.parametrize("loader", [None, object()])
def test_without_the_source_of_a_module_there_are_only_fewer_words(
    monkeypatch: pytest.MonkeyPatch, loader: object
) -> None:
    monkeypatch.setattr(sys.modules[PageInfo.__module__], "__loader__", loader)
    words._words_in.cache_clear()
    try:
        assert words._words_of(PageInfo) == {}
        assert words._words_of(Side)
    finally:
        words._words_in.cache_clear()


def _begins_with_a_name(text: str) -> bool:
    """As in `node finds it`, `mDNS ...`: a word that is written as it is."""
    return re.match(r"[a-z]+[A-Z0-9_/.-]", text) is not None


def _own_name(name: str) -> str:
    """The last part of a name: a field's, an argument's or a value's."""
    return re.sub(r"[^a-z]", "", re.split(r"[.(]", name)[-1].lower())


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", _ARTICLES.sub("", text.lower()))
