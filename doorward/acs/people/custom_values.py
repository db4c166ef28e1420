"""What cardholders have in the site's custom fields."""

from collections.abc import Mapping

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.actor import Permission
from doorward.acs.errors import NotFound, NotPermitted, ValidationFailed
from doorward.acs.operation import Work
from doorward.acs.people.custom_value import canonical
from doorward.acs.people.models import CustomField, CustomFieldValue


async def set_custom_values(work: Work, cardholder_id: str, values: Mapping[str, str | None]) -> None:
    """Put values (by field id; None or "" for none) in a cardholder's custom fields; others stay as they are."""
    known = {field.id: field for field in await CustomField.all().using_db(work.connection)}
    for field_id, text in values.items():
        field = known.get(field_id)
        if field is None:
            raise NotFound(f"There is no such custom field: {field_id}.", "customFields", field_id)
        if field.personal and Permission.PERSONAL_VIEW not in work.actor.permissions:
            raise NotPermitted(
                f"{field.name} is personal: to set it needs the permission personal.view.", "customFields", field_id
            )
        value = canonical(field.kind, field.choices, text or "", "customFields", field_id)
        if field.required and not value:
            raise ValidationFailed(f"{field.name} must not be empty.", "customFields", field_id)
        await _put(work.connection, cardholder_id, field_id, value)


async def require_custom_values(work: Work, values: Mapping[str, str | None]) -> None:
    """Every required field has a value, as a new cardholder's must."""
    for field in await CustomField.filter(required=True).using_db(work.connection).order_by("position"):
        if not (values.get(field.id) or "").strip():
            raise ValidationFailed(f"{field.name} must not be empty.", "customFields", field.id)


async def custom_values(connection: BaseDBAsyncClient, cardholder_id: str) -> dict[str, str]:
    """A cardholder's values by the names of their fields."""
    rows = CustomFieldValue.filter(cardholder_id=cardholder_id).using_db(connection)
    return dict(await rows.order_by("field__position").values_list("field__name", "value"))


async def _put(connection: BaseDBAsyncClient, cardholder_id: str, field_id: str, value: str) -> None:
    rows = CustomFieldValue.filter(cardholder_id=cardholder_id, field_id=field_id).using_db(connection)
    if not value:
        await rows.delete()
    elif not await rows.update(value=value, search_text=value.casefold()):
        await CustomFieldValue.create(
            using_db=connection,
            cardholder_id=cardholder_id,
            field_id=field_id,
            value=value,
            search_text=value.casefold(),
        )
