"""Which auxiliary inputs, outputs and local rules use something (see cross_area.py)."""

from collections.abc import Collection

from tortoise.queryset import QuerySet

from doorward.acs.local_io.models import AuxInput, AuxOutput, LocalRuleRow
from doorward.acs.used_by import Use

RULE = "local rule"
INPUT, OUTPUT = "auxiliary input", "auxiliary output"


async def input_uses(input_ids: Collection[str]) -> list[Use]:
    """The local rules that go by any of these auxiliary inputs, by name."""
    return await _rules(LocalRuleRow.filter(input_id__in=list(input_ids)))


async def output_uses(output_ids: Collection[str]) -> list[Use]:
    """The local rules that switch any of these auxiliary outputs, by name."""
    return await _rules(LocalRuleRow.filter(output_id__in=list(output_ids)))


async def schedule_uses(schedule_ids: Collection[str]) -> list[Use]:
    """The local rules that go by any of these schedules, by name."""
    return await _rules(LocalRuleRow.filter(schedule_id__in=list(schedule_ids)))


async def level_uses(level_ids: Collection[str]) -> list[Use]:
    """The local rules that go by any of these threat levels, by name."""
    return await _rules(LocalRuleRow.filter(threat_level_id__in=list(level_ids)))


async def door_uses(door_ids: Collection[str]) -> list[Use]:
    """The local rules that go by any of these doors, and the inputs and outputs on the devices that go with them."""
    return [
        *await _rules(LocalRuleRow.filter(door_id__in=list(door_ids))),
        *await _named(AuxInput.filter(device__door_id__in=list(door_ids)), INPUT),
        *await _named(AuxOutput.filter(device__door_id__in=list(door_ids)), OUTPUT),
    ]


async def device_uses(device_ids: Collection[str]) -> list[Use]:
    """The auxiliary inputs and outputs on any of these devices, by name."""
    return [
        *await _named(AuxInput.filter(device_id__in=list(device_ids)), INPUT),
        *await _named(AuxOutput.filter(device_id__in=list(device_ids)), OUTPUT),
    ]


async def input_at(device_id: str, number: int) -> list[Use]:
    """The auxiliary input at a port."""
    return await _named(AuxInput.filter(device_id=device_id, number=number), INPUT)


async def output_at(device_id: str, number: int) -> list[Use]:
    """The auxiliary output at a port."""
    return await _named(AuxOutput.filter(device_id=device_id, number=number), OUTPUT)


async def _rules(rows: QuerySet[LocalRuleRow]) -> list[Use]:
    return [
        Use(RULE, str(rule_id), str(name)) for rule_id, name in await rows.order_by("name").values_list("id", "name")
    ]


async def _named(rows: QuerySet[AuxInput] | QuerySet[AuxOutput], kind: str) -> list[Use]:
    return [Use(kind, str(row_id), str(name)) for row_id, name in await rows.order_by("name").values_list("id", "name")]
