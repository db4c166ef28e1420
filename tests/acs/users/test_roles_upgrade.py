"""The upgrade of a database from before a site could make roles of its own."""

import json

import pytest

from doorward.acs.actor import Role
from doorward.acs.users.models import RoleAssignment, Token, User
from tests.first_version import as_of, insert
from tests.world import open_world

pytestmark = pytest.mark.anyio

BEFORE = "0019_requests"


async def test_users_keep_their_roles_and_tokens_what_they_may(empty_database_url: str) -> None:
    async with as_of(BEFORE, empty_database_url) as old:
        for role in ("administrator", "operator", "viewer"):
            await insert(old, "user_account", id=role, name=role, password_hash="x", role=role, enabled=True)
        for name, held in (("desk", ["door.view", "door.command"]), ("hr", ["cardholder.write"]), ("none", [])):
            await insert(
                old, "user_token", id=name, user_id="operator", name=name, token_hash=name,
                permissions=json.dumps(held), networks="[]",
                created_at="2026-01-01 00:00:00+00:00", expires_at="2027-01-01 00:00:00+00:00",
            )  # fmt: skip
    async with open_world(empty_database_url):
        assert {user.id: user.role for user in await User.all()} == {
            role.value: role for role in Role if role is not Role.NONE
        }
        tokens = {token.id: (sorted(token.permissions), token.places) for token in await Token.all()}
        assert tokens == {
            "desk": (["door.command", "door.view", "io.read", "io.write"], None),
            "hr": (["cardholder.write", "pin.manage"], None),
            "none": ([], None),
        }
        assert not await RoleAssignment.exists()
