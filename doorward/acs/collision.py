"""Telling two changes that met from a fault of ours: both are integrity errors to the database."""

from tortoise.exceptions import IntegrityError

_POSTGRES_STATES = frozenset({"23503", "23505"})
"""foreign_key_violation and unique_violation (PostgreSQL, appendix A)."""
_SQLITE_NAMES = frozenset({"SQLITE_CONSTRAINT_FOREIGNKEY", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"})


def is_collision(error: IntegrityError) -> bool:
    """Whether somebody else has just taken what must be unique, or deleted or used what this relies on."""
    cause = error.args[0] if error.args else None
    return getattr(cause, "sqlstate", None) in _POSTGRES_STATES or (
        getattr(cause, "sqlite_errorname", None) in _SQLITE_NAMES
    )
