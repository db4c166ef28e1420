"""`doorward demo`, whole: every process, the real protocol over pseudo-terminals, and its end."""

import http.cookiejar
import json
import os
import signal
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from doorward.demo.directory import DemoDirectory
from doorward.demo.strike_log import read_strike_log
from tests.demo.processes import START_S, Running, children_of, doorward, gone, running, soon

pytestmark = pytest.mark.timeout(3 * START_S)

EVENTS = "{ events(last: 50) { nodes { type reason cardholderName } } }"


class Visitor:
    """Somebody at the dashboard's API."""

    def __init__(self, address: str) -> None:
        self._address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "doorward-request": "1"}
        request = urllib.request.Request(f"{self._address}/graphql", body, headers)  # noqa: S310 - loopback
        with self._opener.open(request, timeout=20) as response:
            reply: dict[str, Any] = json.loads(response.read())
        assert "errors" not in reply, reply
        data: dict[str, Any] = reply["data"]
        return data


def start(demo: Running) -> tuple[Visitor, str]:
    """The visitor's way in, and the password as printed."""
    address = demo.line("Address:")
    assert demo.line("User:") == "admin"
    return Visitor(address), demo.line("Password:")


def sign_in(visitor: Visitor, password: str) -> None:
    reply = visitor.ask(
        "mutation($input: SignInInput!) { signIn(input: $input) { user { name } errors { __typename } } }",
        input={"name": "admin", "password": password},
    )
    assert reply["signIn"]["user"] == {"name": "admin"}, reply


def events(visitor: Visitor) -> list[tuple[str, str | None, str | None]]:
    """Type, reason and cardholder of the newest events, oldest first."""
    nodes = visitor.ask(EVENTS)["events"]["nodes"]
    return [(event["type"], event["reason"], event["cardholderName"]) for event in nodes]


def badge(directory: DemoDirectory, door: str, card: int) -> None:
    result = doorward("simulate", "badge", "--data", directory.root, "--door", door, "--card", str(card))
    assert result.returncode == 0, result.stderr


def badge_once_fresh(visitor: Visitor, directory: DemoDirectory, door: str, card: int) -> None:
    """Show a card, and again while its reader has only just come online: such a read is never granted."""

    def decided() -> list[tuple[str, str | None, str | None]]:
        return [event for event in events(visitor) if event[0].startswith("access.")]

    def look() -> bool:
        before = len(decided())
        badge(directory, door, card)
        _, reason, _ = soon(lambda: decided()[before:])[0]
        return reason != "reader_was_offline"

    soon(look)


def until_event(visitor: Visitor, wanted: tuple[str, str | None, str | None]) -> None:
    """Wait for an event with this type, reason and cardholder."""
    soon(lambda: wanted in events(visitor))


def until_online(visitor: Visitor) -> None:
    """Wait until every door's devices answer: a card shown before that is late, and denied."""
    soon(
        lambda: all(
            door["state"]["online"]
            for door in visitor.ask("{ doors(first: 100) { nodes { state { online } } } }")["doors"]["nodes"]
        )
    )


@pytest.fixture
def directory(tmp_path: Path) -> DemoDirectory:
    return DemoDirectory.at(tmp_path / "demo")


def test_a_badge_opens_a_real_strike_and_is_in_the_feed_and_nothing_is_left_after_the_end(
    directory: DemoDirectory,
) -> None:
    with running("demo", "--data", directory.root, "--port", "0", "--no-traffic") as demo:
        visitor, password = start(demo)
        sign_in(visitor, password)
        until_online(visitor)

        badge_once_fresh(visitor, directory, "Main entrance", 1042)
        until_event(visitor, ("access.granted", "granted", "Josephine Adeyemi-Clarke"))
        until_event(visitor, ("door.opened", None, None))
        badge(directory, "Main entrance", 1024)
        until_event(visitor, ("access.denied", "cardholder_suspended", "Oscar Whitfield"))
        soon(lambda: len(read_strike_log(directory.strike_log)) == 2)
        moves = [(move.door, move.energised) for move in read_strike_log(directory.strike_log)]
        assert moves == [("Main entrance", True), ("Main entrance", False)]

        family = children_of(demo.process.pid)
        assert len(family) >= 3
        assert demo.stop(signal.SIGINT) == 0
        assert gone(family)
        assert demo.errors() == ""

    with running("demo", "--data", directory.root, "--port", "0", "--no-traffic") as again:
        visitor, words = start(again)
        assert "--admin-password" in words
        assert password not in words
        sign_in(visitor, password)
        until_event(visitor, ("access.granted", "granted", "Josephine Adeyemi-Clarke"))
        assert len(visitor.ask("{ doors(first: 100) { nodes { name } } }")["doors"]["nodes"]) == 4


def test_people_come_by_themselves_with_the_password_that_was_given(directory: DemoDirectory) -> None:
    password = "a password of mine"
    arguments = ("demo", "--data", directory.root, "--port", "0", "--seed", "3")
    with running(*arguments, "--admin-password", password) as demo:
        visitor, words = start(demo)
        assert password not in words
        sign_in(visitor, password)
        soon(lambda: read_strike_log(directory.strike_log), within_s=60)
    with running(*arguments, "--admin-password", "another one, of mine") as demo:
        visitor, _ = start(demo)
        sign_in(visitor, "another one, of mine")


@pytest.mark.parametrize("name", ["simulate", "serve"])
def test_a_process_that_dies_is_named_and_takes_the_others_with_it(directory: DemoDirectory, name: str) -> None:
    with running("demo", "--data", directory.root, "--port", "0", "--no-traffic") as demo:
        start(demo)
        family = children_of(demo.process.pid)
        (victim,) = [
            process_id
            for process_id in family
            if f"doorward.cli\0{name}\0".encode() in Path(f"/proc/{process_id}/cmdline").read_bytes()
        ]
        os.kill(victim, signal.SIGKILL)
        assert demo.process.wait(30) == 1
        assert gone(family)
        title = {"simulate": "simulation", "serve": "server"}[name]
        assert f"The {title} was killed by signal 9." in demo.errors()


def test_a_short_password_is_refused_and_nothing_is_half_made(directory: DemoDirectory) -> None:
    arguments = ("demo", "--data", directory.root, "--port", "0", "--no-traffic")
    refused = doorward(*arguments, "--admin-password", "short")
    assert refused.returncode == 1
    assert "at least 10 characters" in refused.stderr
    with running(*arguments) as demo:
        visitor, password = start(demo)
        sign_in(visitor, password)
