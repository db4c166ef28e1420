"""What may be asked about cardholders, their groups and photos."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.keyset import ID, NAMES, Column, NameOrder, Order, Orders, by_name, named, page_rows, where
from doorward.acs.paging import Page, PageRequest
from doorward.acs.people.models import (
    Cardholder,
    CustomField,
    CustomFieldKind,
    CustomFieldValue,
    Group,
    GroupMember,
    Photo,
)

_ORDERS = by_name("sort_name")


@dataclass(frozen=True, slots=True)
class CardholderFilter:
    """Which cardholders: None asks for nothing. `valid_at`: within their validity then; `invalid_at`: outside it."""

    group_id: str | None = None
    host_id: str | None = None
    suspended: bool | None = None
    visitor: bool | None = None
    valid_at: datetime | None = None
    invalid_at: datetime | None = None


EVERYBODY = CardholderFilter()


async def page_cardholders(
    actor: Actor, request: PageRequest, wanted: CardholderFilter = EVERYBODY
) -> Page[Cardholder]:
    """Cardholders by name.

    `search`: each of its first five words is a part of the name, number, e-mail, phone or a custom field's value;
    what is personal is looked at for those with personal.view only.
    """
    actor.require(Permission.CARDHOLDER_VIEW)
    personal = Permission.PERSONAL_VIEW in actor.permissions
    rows = _filtered(Cardholder.all(), wanted)
    for word in [word.casefold() for word in request.words]:
        custom = CustomFieldValue.filter(search_text__contains=word)
        own = Q(search_text__contains=word)
        if not personal:
            custom = custom.filter(field__personal=False)
            own = Q(sort_name__contains=word) | Q(number__icontains=word)
        rows = rows.filter(own | Q(id__in=Subquery(custom.values("cardholder_id"))))
    return await page_rows(rows, _ORDERS, request)


def _filtered(rows: QuerySet[Cardholder], wanted: CardholderFilter) -> QuerySet[Cardholder]:
    if wanted.group_id is not None:
        members = GroupMember.filter(group_id=wanted.group_id).values("cardholder_id")
        rows = rows.filter(id__in=Subquery(members))
    rows = where(rows, host_id=wanted.host_id, suspended=wanted.suspended, visitor=wanted.visitor)
    if wanted.valid_at is not None:
        rows = rows.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=wanted.valid_at),
            Q(valid_to__isnull=True) | Q(valid_to__gt=wanted.valid_at),
        )
    if wanted.invalid_at is not None:
        rows = rows.filter(Q(valid_from__gt=wanted.invalid_at) | Q(valid_to__lte=wanted.invalid_at))
    return rows


async def cardholder_by_id(actor: Actor, cardholder_id: str) -> Cardholder | None:
    """One cardholder."""
    actor.require(Permission.CARDHOLDER_VIEW)
    return await Cardholder.get_or_none(id=cardholder_id)


async def group_by_id(actor: Actor, group_id: str) -> Group | None:
    """One group."""
    actor.require(Permission.CARDHOLDER_VIEW)
    return await Group.get_or_none(id=group_id)


async def page_groups(
    actor: Actor, request: PageRequest, *, cardholder_id: str | None = None, is_global: bool | None = None
) -> Page[Group]:
    """Groups by name; of a cardholder, or all of them."""
    actor.require(Permission.CARDHOLDER_VIEW)
    rows = where(named(Group.all(), request), is_global=is_global)
    if cardholder_id is not None:
        members = GroupMember.filter(cardholder_id=cardholder_id).values("group_id")
        rows = rows.filter(id__in=Subquery(members))
    return await page_rows(rows, NAMES, request)


async def member_counts(group_ids: Sequence[str]) -> Counter[str]:
    """How many members each group has, for groups that the caller was allowed to read."""
    members = GroupMember.filter(group_id__in=list(group_ids)).annotate(count=Count("id"))
    return Counter(dict(await members.group_by("group_id").values_list("group_id", "count")))


async def groups_of(cardholder_ids: Sequence[str]) -> dict[str, list[Group]]:
    """The groups of cardholders that the caller was allowed to read."""
    found: dict[str, list[Group]] = defaultdict(list)
    members = GroupMember.filter(cardholder_id__in=list(cardholder_ids)).prefetch_related("group")
    for member in await members.order_by("group__name"):
        found[member.cardholder_id].append(member.group)
    return found


class CustomFieldOrder(StrEnum):
    """How custom fields can be ordered."""

    POSITION = "position"
    """As they are shown."""
    NAME = "name"
    """By name."""


_FIELD_ORDERS: Orders = {
    CustomFieldOrder.POSITION: Order("position", (Column("position", int), ID)),
    CustomFieldOrder.NAME: NAMES[NameOrder.NAME],
}


async def page_custom_fields(
    actor: Actor, request: PageRequest, *, kind: CustomFieldKind | None = None, required: bool | None = None
) -> Page[CustomField]:
    """Custom fields in the order in which they are shown."""
    actor.require(Permission.CARDHOLDER_VIEW)
    rows = where(named(CustomField.all(), request), kind=kind, required=required)
    return await page_rows(rows, _FIELD_ORDERS, request)


async def value_counts(field_ids: Sequence[str]) -> Counter[str]:
    """How many cardholders have a value in each field, for fields that the caller was allowed to read."""
    values = CustomFieldValue.filter(field_id__in=list(field_ids)).annotate(count=Count("id"))
    return Counter(dict(await values.group_by("field_id").values_list("field_id", "count")))


async def custom_values_of(actor: Actor, cardholder_ids: Sequence[str]) -> dict[str, list[CustomFieldValue]]:
    """The custom values (each with its field) of cardholders that the caller was allowed to read, as far as they may
    see them."""
    found: dict[str, list[CustomFieldValue]] = defaultdict(list)
    values = CustomFieldValue.filter(cardholder_id__in=list(cardholder_ids))
    if Permission.PERSONAL_VIEW not in actor.permissions:
        values = values.filter(field__personal=False)
    for value in await values.prefetch_related("field").order_by("field__position"):
        found[value.cardholder_id].append(value)
    return found


async def hosts_of(cardholders: Sequence[Cardholder]) -> dict[str, Cardholder]:
    """The hosts, by their ids, of cardholders that the caller was allowed to read."""
    ids = {row.host_id for row in cardholders if row.host_id}
    return {row.id: row for row in await Cardholder.filter(id__in=list(ids))} if ids else {}


async def photo_by_id(actor: Actor, photo_id: str) -> Photo | None:
    """One photo, by the SHA-256 of its bytes."""
    actor.require(Permission.PHOTO_VIEW)
    return await Photo.get_or_none(id=photo_id)
