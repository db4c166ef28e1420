"""Identification profiles in the API."""

from typing import Annotated, cast

import strawberry
from strawberry import UNSET

from doorward.acs.decision import policy
from doorward.acs.profiles import models as profiles_rows
from doorward.acs.profiles.operations import (
    NewProfile,
    ProfileChanges,
    create_profile,
    delete_profile,
    update_profile,
)
from doorward.acs.profiles.queries import ProfileParts, list_profiles, page_profiles
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import IdentificationType, NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, listed


@strawberry.type(description="A combination that is accepted: all its types are needed.")
class IdentificationMethod:
    """A combination, accepted while any of its schedules applies; without schedules always."""

    types: list[IdentificationType]
    """One to three, all of which must be shown."""
    schedule_ids: list[strawberry.ID]
    """When it is accepted; none: always."""


@strawberry.type(description="What must be shown at the doors that use it, on each side.")
class IdentificationProfile(Node):
    """An identification profile."""

    id: strawberry.ID
    name: str
    facility_code: bool = strawberry.field(description="Whether the facility code of a card must match too.")
    side_a: list[IdentificationMethod]
    """What is accepted at readers on side A, 16 combinations at most; none: nothing."""
    side_b: list[IdentificationMethod]
    """What is accepted at readers on side B, 16 combinations at most; none: nothing."""
    door_ids: list[strawberry.ID] = strawberry.field(description="The doors that use it, by name.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, parts: ProfileParts) -> "IdentificationProfile":
        """The profile as the API shows it."""
        return cls(
            id=strawberry.ID(parts.profile.id),
            name=parts.profile.name,
            facility_code=parts.profile.facility,
            side_a=[_shown(method) for method in parts.side_a],
            side_b=[_shown(method) for method in parts.side_b],
            door_ids=[strawberry.ID(door.id) for door in parts.doors],
            version=parts.profile.version,
        )


def _shown(method: policy.Method) -> IdentificationMethod:
    return IdentificationMethod(
        types=list(method.types), schedule_ids=[strawberry.ID(schedule) for schedule in method.schedules]
    )


@strawberry.input(description="A combination to accept: one to three types. No schedules: always.")
class IdentificationMethodInput:
    """See IdentificationMethod."""

    types: list[IdentificationType]
    schedule_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """When it is accepted; none: always."""


@strawberry.input(description="An identification profile to create.")
class CreateIdentificationProfileInput(Keyed):
    """See IdentificationProfile."""

    name: str
    side_a: list[IdentificationMethodInput] = strawberry.field(default_factory=list)
    side_b: list[IdentificationMethodInput] = strawberry.field(default_factory=list)
    facility_code: bool = True


@strawberry.input(
    description="What to change of a profile; a field left out stays as it is. A side changes as a whole."
)
class UpdateIdentificationProfileInput(Keyed):
    """See IdentificationProfile."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    side_a: list[IdentificationMethodInput] | None = UNSET
    side_b: list[IdentificationMethodInput] | None = UNSET
    facility_code: bool | None = UNSET


@strawberry.type(description="The profile as it now is, or why nothing was done.")
class IdentificationProfilePayload:
    """Result of a profile mutation."""

    profile: IdentificationProfile | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _methods(given: list[IdentificationMethodInput]) -> tuple[policy.Method, ...]:
    return tuple(policy.Method(tuple(method.types), tuple(method.schedule_ids)) for method in given)


@strawberry.type
class ProfileQuery:
    """Queries about identification profiles."""

    identification_profiles = listed(
        IdentificationProfile,
        by_actor(page_profiles),
        each(IdentificationProfile.of),
        "Identification profiles, by name. Permission: configuration.view.",
        order=NameOrder,
        rows=profiles_rows.Profile,
    )


async def _payload(context: ApiContext, profile_id: str) -> IdentificationProfilePayload:
    parts = await list_profiles(context.actor, [profile_id])
    return IdentificationProfilePayload(profile=IdentificationProfile.of(parts[0]))


@strawberry.type
class ProfileMutation:
    """Changes to identification profiles."""

    @mutation(description="Create an identification profile. Permission: configuration.write.")
    async def create_identification_profile(
        self, info: ApiInfo, input: CreateIdentificationProfileInput
    ) -> IdentificationProfilePayload:
        given = NewProfile(input.name, _methods(input.side_a), _methods(input.side_b), input.facility_code)
        row = await create_profile(info.context.domain, info.context.actor, given)
        return await _payload(info.context, row.id)

    @mutation(
        description="Change an identification profile, and with it every door that uses it. "
        "Permission: configuration.write."
    )
    async def update_identification_profile(
        self, info: ApiInfo, input: UpdateIdentificationProfileInput
    ) -> IdentificationProfilePayload:
        given = sent(input, ("name", "side_a", "side_b", "facility_code"))
        for side in {"side_a", "side_b"} & given.keys():
            given[side] = _methods(given[side])
        if "facility_code" in given:
            given["facility"] = given.pop("facility_code")
        changes = cast(ProfileChanges, given)
        row = await update_profile(info.context.domain, info.context.actor, input.id, changes, input.expected_version)
        return await _payload(info.context, row.id)

    @mutation(
        description="Delete an identification profile. Doors that use it get the successor; without one they are "
        "named in the error and nothing is done. Permission: configuration.write."
    )
    async def delete_identification_profile(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        successor_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The profile that doors get in its place. Null: none may use it."),
        ] = None,
        expected_version: int | None = None,
    ) -> DeletedPayload:
        await delete_profile(info.context.domain, info.context.actor, id, successor_id, expected_version)
        return DeletedPayload(deleted_id=id)
