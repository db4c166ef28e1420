"""What a provider says in an ID token, and whether to believe it (OpenID Connect Core 1.0, 3.1.3.7). No I/O."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from doorward.acs.actor import Role

SKEW_S = 60
"""So far may the clocks of a provider and of this server be apart."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures that only whoever has a private key can make: never `none`, never one by the client secret."""
LONGEST_TOKEN = 64_000
MOST_KEYS = 100
MOST_GROUPS = 2_000
LONGEST_SUBJECT = 255
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_RANK = (Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER)


class NotBelieved(Exception):
    """A token is not from this provider, not for this site, not for this sign-in, or not of now."""


def keys_in(found: object) -> KeySet:
    """The keys that signatures are verified with; what is no such key is passed over. Raises NotBelieved."""
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise NotBelieved("the key set has no keys")
    keys = []
    for each in listed[:MOST_KEYS]:
        if isinstance(each, dict) and each.get("kty") in {"RSA", "EC", "OKP"} and each.get("use", "sig") == "sig":
            try:
                keys.append(JWKRegistry.import_key(each))
            except (JoseError, ValueError, KeyError, TypeError):
                continue
    if not keys:
        raise NotBelieved("the key set has no key for signatures")
    return KeySet(keys)


def algorithms_of(supported: object) -> list[str]:
    """Those of a provider's algorithms that are taken. None at all is RS256, which every provider must have."""
    named = supported if isinstance(supported, list) else ["RS256"]
    return [each for each in ALGORITHMS if each in named]


def claims_of(
    token: str, keys: KeySet, algorithms: Sequence[str], issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """What an ID token says. Raises NotBelieved."""
    if len(token) > LONGEST_TOKEN:
        raise NotBelieved("the token is too long")
    try:
        decoded = jwt.decode(token, keys, algorithms=list(algorithms))
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
            {"nonce": nonce, "client_id": client_id},
        )
        claims.validate(int(now.timestamp()), SKEW_S)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotBelieved(f"{type(error).__name__}: {error}") from error
    _check(claims, issuer, client_id, nonce)
    return dict(claims)


def _check(claims: Mapping[str, Any], issuer: str, client_id: str, nonce: str) -> None:
    """Once more what everything rests on, in plain sight."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != issuer:
        raise NotBelieved("iss is another issuer")
    if client_id not in audiences:
        raise NotBelieved("aud is another client")
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != client_id:
        raise NotBelieved("azp is another client")
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise NotBelieved("nonce is of another sign-in")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise NotBelieved("sub is missing or too long")


def check_issuer(given: str | None, issuer: str, *, told: bool) -> None:
    """The browser came back from this issuer, as far as it says from which (RFC 9207). Raises NotBelieved."""
    if given != issuer and (given is not None or told):
        raise NotBelieved("the browser came back from another issuer")


def claim(claims: Mapping[str, Any], name: str) -> object:
    """A claim by its name, or by the way to it through objects (`realm_access.roles`)."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return found


def groups_in(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The groups that a claim lists: an array of texts, or one text."""
    found = claim(claims, name)
    listed = found[:MOST_GROUPS] if isinstance(found, list) else [found]
    return frozenset(each for each in listed if isinstance(each, str))


def role_for(mapping: Mapping[str, str], groups: frozenset[str]) -> Role | None:
    """The highest role that these groups give; None: none of them gives any. All mapping of groups goes by this."""
    given = {mapping[group] for group in groups if group in mapping}
    return next((role for role in _RANK if role.value in given), None)


def may_be_asked(url: object, issuer: str, hosts: Sequence[str]) -> bool:
    """Whether an address is one of the issuer's own host, or of those that were named besides; safely, too."""
    if not isinstance(url, str):
        return False
    try:
        parts, own = urlsplit(url), urlsplit(issuer)
        _ = parts.port
    except ValueError:
        return False
    if parts.username is not None or not is_safe(url):
        return False
    if parts.scheme == own.scheme and parts.netloc.lower() == own.netloc.lower():
        return True
    return parts.scheme == "https" and parts.netloc.lower() in {host.lower() for host in hosts}


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read or alter what is asked there: HTTPS, or this machine itself."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
