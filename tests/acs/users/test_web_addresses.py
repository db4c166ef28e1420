"""Where browsers find the server, and what passkeys are bound to there."""

from pathlib import Path

import pytest

from doorward.acs.users.web_addresses import WebAddresses, origin_of, rp_id_of
from doorward.server.addresses import web_addresses
from doorward.server.settings import Settings, StartFailed
from tests.hardware.ip.world import write_certificate


@pytest.mark.parametrize(
    "origin, rp_id",
    [
        ("https://doors.example", "doors.example"),
        ("https://doors.example:8443", "doors.example"),
        ("http://doors.example", None),
        ("http://localhost:8080", "localhost"),
        ("http://127.0.0.1:8080", None),
        ("https://[2001:db8::1]", None),
        ("https://", None),
    ],
)
def test_passkeys_are_bound_to_a_name_that_is_reached_safely(origin: str, rp_id: str | None) -> None:
    assert rp_id_of(origin) == rp_id


@pytest.mark.parametrize(
    "given, origin",
    [
        ("https://Doors.Example/", "https://doors.example"),
        ("https://doors.example:443", "https://doors.example"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://[::1]:81", "http://[::1]:81"),
    ],
)
def test_an_origin_is_written_as_browsers_do(given: str, origin: str) -> None:
    assert origin_of(given) == origin


@pytest.mark.parametrize(
    "given", ["doors.example", "ftp://doors.example", "https://doors.example/door", "https://a@b", "https://a?b", ""]
)
def test_what_is_no_address_of_a_site_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"no address|behind the host"):
        origin_of(given)
    with pytest.raises(StartFailed, match="--public-url"):
        web_addresses(Settings(Path(), public_urls=(given,)), 8080)


def test_the_settings_say_where_browsers_come_the_given_ones_first(tmp_path: Path) -> None:
    assert web_addresses(Settings(Path()), 8080).origins == ("http://localhost:8080", "http://127.0.0.1:8080")
    proxied = Settings(Path(), plain_http=True, host="0.0.0.0", public_urls=("https://doors.example",))
    assert web_addresses(proxied, 8080) == WebAddresses(("https://doors.example", "http://localhost:8080"))
    own = web_addresses(Settings(Path(), host="0.0.0.0", names=("doors.example", "192.0.2.1")), 443)
    assert own.main == "https://doors.example"
    assert own.has("https://192.0.2.1")
    assert not own.has("http://doors.example")
    assert "https://192.0.2.1" not in own.for_passkeys()
    certificate, key = write_certificate(tmp_path)
    given = Settings(Path(), host="10.1.2.3", certificate=certificate, private_key=key)
    assert web_addresses(given, 8443).origins[-2:] == ("https://localhost:8443", "https://10.1.2.3:8443")
