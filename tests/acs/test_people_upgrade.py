"""A database of the first version, with people in it, opens in this one with everything that it had."""

import pytest
from tortoise.connection import get_connection

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.database import open_database
from doorward.acs.paging import PageRequest
from doorward.acs.people.models import Cardholder, Group
from doorward.acs.people.policy import cardholder_policies
from doorward.acs.people.queries import page_cardholders
from tests.first_version import first_version

pytestmark = pytest.mark.anyio

PEOPLE = """
INSERT INTO cardholder (id, number, first_name, last_name, email, suspended, sort_name, version)
  VALUES ('p1', 'K-17', 'Özge', 'Lovelace', 'Oe@example.org', FALSE, 'lovelace özge', 3);
INSERT INTO cardholder (id, number, first_name, last_name, email, suspended, sort_name, version)
  VALUES ('p2', 'K-18', 'Bob', 'Babbage', '', TRUE, 'babbage bob', 1);
INSERT INTO cardholder_group (id, name) VALUES ('g1', 'Staff');
INSERT INTO cardholder_group_member (cardholder_id, group_id) VALUES ('p1', 'g1');
INSERT INTO event (id, at, stored_at, source, category, type, severity, correlation, trace, data)
  VALUES ('e1', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00', 'server', 'audit',
          'audit.cardholder.created', 'info', 'c', '[]', '{}');
"""


async def test_people_of_the_first_version_keep_all_they_had_and_are_found(empty_database_url: str) -> None:
    async with first_version(empty_database_url) as old:
        await old.execute_script(PEOPLE)
    async with open_database(empty_database_url):
        ada = await Cardholder.get(id="p1")
        assert (ada.number, ada.version, ada.phone, ada.visitor, ada.directory) == ("K-17", 3, "", False, "")
        group = await Group.get()
        assert (group.name, group.initials, group.version) == ("Staff", "", 1)
        policies = await cardholder_policies()
        assert [(policy.id, policy.groups, policy.suspended) for policy in policies] == [
            ("p1", ("g1",), False),
            ("p2", (), True),
        ]
        for words in ("ÖZGE love", "k-17", "oe@example"):
            page = await page_cardholders(COMMAND_LINE, PageRequest(first=9, search=words))
            assert [row.id for row in page.rows] == ["p1"], words
        rows = await get_connection("default").execute_query_dict("SELECT type FROM event")
        assert rows == [{"type": "audit.cardholder.created"}]
