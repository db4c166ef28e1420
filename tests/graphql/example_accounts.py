"""Roles, passkeys and providers of the examples' site."""

from doorward.acs.actor import Permission
from doorward.acs.reach import Place, PlaceKind
from doorward.acs.users.grants import Grant
from doorward.acs.users.models import User
from doorward.acs.users.oidc_providers import NewProvider, create_oidc_provider
from doorward.acs.users.oidc_sign_in import link_oidc
from doorward.acs.users.passkeys import begin_passkey, finish_passkey
from doorward.acs.users.role_operations import Assigned, NewRole, create_role, create_user_group
from doorward.acs.users.sessions import actor_of, token_hash
from doorward.acs.users.standing_rules import default_rules
from doorward.acs.users.web_addresses import WebAddresses
from tests.fake_issuer import CLIENT, ISSUER
from tests.graphql.example_making import ADMINISTRATOR, OPERATOR, ORIGIN, PASSWORD, WITH_PASSKEY, Making


async def roles(making: Making) -> None:
    """Roles of the site's own, and groups of users."""
    do, made = making.do, making.made
    there = (Place(PlaceKind.ZONE, made.values["zoneId"]),)
    guard = await do(create_role, NewRole("Night guard", [Grant(Permission.DOOR_VIEW, there)]))
    unused = await do(create_role, NewRole("Old role", [Grant(Permission.DOOR_VIEW)]))
    made.name(roleId=guard.id)
    made.only("deleteRole", roleId=unused.id)
    guards = await do(create_user_group, "Guards", "", [made.values["userId"]], [Assigned(guard.id)])
    made.name(userGroupId=guards.id)


async def ways_in(making: Making) -> None:
    """A passkey, and a provider with those who sign in there."""
    do, made, domain = making.do, making.made, making.world.domain
    domain.web = WebAddresses((ORIGIN,))
    holder = actor_of(await User.get(name=WITH_PASSKEY), default_rules(), None)
    begun = await begin_passkey(domain, holder, PASSWORD, ORIGIN)
    here = token_hash(made.sessions[WITH_PASSKEY])
    answer = made.device.register(begun.options)
    added = await finish_passkey(domain, holder, begun.handle, "Key ring", answer, here)
    made.name(passkeyId=added.passkey.id)
    company = await do(create_oidc_provider, NewProvider("Company", ISSUER, CLIENT, "a client secret"))
    former = await do(create_oidc_provider, NewProvider("Former company", "https://old.example", CLIENT))
    made.name(providerId=company.id, clientSecret="the provider's secret")
    made.only("deleteOidcProvider", providerId=former.id)
    for name, example in ((ADMINISTRATOR, "unlinkOidc"), (OPERATOR, "removeOidcLink")):
        whoever = actor_of(await User.get(name=name), default_rules(), None)
        link = await link_oidc(domain, whoever, company.id, f"subject-of-{name}")
        made.only(example, linkId=link.id)
