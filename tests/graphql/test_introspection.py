"""Who may ask what the schema is, over HTTP and over a WebSocket, and what errors let slip of it."""

from pathlib import Path

import pytest

from doorward.acs.actor import Role
from doorward.graphql.executor import LONGEST_KEPT
from doorward.graphql.introspection import HIDDEN
from doorward.graphql.limits import Introspection, Limits
from tests.api import Api, serve_api, soon
from tests.world import open_world

pytestmark = pytest.mark.anyio
QUESTIONS = [
    "{ __schema { queryType { name } } }",
    '{ __type(name: "Door") { name } }',
    "query { ...Asks } fragment Asks on Query { hidden: __schema { queryType { name } } }",
    "{ __schema { queryType { name } } } #" + "x" * LONGEST_KEPT,
]


async def refused(api: Api, text: str) -> bool:
    errors = (await api.ask(text)).get("errors", [])
    assert all(error["extensions"]["code"] == "PERMISSION" and error["message"] == HIDDEN for error in errors)
    return bool(errors)


@pytest.mark.parametrize(
    "allowed, anonymous, signed_in",
    [
        (Introspection.EVERYBODY, False, False),
        (Introspection.SIGNED_IN, True, False),
        (Introspection.NOBODY, True, True),
    ],
)
async def test_the_schema_is_told_to_those_to_whom_the_site_says(
    database_url: str, tmp_path: Path, allowed: Introspection, anonymous: bool, signed_in: bool
) -> None:
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.VIEWER, limits=Limits(introspection=allowed)) as api,
    ):
        assert [await refused(api, text) for text in QUESTIONS] == [anonymous] * len(QUESTIONS)
        await api.sign_in(Role.VIEWER)
        assert [await refused(api, text) for text in QUESTIONS] == [signed_in] * len(QUESTIONS)
        assert await api.data("{ __typename }") == {"__typename": "Query"}


@pytest.mark.parametrize(
    "text",
    [
        "{ dooors { id } }",
        "{ site { namee } }",
        "{ site { name } } #" + "x" * LONGEST_KEPT + "\nfragment F on Dooor { id }",
        "{ zones(firzt: 1) { nodes { id } } }",
        "mutation { signIn(input: {namee: 1}) { errors { code } } }",
        "query($side: Sidee) { viewer { name } }",
        "{ wouldPass(cardholderId: 1, doorId: 1, side: AA) { outcome } }",
    ],
)
async def test_errors_guess_no_names_for_those_who_may_not_know_them(
    database_url: str, tmp_path: Path, text: str
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        for _ in range(2):
            told = [error["message"] for error in (await api.ask(text))["errors"]]
            assert not any("Did you mean" in message for message in told), told
        await api.sign_in(Role.VIEWER)
        assert any("Did you mean" in error["message"] for error in (await api.ask(text))["errors"])
        await api.ask("mutation { signOut(input: {}) { signedOut } }")
        assert "Did you mean" not in str(await api.ask(text))


async def test_a_websocket_asks_like_anybody_else(database_url: str, tmp_path: Path) -> None:
    nobody = Limits(introspection=Introspection.NOBODY)
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER, limits=nobody) as api:
        await api.sign_in(Role.VIEWER)
        for text, told in ((QUESTIONS[0], HIDDEN[:30]), ("{ dooors { id } }", "Cannot query field 'dooors'")):
            with pytest.raises(AssertionError, match=told) as caught:
                async with api.subscribe(text) as results:
                    await soon(results)
            assert "Did you mean" not in str(caught.value)
