"""The page of permissions is the table in the code."""

import re
from pathlib import Path

from doorward.acs.actor import PERMISSIONS, Permission, Role
from doorward.acs.privilege import ALWAYS, PRIVILEGES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "permissions.md"


def table() -> str:
    """The table of all permissions as the page has it."""
    rows = ["| Permission | What it lets one do | Scopes |", "|---|---|---|"]
    for row in PRIVILEGES.values():
        scopes = ", ".join(scope.value for scope in row.scopes)
        rows.append(f"| `{row.permission.value}` | {row.description} | {scopes} |")
    return "\n".join(rows) + "\n"


def test_the_page_has_every_permission_as_it_is_declared() -> None:
    assert PAGE.read_text().endswith(f"## All permissions\n\n{table()}"), f"the table is to be:\n{table()}"


def test_the_page_says_what_the_built_in_roles_may() -> None:
    rows = dict(re.findall(r"^\| (Operator|Viewer) \| (.*) \|$", PAGE.read_text(), re.MULTILINE))
    named = {role: set(map(Permission, re.findall(r"`([a-z_.]+)`", words))) for role, words in rows.items()}
    assert named["Operator"] == PERMISSIONS[Role.OPERATOR] - PERMISSIONS[Role.VIEWER]
    assert named["Viewer"] == PERMISSIONS[Role.VIEWER] - ALWAYS
