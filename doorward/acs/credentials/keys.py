"""The keys under which credentials are hashed and sealed."""

from doorward.acs.domain import Domain


def token_key(domain: Domain) -> bytes:
    """The 32-byte key of every token (see decision/tokens.py); controllers have it in their policy."""
    return domain.sealer.derive("doorward token key")


def seal_context(credential_id: str) -> str:
    """What a credential's sealed secret is bound to."""
    return f"credential:{credential_id}"
