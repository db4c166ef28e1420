"""The upgrade of a database from before there were other credentials than cards."""

import pytest
from tortoise.connection import get_connection

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.operations import NewCard, create_card
from doorward.acs.credentials.policy import credential_policies
from doorward.acs.decision.policy import CredentialKind, CredentialPolicy, CredentialStatus
from doorward.acs.errors import Conflict
from tests.first_version import first_version
from tests.world import open_world

pytestmark = pytest.mark.anyio

_CARDHOLDER = """
INSERT INTO cardholder (id, number, first_name, last_name, email, suspended, sort_name, version)
VALUES ('ada', 'E-1', 'Ada', 'Lovelace', '', FALSE, 'lovelace ada', 1)
"""
_CARDS = """
INSERT INTO card (id, cardholder_id, name, format, facility, number, status, valid_from, valid_to, version) VALUES
('one', 'ada', 'Blue card', 'H10301', 17, 1042, 'active', NULL, NULL, 1),
('two', 'ada', 'Old card', 'H10301', 0, 0, 'lost', '2026-01-01 00:00:00+00:00', '2026-12-31 00:00:00+00:00', 7)
"""


async def _with_cards(url: str) -> None:
    """A database as the first version left it, with cards."""
    async with first_version(url) as old:
        await old.execute_script(_CARDHOLDER)
        await old.execute_script(_CARDS)


async def test_cards_become_credentials_and_keep_their_ids(empty_database_url: str) -> None:
    await _with_cards(empty_database_url)
    async with open_world(empty_database_url) as world:
        one, two = await Credential.all().order_by("id")
        assert (one.id, one.kind, one.name, one.unique_key) == (
            "one", CredentialKind.CARD, "Blue card", "card:H10301:17:1042",
        )  # fmt: skip
        assert (one.traced, one.starts_lockdown, one.uses, one.version) == (False, False, 0, 1)
        assert (two.status, two.version, two.unique_key) == (CredentialStatus.LOST, 7, "card:H10301:0:0")
        assert two.valid_from is not None
        assert two.valid_from.isoformat() == "2026-01-01T00:00:00+00:00"
        policies = await credential_policies(world.domain)
        assert policies[0] == CredentialPolicy("one", "ada", "H10301", 17, 1042)
        with pytest.raises(Conflict, match="Ada Lovelace"):
            await create_card(world.domain, COMMAND_LINE, NewCard("ada", 17, 1042))


async def test_the_table_of_cards_is_gone(empty_database_url: str) -> None:
    await _with_cards(empty_database_url)
    async with open_world(empty_database_url):
        with pytest.raises(Exception, match="card"):
            await get_connection("default").execute_query("SELECT * FROM card")
