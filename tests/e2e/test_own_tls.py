"""A server that other machines may come to speaks HTTPS, unless it is told that somebody else does."""

import ssl
from pathlib import Path

import httpx
import pytest

from doorward.server.settings import Settings
from tests.e2e.process import doorward
from tests.hardware.ip.world import write_certificate


@pytest.mark.parametrize(
    "host, own",
    [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("::", True), ("10.1.2.3", True)],
)
def test_https_is_for_all_but_this_machine(host: str, own: bool) -> None:
    assert Settings(Path(), host=host).own_tls is own
    assert not Settings(Path(), host=host, plain_http=True).is_https
    given = Settings(Path(), host=host, certificate=Path("c"), private_key=Path("k"))
    assert (given.own_tls, given.is_https) == (False, True)


def test_without_a_certificate_one_of_the_sites_own_authority_is_shown(tmp_path: Path) -> None:
    place: list[str | Path] = [
        "serve",
        "--data",
        tmp_path / "site",
        "--port",
        "0",
        "--host",
        "0.0.0.0",
        "--name",
        "doors.example",
    ]
    with doorward(place, tmp_path / "log") as server:
        authority_at = server.wait_for("Browsers trust it once they know its authority: ")
        address = server.wait_for("Doorward is ready at ")
        assert address.startswith("https://0.0.0.0:")
        port = address.rpartition(":")[2]
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"https://localhost:{port}/healthz")
        pem = httpx.get(authority_at.replace("0.0.0.0", "localhost"), verify=False).text  # noqa: S501
        trusting = ssl.create_default_context(cadata=pem)
        with httpx.Client(verify=trusting, base_url=f"https://localhost:{port}") as client:
            answer = client.get("/healthz")
            assert answer.json() == {"status": "ok"}
            assert "strict-transport-security" not in answer.headers, "its authority may be known here alone"
            named = client.get("/healthz", extensions={"sni_hostname": "doors.example"})
            assert named.status_code == 200
        with pytest.raises(httpx.ConnectError, match="mismatch"):
            httpx.get(f"https://127.0.0.1:{port}/healthz", verify=trusting)
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"http://localhost:{port}/healthz")


def test_with_a_certificate_that_was_given_browsers_are_to_come_by_https_alone(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    place: list[str | Path] = [
        "serve",
        "--data",
        tmp_path / "site",
        "--port",
        "0",
        "--certificate",
        certificate,
        "--private-key",
        key,
    ]
    with doorward(place, tmp_path / "log") as server:
        address = server.wait_for("Doorward is ready at ")
        answer = httpx.get(f"{address}/healthz", verify=ssl.create_default_context(cafile=str(certificate)))
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
