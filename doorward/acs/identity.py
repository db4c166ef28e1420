"""Identifiers: UUIDv7, so that they sort by the time of their making."""

import uuid_utils


def new_id() -> str:
    """A fresh UUIDv7 as text."""
    return str(uuid_utils.uuid7())
