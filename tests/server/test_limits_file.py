"""What a site says of its limits, in a file of its data directory."""

import json
from pathlib import Path

import pytest

from doorward.graphql.limits import Documents, Introspection, Limits
from doorward.graphql.persisted import DocumentRefused
from doorward.server.limits_file import known_documents, load_limits
from doorward.server.settings import StartFailed


def test_without_a_file_everything_is_as_usual(tmp_path: Path) -> None:
    assert load_limits(tmp_path) == Limits()


def test_what_the_file_does_not_say_is_as_usual(tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text('introspection = "nobody"\ncommands_per_second = 0.5\n')
    found = load_limits(tmp_path)
    assert found == Limits(introspection=Introspection.NOBODY, commands_per_second=0.5)
    assert (found.commands.at_once, found.commands.per_second) == (5, 0.5)


@pytest.mark.parametrize(
    "text, told",
    [
        ("most_cost = 0", "most_cost must be more than zero"),
        ("most_costs = 5", "unknown field `most_costs`"),
        ('most_cost = "many"', "Expected `int`"),
        ('documents = "some"', "Invalid enum value 'some'"),
        ("most_cost =", "limits.toml"),
        ("most_cost = inf", "Expected `int`"),
    ],
)
def test_a_file_that_is_wrong_keeps_the_server_from_starting(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "limits.toml").write_text(text)
    with pytest.raises(StartFailed, match=told):
        load_limits(tmp_path)


def test_the_dashboards_documents_are_known_and_those_that_the_site_adds(tmp_path: Path) -> None:
    strict = Limits(documents=Documents.PERSISTED)
    assert len(known_documents(tmp_path, strict, tmp_path)) == 0
    (tmp_path / "documents.json").write_text(json.dumps(["{ a }"]))
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "badges.graphql").write_text("{ b }")
    found = known_documents(tmp_path, strict, tmp_path)
    assert (found.text("{ a }", None), found.text("{ b }", None)) == ("{ a }", "{ b }")
    with pytest.raises(DocumentRefused):
        found.text("{ c }", None)
    (tmp_path / "documents" / "wrong.graphql").write_bytes(b"\xff")
    with pytest.raises(StartFailed, match="cannot be read"):
        known_documents(tmp_path, strict, tmp_path)
