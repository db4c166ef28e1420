"""`doorward user`: recovery for those who cannot sign in, by whoever has the data directory."""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from doorward.acs.domain import Domain
from doorward.acs.events.models import Event
from doorward.acs.users.failures import FREE_FAILURES, begin_attempt
from doorward.acs.users.models import FailureRun, User
from doorward.acs.users.totp import context_of
from doorward.cli import main
from doorward.server.domain import open_domain
from doorward.server.settings import Settings


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))


def on(data: Path, do: Callable[[Domain], Awaitable[None]]) -> None:
    """Do something to the data, as the server would."""

    async def run() -> None:
        async with open_domain(Settings(data)) as domain:
            await do(domain)

    asyncio.run(run())


def test_who_cannot_sign_in_is_helped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def user(action: str, *arguments: str, text: str = "") -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        assert main(["user", action, "--data", str(tmp_path), *arguments]) == 0
        return capsys.readouterr().out

    assert user("list") == "There are no users.\n"
    user("create", "--name", "root", "--role", "administrator", text="a good password\n")

    async def lose_everything(domain: Domain) -> None:
        root = await User.get(name="root")
        root.enabled, root.sealed_totp = False, domain.sealer.seal(b"s" * 20, context_of(root.id))
        await root.save()
        for _ in range(FREE_FAILURES):
            await begin_attempt(domain, "root", None)

    on(tmp_path, lose_everything)
    listed = user("list")
    assert listed.startswith("root\tadministrator\tdisabled, waits until 20")
    assert listed.endswith(", second factor\n")
    user("unlock", "--name", "root")
    user("enable", "--name", "root")
    user("disable-totp", "--name", "root")
    assert user("list") == "root\tadministrator\tenabled\n"
    user("reset-password", "--name", "root", text="another good one\n")
    assert user("list") == "root\tadministrator\tenabled, must change the password\n"

    async def look(_: Domain) -> None:
        assert not await FailureRun.exists()
        events = await Event.filter(type__startswith="audit.user.").order_by("position")
        assert [event.type.value.rpartition(".")[2] for event in events] == [
            "created",
            "unlocked",
            "updated",
            "second_factor_removed",
            "password_changed",
        ]
        assert {event.data["means"] for event in events} == {"command_line"}

    on(tmp_path, look)


def test_a_user_who_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "unlock", "--data", str(tmp_path), "--name", "nobody"]) == 1
    assert "There is no user called nobody." in capsys.readouterr().err
