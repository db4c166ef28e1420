"""Compiling the policy of one controller from the tables."""

from doorward.acs.credentials.keys import token_key
from doorward.acs.credentials.policy import credential_policies
from doorward.acs.decision.policy import (
    Policy,
)
from doorward.acs.domain import Domain
from doorward.acs.doors.policy import door_policies, osdp_devices, reader_policies
from doorward.acs.formats.policy import active_format_ids, card_formats, pin_rules
from doorward.acs.messages import PolicySnapshot
from doorward.acs.operation import SITE_ID
from doorward.acs.people.policy import cardholder_policies
from doorward.acs.profiles.policy import profile_policies
from doorward.acs.rules.rule_policy import rule_policies
from doorward.acs.schedules.policy import schedules
from doorward.acs.site.models import Site
from doorward.acs.zones.policy import border_policies, interlock_policies, zone_policies


async def compile_policy(domain: Domain, controller_id: str) -> PolicySnapshot:
    """All that the controller needs to decide alone, at the site's present policy version.

    The version is read first: a change that comes in between is compiled in, and pushed again under its own.
    """
    site = await Site.get(id=SITE_ID)
    doors = await door_policies(controller_id)
    policy = Policy(
        version=site.policy_version,
        time_zone=site.time_zone,
        doors=doors,
        readers=await reader_policies(controller_id),
        credentials=await credential_policies(domain),
        cardholders=await cardholder_policies(),
        schedules=await schedules(),
        rules=await rule_policies({door.id for door in doors}),
        profiles=await profile_policies(),
        zones=await zone_policies(),
        borders=await border_policies(),
        interlocks=await interlock_policies(),
        formats=await card_formats(),
        active_formats=await active_format_ids(),
        pin=await pin_rules(),
        token_key=token_key(domain),
    )
    return PolicySnapshot(policy, await osdp_devices(domain.sealer, controller_id))
