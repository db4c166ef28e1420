"""What may be asked about cardholders, their groups and photos."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from tortoise.expressions import Q

from doorward.acs.actor import Actor, Permission
from doorward.acs.errors import ValidationFailed
from doorward.acs.paging import Page, PageRequest, page_of
from doorward.acs.people.models import Cardholder, Group, GroupMember, Photo

_SEPARATOR = "\x1f"


def cursor_of(cardholder: Cardholder) -> str:
    """The place of a cardholder in the list: its sort key, made unique by its id."""
    return f"{cardholder.sort_name}{_SEPARATOR}{cardholder.id}"


def _key(cursor: str) -> tuple[str, str]:
    name, separator, row_id = cursor.rpartition(_SEPARATOR)
    if not separator:
        raise ValidationFailed("This cursor is not one of this list.", "after")
    return name, row_id


async def page_cardholders(actor: Actor, request: PageRequest, search: str | None) -> Page[Cardholder]:
    """Cardholders by name, a page at a time; `search` finds parts of the name or the number."""
    actor.require(Permission.CARDHOLDER_VIEW)
    rows = Cardholder.all()
    for word in (search or "").split()[:5]:
        rows = rows.filter(Q(sort_name__contains=word.casefold()) | Q(number__icontains=word))
    if request.after is not None:
        name, row_id = _key(request.after)
        rows = rows.filter(Q(sort_name__gte=name) & (Q(sort_name__gt=name) | Q(id__gt=row_id)))
    if request.before is not None:
        name, row_id = _key(request.before)
        rows = rows.filter(Q(sort_name__lte=name) & (Q(sort_name__lt=name) | Q(id__lt=row_id)))
    order = ("-sort_name", "-id") if request.backward else ("sort_name", "id")
    found = await rows.order_by(*order).limit(request.size + 1)
    return page_of(request, found[::-1] if request.backward else found)


async def cardholder_by_id(actor: Actor, cardholder_id: str) -> Cardholder | None:
    """One cardholder."""
    actor.require(Permission.CARDHOLDER_VIEW)
    return await Cardholder.get_or_none(id=cardholder_id)


async def list_groups(actor: Actor) -> list[Group]:
    """Every group by name."""
    actor.require(Permission.CARDHOLDER_VIEW)
    return await Group.all().order_by("name")


async def member_counts(group_ids: Sequence[str]) -> Counter[str]:
    """How many members each group has, for groups that the caller was allowed to read."""
    rows = await GroupMember.filter(group_id__in=list(group_ids)).values_list("group_id", flat=True)
    return Counter(str(group_id) for group_id in rows)


async def groups_of(cardholder_ids: Sequence[str]) -> dict[str, list[Group]]:
    """The groups of cardholders that the caller was allowed to read."""
    found: dict[str, list[Group]] = defaultdict(list)
    members = GroupMember.filter(cardholder_id__in=list(cardholder_ids)).prefetch_related("group")
    for member in await members.order_by("group__name"):
        found[member.cardholder_id].append(member.group)
    return found


async def photo_by_id(actor: Actor, photo_id: str) -> Photo | None:
    """One photo, by the SHA-256 of its bytes."""
    actor.require(Permission.PHOTO_VIEW)
    return await Photo.get_or_none(id=photo_id)
