"""What may be asked about auxiliary inputs and outputs and local rules."""

from collections.abc import Sequence

from doorward.acs.actor import Actor, Permission
from doorward.acs.local_io.models import AuxInput, AuxOutput, LocalRuleRow


async def list_aux_inputs(actor: Actor, ids: Sequence[str] | None = None) -> list[AuxInput]:
    """Every auxiliary input, or those named, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = AuxInput.all() if ids is None else AuxInput.filter(id__in=list(ids))
    return await rows.prefetch_related("device").order_by("name")


async def list_aux_outputs(actor: Actor, ids: Sequence[str] | None = None) -> list[AuxOutput]:
    """Every auxiliary output, or those named, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = AuxOutput.all() if ids is None else AuxOutput.filter(id__in=list(ids))
    return await rows.prefetch_related("device").order_by("name")


async def list_local_rules(actor: Actor, ids: Sequence[str] | None = None) -> list[LocalRuleRow]:
    """Every local rule, or those named, with all that they name, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = LocalRuleRow.all() if ids is None else LocalRuleRow.filter(id__in=list(ids))
    return await rows.prefetch_related("output", "input", "door", "schedule", "threat_level").order_by("name")
